import type { Milestone, Note } from '../journal.ts';

/** An instant. Durations are measured on `mono`; only the end of a lease is a `date`. */
export interface Moment {
  /** Milliseconds on this machine's monotonic clock. */
  readonly mono: number;
  /** Milliseconds since the epoch, corrected by the time in a cloud's answers. */
  readonly date: number;
}

/** The latest moment at which a request may be sent: `mono` in milliseconds on the monotonic clock, `date` since the epoch. */
export interface Deadline {
  readonly mono: number;
  readonly date: number;
}

/** Phase that a protocol begins in, or continues in. */
export interface Next<Memory> {
  readonly to: string;
  readonly memory: Memory;
}

/** Next phase of a protocol after an answer, or its end. */
export type Go<Memory, Outcome> = Next<Memory> | { readonly end: Outcome; readonly memory: Memory };

/** One phase of a protocol: its request, and the transition on an answer. Both are pure. */
export interface Phase<Memory, Ask, Answer, Outcome> {
  readonly ask: (memory: Memory) => Ask;
  readonly then: (memory: Memory, answer: Answer, now: Moment) => Go<Memory, Outcome>;
}

/** Position of a party in a protocol. */
export interface Position<Memory> {
  readonly at: string;
  readonly memory: Memory;
}

/** Next request of a party, or its outcome. */
export type Turn<Memory, Ask, Outcome> =
  | { readonly kind: 'ask'; readonly place: Position<Memory>; readonly ask: Ask }
  | { readonly kind: 'end'; readonly outcome: Outcome; readonly memory: Memory };

/**
 * A protocol as pure steps: (position, answer) → (next position, next request). A driver performs the requests: one that
 * talks to a cloud, or an explorer that tries every order of events.
 */
export interface Protocol<Memory, Ask, Answer, Outcome> {
  enter(phase: string, memory: Memory): Turn<Memory, Ask, Outcome>;
  step(place: Position<Memory>, answer: Answer, now: Moment): Turn<Memory, Ask, Outcome>;
}

export type Phases<Memory, Ask, Answer, Outcome> = Readonly<Record<string, Phase<Memory, Ask, Answer, Outcome>>>;

export function createProtocol<Memory, Ask, Answer, Outcome>(
  phases: Phases<Memory, Ask, Answer, Outcome>,
): Protocol<Memory, Ask, Answer, Outcome> {
  const phaseOf = (name: string): Phase<Memory, Ask, Answer, Outcome> => {
    const phase = phases[name];
    if (phase === undefined) throw new TypeError(`there is no phase ${name}`);
    return phase;
  };
  const enter = (at: string, memory: Memory): Turn<Memory, Ask, Outcome> => ({
    kind: 'ask',
    place: { at, memory },
    ask: phaseOf(at).ask(memory),
  });
  return {
    enter,
    step({ at, memory }, answer, now) {
      const go = phaseOf(at).then(memory, answer, now);
      return 'end' in go ? { kind: 'end', outcome: go.end, memory: go.memory } : enter(go.to, go.memory);
    },
  };
}

/** Requests of every protocol, whatever its stores are. */
export type PlainAsk =
  /** Writes the runner's state. */
  | (Note & { readonly do: 'save' })
  /** Sleeps until a moment on the monotonic clock, in milliseconds. */
  | { readonly do: 'sleep'; readonly until: number };

/** Writes the progress of a holder into the runner's state, and continues. */
export function saveThen<Memory extends Omit<Note, 'progress'>, Outcome>(
  progress: Milestone,
  then: (it: Memory, now: Moment) => Go<Memory, Outcome>,
): Phase<Memory, PlainAsk, unknown, Outcome> {
  return {
    ask: ({ holder, end }) => ({ do: 'save', progress, holder, end }),
    then: (it, _, now) => then(it, now),
  };
}

/** Sleeps until a moment, by default the one in memory, and continues. */
export function pauseThen<Memory extends { readonly sleepUntil: number }, Outcome>(
  to: string,
  until: (it: Memory) => number = ({ sleepUntil }) => sleepUntil,
): Phase<Memory, PlainAsk, unknown, Outcome> {
  return {
    ask: (it) => ({ do: 'sleep', until: until(it) }),
    then: (memory) => ({ to, memory }),
  };
}
