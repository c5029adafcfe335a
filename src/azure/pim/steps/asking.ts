import type { Deadline, Go, Moment } from '../../../access/leases/protocol.ts';
import type { Constants } from './constants.ts';

/** What whoever sends requests about an access that others change too knows. Instants are on the monotonic clock. */
export interface Asking {
  readonly constants: Constants;
  /** Just before the last look was sent, in milliseconds; while one is asked for, when that began. */
  readonly lookedAt: number;
  /** From when on a look shows all own requests and all that they have overtaken, in milliseconds. */
  readonly settledAt: number;
  readonly sleepUntil: number;
}

export const instants = ['lookedAt', 'settledAt', 'sleepUntil'] as const satisfies readonly (keyof Asking)[];

/** A request is sent only while the look that justifies it is fresh, `date` being its own limit besides. */
export function whileFresh({ lookedAt, constants }: Asking, date = Infinity): Deadline {
  return { mono: lookedAt + constants.fresh, date };
}

/** An own request was carried out just now. */
export function settling<Memory extends Asking>(it: Memory, { mono }: Moment): Memory {
  return { ...it, settledAt: mono + it.constants.settle };
}

/** One was sent that nobody answered: it may be carried out as late as one may. */
export function settlingLost<Memory extends Asking>(it: Memory, { mono }: Moment): Memory {
  return { ...it, settledAt: mono + it.constants.flight + it.constants.settle };
}

/** What has happened by now is listed only after a while. */
export function listing<Memory extends Asking>(it: Memory, { mono }: Moment): Memory {
  return { ...it, settledAt: Math.max(it.settledAt, mono + it.constants.readLag + 1) };
}

/** A look waits for its turn before it is sent: only its answer tells when that was. */
export function asSeen<Memory extends Asking>(it: Memory, asOf: number): Memory {
  return { ...it, lookedAt: asOf };
}

/** Goes to a phase that looks: what is asked for afterwards rests on that. */
export function lookAnew<Memory extends Asking, Outcome>(
  to: string,
  it: Memory,
  { mono }: Moment,
): Go<Memory, Outcome> {
  return { to, memory: { ...it, lookedAt: mono } };
}

/** Goes to a phase that sleeps a while. */
export function pausing<Memory extends Asking, Outcome>(to: string, it: Memory, { mono }: Moment): Go<Memory, Outcome> {
  return { to, memory: { ...it, sleepUntil: mono + it.constants.lookAgain } };
}
