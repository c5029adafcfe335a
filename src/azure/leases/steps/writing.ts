import type { Deadline, Go, Moment, Phase, PlainAsk } from '#access/leases/protocol/protocol';
import type { Constants } from './constants.ts';

/** Memory of a change of access that others change too, in a description or by requests. Instants are on the monotonic clock. */
export interface Writing {
  readonly constants: Constants;
  /** When the last read was sent, in milliseconds; during a read, when it began. */
  readonly readAt: number;
  /** Time from which a read shows all writes of this step and all that they have overtaken, in milliseconds. */
  readonly settledAt: number;
}

/** The same for a protocol that also waits for others. */
export interface Pausing extends Writing {
  readonly sleepUntil: number;
}

/** A write is sent only while the read that it is based on is fresh. @param date further limit, in milliseconds since the epoch */
export function whileFresh({ readAt, constants }: Writing, date = Infinity): Deadline {
  return { mono: readAt + constants.fresh, date };
}

/** A write of this step was answered just now. */
export function settling<Memory extends Writing>(it: Memory, { mono }: Moment): Memory {
  return { ...it, settledAt: mono + it.constants.settle };
}

/** The answer to a write of this step was lost: it might take effect as late as any request can. */
export function settlingLost<Memory extends Writing>(it: Memory, { mono }: Moment): Memory {
  return { ...it, settledAt: mono + it.constants.flight + it.constants.settle };
}

/** Changes up to now are listed only after a while. */
export function listing<Memory extends Writing>(it: Memory, { mono }: Moment): Memory {
  return { ...it, settledAt: Math.max(it.settledAt, mono + it.constants.readLag + 1) };
}

/** A read waits for its turn before it is sent: only its answer contains the time. */
export function asRead<Memory extends Writing>(it: Memory, asOf: number): Memory {
  return { ...it, readAt: asOf };
}

/** Goes to a phase that reads: the next write is based on that read. */
export function readAnew<Memory extends Writing, Outcome>(
  to: string,
  it: Memory,
  { mono }: Moment,
): Go<Memory, Outcome> {
  return { to, memory: { ...it, readAt: mono } };
}

/** Goes to a phase that sleeps for a while. */
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

/** Sleeps until the moment in memory, and reads. */
export function pauseThenRead<Memory extends Pausing, Outcome>(to: string): Sleeping<Memory, Outcome> {
  return sleepThenRead(({ sleepUntil }) => sleepUntil, to);
}
