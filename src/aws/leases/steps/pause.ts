import type { Phase } from '../../../access/leases/protocol.ts';
import type { Answer, Ask } from './asks.ts';

/** Sleeps until the moment that was noted, and goes on. */
export function pauseThen<Memory extends { readonly sleepUntil: number }, Outcome>(
  to: string,
): Phase<Memory, Ask, Answer, Outcome> {
  return {
    ask: ({ sleepUntil }) => ({ do: 'sleep', until: sleepUntil }),
    then: (memory) => ({ to, memory }),
  };
}
