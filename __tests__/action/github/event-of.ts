import type { RunEvent } from '../../../src/action/github/event.ts';

/** An event on GitHub's runner. */
export function eventOf(name: string, head: RunEvent['head'] = null): RunEvent {
  return { name, onRunner: true, head, pushed: null };
}
