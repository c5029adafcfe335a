import type { Effect } from '../../rehearsal/script.ts';
import type { FiringFate } from '../../rehearsal/aws/scheduler/courses.ts';

/** What is going to happen in a history, as far as it can be said beforehand. Times are milliseconds from its beginning. */
export interface History {
  readonly seed: number;
  /** It is the n-th of its seed. */
  readonly number: number;
  readonly name: string;
  readonly surroundings: Surroundings;
  /** How many grants there are, one or two on one account. */
  readonly grants: number;
  readonly actors: readonly Actor[];
}

/** Ways of keeping leases: AWS, Azure by description, Azure through Privileged Identity Management. */
export const sideNames = ['aws', 'azure', 'pim'] as const;
export type SideName = (typeof sideNames)[number];

/** How the cloud behaves in it. */
export type Surroundings = AwsSurroundings | AzureSurroundings | PimSurroundings;

interface AnySurroundings {
  readonly clock: 'virtual' | 'real';
  /** ms epoch */
  readonly startAt: number;
  /** Grants that are permanent from the beginning. */
  readonly permanent: readonly number[];
  readonly storm: Shares | null;
  /** When everybody has gone: at once, or after sweepAge, or after all ends. */
  readonly lastSweep: 'after-ends' | 'after-jobs';
}

export interface AwsSurroundings extends AnySurroundings {
  readonly of: 'aws';
  readonly schedulesLagMs: number;
  readonly assignmentsLagMs: number;
  readonly operationsMs: { readonly from: number; readonly to: number };
  readonly firings: { readonly seed: number; readonly arrivesAfterMs: number };
  /** Firings that go wrong: so many in a row, from the n-th of all on. */
  readonly failures: { readonly from: number; readonly times: number; readonly fate: FiringFate } | null;
  /** The lists of operations reach back before the first lease: a deletion of something else stands in them. */
  readonly hasPast: boolean;
}

interface AnyAzureSurroundings extends AnySurroundings {
  /** What was made, and what was ended, is read only so long after. */
  readonly readLagMs: number;
  readonly deleteLagMs: number;
  /** A request that matters is on its way for up to so long, and its answer as well. */
  readonly wireMs: number;
}

export interface AzureSurroundings extends AnyAzureSurroundings {
  readonly of: 'azure';
}

export interface PimSurroundings extends AnyAzureSurroundings {
  readonly of: 'pim';
  /** Schedules are listed as they were so long ago. */
  readonly schedulesLagMs: number;
  /** So long after its beginning an access is not found by who would change it. */
  readonly unfoundMs: number;
  /** An access goes so long after its end. */
  readonly endsLateMs: number;
  /** Plain role assignments are listed as schedules as well. */
  readonly showsPlain: boolean;
  /** What access is that was there for ever at the beginning. */
  readonly permanentAs: 'plain' | 'schedule';
  /** One of somebody else that is there at the beginning, and ends. */
  readonly foreign: { readonly grant: number; readonly endsAfterMs: number } | null;
  /** What somebody makes by hand: for ever, or for so many milliseconds. */
  readonly byHand: 'plain' | 'schedule' | number;
  readonly course: PimCourse;
  /** The role's settings allow no longer access; `null`: months. */
  readonly mostMinutes: number | null;
}

/** What becomes of some requests after they were taken: they are carried out later, come to nothing, or wait for a person. */
export type PimCourse = 'usual' | 'slow' | 'failing' | 'waiting';

/** Shares of requests that meet a fault. */
export interface Shares {
  readonly throttles: number;
  readonly outages: number;
  readonly resets: number;
  readonly lost: number;
  readonly conflicts: number;
}

export type Actor = Job | SweepRun | Hand | Order;

/** A job of one step that takes a lease. */
export interface Job {
  readonly kind: 'job';
  readonly name: string;
  readonly startMs: number;
  readonly grants: readonly number[];
  readonly lifetimeMinutes: number;
  readonly timeoutMinutes: number;
  /** The wall clock of its runner is wrong by so much. */
  readonly skewMs: number;
  readonly trouble: Trouble | null;
  /** From the end of main to what comes next. */
  readonly stayMs: number;
  readonly ending: Ending;
  /** GitHub declares the job lost so long after its start, whatever its runner does. */
  readonly lostAfterMs: number | null;
}

export type Ending =
  | { readonly kind: 'post'; readonly trouble: Trouble | null }
  /** The runner is gone: no post step. GitHub knows after so long, or never. */
  | { readonly kind: 'dies'; readonly toldAfterMs: number | null }
  /** `keep-after-job`: another run releases it, or nobody does. */
  | { readonly kind: 'kept'; readonly release: { readonly trouble: Trouble | null } | null }
  /**
   * It is extended: with `keep-after-job` by another run, which may release it later; else by a later step of the job,
   * and the post steps give it back, unless the runner is gone by then.
   */
  | {
      readonly kind: 'extended';
      readonly keep: boolean;
      readonly lifetimeMinutes: number;
      readonly trouble: Trouble | null;
      readonly stayMs: number;
      readonly release: { readonly trouble: Trouble | null } | null;
    };

export interface SweepRun {
  readonly kind: 'sweep';
  readonly name: string;
  readonly startMs: number;
  readonly skewMs: number;
  readonly trouble: Trouble | null;
}

/** Somebody grants by hand, for ever: as soon as nothing of ours could take it away, or whatever stands there. */
export interface Hand {
  readonly kind: 'hand';
  readonly name: string;
  readonly startMs: number;
  readonly grant: number;
  readonly when: 'free' | 'anytime';
}

/** A step that makes a grant permanent, or revokes it, whatever leases there are. */
export interface Order {
  readonly kind: 'permanent' | 'revoke';
  readonly name: string;
  readonly startMs: number;
  readonly grant: number;
  readonly skewMs: number;
  readonly trouble: Trouble | null;
}

/** The n-th request of a process, of all to the clouds or of one operation. */
export interface Moment {
  readonly operation: string | null;
  readonly nth: number;
}

/** What befalls a process at a request. */
export type Trouble =
  /** `fate` is the request's: null is ordinary. A late one is carried out so much later, whoever asked may be gone by then. */
  | {
      readonly kind: 'signal';
      readonly at: Moment;
      readonly signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT';
      readonly fate: Effect | null;
      readonly lateMs: number;
    }
  /** The run is cancelled: SIGINT, SIGTERM, SIGKILL. */
  | { readonly kind: 'cancel'; readonly at: Moment }
  /** The process stands still for so long: a suspended machine. */
  | { readonly kind: 'stop'; readonly at: Moment; readonly forMs: number }
  /** The request hangs. */
  | { readonly kind: 'fault'; readonly at: Moment; readonly effect: Effect }
  /** It arrives, and is carried out, so much later. */
  | { readonly kind: 'late'; readonly at: Moment; readonly lateMs: number };

/** Whether the lease is to outlive its job. */
export function isKept({ ending }: Job): boolean {
  return ending.kind === 'kept' || (ending.kind === 'extended' && ending.keep);
}

export const second = 1_000;
export const minute = 60 * second;
