import type { Go, Moment } from '#access/leases/protocol/protocol';
import type { Writing } from '../../steps/writing.ts';
import type { Constants } from './constants.ts';

/** What whoever sends requests about an access that others change too knows. Instants are on the monotonic clock. */
export interface Asking extends Writing {
  readonly constants: Constants;
  readonly sleepUntil: number;
}

/** What has happened by now is listed only after a while. */
export function listing<Memory extends Asking>(it: Memory, { mono }: Moment): Memory {
  return { ...it, settledAt: Math.max(it.settledAt, mono + it.constants.readLag + 1) };
}

/** Goes to a phase that sleeps a while. */
export function pausing<Memory extends Asking, Outcome>(to: string, it: Memory, { mono }: Moment): Go<Memory, Outcome> {
  return { to, memory: { ...it, sleepUntil: mono + it.constants.lookAgain } };
}
