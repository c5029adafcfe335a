import type { Deadline, Go, Moment, Phase } from '#access/leases/protocol/protocol';
import type { PlainAsk } from '#access/leases/protocol/executor';
import type { Constants } from './constants.ts';

/** What whoever changes an access knows that others change too, in a description or by requests. Instants are on the monotonic clock. */
export interface Writing {
  readonly constants: Constants;
  /** Just before the last read was sent, in milliseconds; while it is asked for, when that began. */
  readonly readAt: number;
  /** From when on a read shows all own writes and all that they have overtaken, in milliseconds. */
  readonly settledAt: number;
}

/** The same of one who waits for others besides. */
export interface Pausing extends Writing {
  readonly sleepUntil: number;
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

/** What has happened by now is listed only after a while. */
export function listing<Memory extends Writing>(it: Memory, { mono }: Moment): Memory {
  return { ...it, settledAt: Math.max(it.settledAt, mono + it.constants.readLag + 1) };
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

/** Goes to a phase that sleeps a while. */
export function pausing<Memory extends Pausing, Outcome>(
  to: string,
  it: Memory,
  { mono }: Moment,
): Go<Memory, Outcome> {
  return { to, memory: { ...it, sleepUntil: mono + it.constants.lookAgain } };
}

type Sleeping<Memory, Outcome> = Phase<Memory, PlainAsk, unknown, Outcome>;

/** Sleeps until a moment, and goes to a phase that reads. */
export function sleepThenRead<Memory extends Writing, Outcome>(
  until: (it: Memory) => number,
  to: string,
): Sleeping<Memory, Outcome> {
  return {
    ask: (it) => ({ do: 'sleep', until: until(it) }),
    then: (it, _, now) => readAnew(to, it, now),
  };
}

/** Sleeps until a read is late enough to be believed, and reads. */
export function settleThenRead<Memory extends Writing, Outcome>(to: string): Sleeping<Memory, Outcome> {
  return sleepThenRead(({ settledAt }) => settledAt, to);
}

/** Sleeps as long as was noted, and reads. */
export function pauseThenRead<Memory extends Pausing, Outcome>(to: string): Sleeping<Memory, Outcome> {
  return sleepThenRead(({ sleepUntil }) => sleepUntil, to);
}
