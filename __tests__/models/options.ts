import type { Member } from './party.ts';
import type { Durations } from './scale.ts';

/** Number of times that each fault can occur in a world. */
export interface Faults {
  /** A step is killed, at any point: after a main step its post step can run, or never. */
  readonly crash: number;
  /** A main step is stopped. */
  readonly cancel: number;
  /** A request is sent without a response. */
  readonly lost: number;
  /** A party pauses between two steps, for as long as allowed; `anyPause`: each can, at any time. */
  readonly pause: number;
  /** A party pauses between a response and its use. */
  readonly stall: number;
  /** A firing is refused, or never happens. */
  readonly refuse: number;
  /** An operation ends FAILED. */
  readonly fail: number;
  /** A firing's call arrives twice. */
  readonly twice: number;
  /** A person makes permanent access by hand, while no lease of it exists. */
  readonly hand: number;
  /** GitHub reports a job as over that is still at work. */
  readonly zombie: number;
}

/** This many pauses are not counted. */
export const anyPause = 9;

export const noFaults: Faults = {
  crash: 0,
  cancel: 0,
  lost: 0,
  pause: 0,
  stall: 0,
  refuse: 0,
  fail: 0,
  twice: 0,
  hand: 0,
  zombie: 0,
};

/** One world to be explored. */
export interface Options {
  readonly cast: readonly Member[];
  readonly durations: Durations;
  readonly faults: Faults;
  /** The access is permanent at the beginning. */
  readonly permanent: boolean;
  /** Create is accepted during a deletion, and changes nothing. */
  readonly accepting: boolean;
  /** A list is two requests: the existing timers, then their contents. */
  readonly inspecting: boolean;
  /** The post step runs after a main step that has given up, and released: its state has the progress. */
  readonly postAnyway: boolean;
  /** From the member of this number on, each begins when the main step of the one before has ended; `null` for none. */
  readonly inTurn: number | null;
  /** A put without a response counts as done when its repetition is, although the first can still be carried out. */
  readonly hasty: boolean;
  /** Number of firings of a timer, one a unit, and whether it is gone after the last. */
  readonly firings: 1 | 2;
  readonly vanishing: boolean;
  /** Number of names that each holder can use one after the other. */
  readonly names: number;
  /** Number of releases that can begin again under another name. */
  readonly renewals: number;
  /** A memory forgets nothing: steps without a rule can read values that the shipped ones no longer use. */
  readonly remembers: boolean;
}
