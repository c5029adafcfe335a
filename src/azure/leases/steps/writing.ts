import type { Deadline, Go, Moment } from '#access/leases/protocol/protocol';
import type { Constants } from './constants.ts';

/** What whoever changes an access knows that others change too, in a description or by requests. Instants are on the monotonic clock. */
export interface Writing {
  readonly constants: Pick<Constants, 'fresh' | 'flight' | 'settle'>;
  /** Just before the last read was sent, in milliseconds; while it is asked for, when that began. */
  readonly readAt: number;
  /** From when on a read shows all own writes and all that they have overtaken, in milliseconds. */
  readonly settledAt: number;
}

/** A write is sent only while the read that justifies it is fresh, `date` being its own limit besides. */
export function whileFresh({ readAt, constants }: Writing, date = Infinity): Deadline {
  return { mono: readAt + constants.fresh, date };
}

/** An own write was answered just now. */
export function settling<Memory extends Writing>(it: Memory, { mono }: Moment): Memory {
  return { ...it, settledAt: mono + it.constants.settle };
}

/** An own write was sent that nobody answered: it may be carried out as late as one may. */
export function settlingLost<Memory extends Writing>(it: Memory, { mono }: Moment): Memory {
  return { ...it, settledAt: mono + it.constants.flight + it.constants.settle };
}

/** A read waits for its turn before it is sent: only its answer tells when that was. */
export function asRead<Memory extends Writing>(it: Memory, asOf: number): Memory {
  return { ...it, readAt: asOf };
}

/** Goes to a phase that reads: what is written afterwards rests on that read. */
export function readAnew<Memory extends Writing, Outcome>(
  to: string,
  it: Memory,
  { mono }: Moment,
): Go<Memory, Outcome> {
  return { to, memory: { ...it, readAt: mono } };
}
