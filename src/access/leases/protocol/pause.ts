import type { Phase } from './protocol.ts';

/** Waits until a moment on the monotonic clock, in milliseconds. */
interface Sleep {
  readonly do: 'sleep';
  readonly until: number;
}

/** Sleeps until the moment that was noted, and goes on. */
export function pauseThen<Memory extends { readonly sleepUntil: number }, Outcome>(
  to: string,
): Phase<Memory, Sleep, unknown, Outcome> {
  return {
    ask: ({ sleepUntil }) => ({ do: 'sleep', until: sleepUntil }),
    then: (memory) => ({ to, memory }),
  };
}
