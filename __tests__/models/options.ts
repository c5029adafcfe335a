import type { Member } from './party.ts';
import type { Durations } from './scale.ts';

/** How often each thing may go wrong in a world. */
export interface Faults {
  /** A step dies, at any point: after a main step its post step may come, or never. */
  readonly crash: number;
  /** A main step is told to stop. */
  readonly cancel: number;
  /** A request is sent and not answered. */
  readonly lost: number;
  /** A party stands still between two steps, for as long as it may be; `anyPause`: each may, at any time. */
  readonly pause: number;
  /** A party stands still between an answer and its use. */
  readonly stall: number;
  /** A firing is refused, or never happens. */
  readonly refuse: number;
  /** An operation ends FAILED. */
  readonly fail: number;
  /** A firing's call arrives twice. */
  readonly twice: number;
  /** Somebody gives the access by hand, for ever, while no lease of it exists. */
  readonly hand: number;
  /** GitHub calls a job over that is still at work. */
  readonly zombie: number;
}

/** So many pauses are not counted. */
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
  /** The access is there for ever when it begins. */
  readonly permanent: boolean;
  /** Create is accepted during a deletion, and changes nothing. */
  readonly accepting: boolean;
  /** A list is two requests: which timers there are, then what they say. */
  readonly inspecting: boolean;
  /** The post step of a main step that has given up, and released, comes nevertheless: its state says how far it came. */
  readonly postAnyway: boolean;
  /** From the member of this number on, each begins when the main step of the one before has ended; `null` for none. */
  readonly inTurn: number | null;
  /** A put that was not answered is taken for done when its repetition is, although the first may yet be carried out. */
  readonly hasty: boolean;
  /** How often a timer fires, once a unit, and whether it is gone when it has. */
  readonly firings: 1 | 2;
  readonly vanishing: boolean;
  /** How many names each holder may use one after the other. */
  readonly names: number;
  /** How many releases may begin anew under another name. */
  readonly renewals: number;
  /** Nothing of a memory is forgotten: steps without a rule may read what the shipped ones have no more use for. */
  readonly remembers: boolean;
}
