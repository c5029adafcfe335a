import type { Milestone } from '../../src/access/leases/journal.ts';
import type { Place, Reply } from './places.ts';
import { now } from './scale.ts';
import { createPool, type Pooled } from './pool.ts';
import type { Role } from './steps.ts';

/** A member: a lease's holder ends at `end`, in units of the date. */
export interface Member {
  readonly role: Role;
  readonly name: string;
  readonly end: number;
}

/**
 * `idle`: not begun. `main`: at work. `between`: the main step has ended, the post step can run, or never. `post`: at
 * work again. `over`: ended as it should. `dead`: crashed.
 */
export type Stage = 'idle' | 'main' | 'between' | 'post' | 'over' | 'dead';

/** State of its own last operation on the assignment, as far as it knows. */
export type Own = 'none' | 'running' | 'succeeded' | 'failed';

/** End of a holder. `left`: it has released its lease. `timer`: it left the end to its timer. */
export type Quit = 'none' | 'left' | 'timer';

/** A response that has arrived, and that the pausing party has not read. */
export type Unseen = Reply;

export interface PartyState {
  readonly who: number;
  readonly stage: Stage;
  readonly place: Place | null;
  /** Name that it uses: a party that begins again takes another. */
  readonly name: number;
  /** Its request was sent before, without a response. */
  readonly tried: boolean;
  /** Ticks that its request can still be on its way, -1 for none. */
  readonly flight: number;
  readonly unseen: Unseen | null;
  /** It pauses, and time passes. */
  readonly paused: boolean;
  readonly own: Own;
  /** Runner's state of a step that is at work. */
  readonly saved: Milestone | 'nothing';
  /** Beginning of its post step. */
  readonly resumes: Place | null;
  /** It has reported success, and has not begun to release. */
  readonly success: boolean;
  /** An authorized party has ended its lease before its time. */
  readonly ended: boolean;
  readonly quit: Quit;
  /** It calls an access permanent that was being ended at its look for deletions. */
  readonly overlooks: boolean;
  /** The unit of the first creation that would prove the spent timers of its last list; -1 for none. */
  readonly proves: number;
}

export type Party = Pooled<PartyState>;

const keyOfUnseen = (it: Unseen | null): string => (typeof it === 'object' ? `${it?.id ?? ''}` : it);

const parties = createPool<PartyState>(
  (it) =>
    `${it.who} ${it.stage} ${it.place?.id ?? -1} ${it.name} ${it.tried} ${it.paused} ${it.flight} ${it.own} ${it.saved} ${it.resumes?.id ?? -1} ${it.success} ${it.ended} ${it.quit} ${it.overlooks} ${it.proves} ${keyOfUnseen(it.unseen)}`,
);

export const partyOf = (it: PartyState): Party => parties.of(it);
export const partyAt = (id: number): Party => parties.at(id);

export function isAtWork({ stage }: PartyState): boolean {
  return stage === 'main' || stage === 'post';
}

/** True if it could take a step at once, and is not known to pause. */
export function isReady({ stage, place, flight, paused, own, unseen }: PartyState): boolean {
  if (paused || unseen !== null || (stage !== 'main' && stage !== 'post') || place === null || flight >= 0)
    return false;
  if (place.ask.do === 'sleep') return place.ask.until <= now;
  return place.ask.do !== 'await' || own !== 'running';
}

export function idle(who: number): Party {
  return partyOf({
    who,
    stage: 'idle',
    place: null,
    name: 0,
    tried: false,
    flight: -1,
    unseen: null,
    paused: false,
    own: 'none',
    saved: 'nothing',
    resumes: null,
    success: false,
    ended: false,
    quit: 'none',
    overlooks: false,
    proves: -1,
  });
}
