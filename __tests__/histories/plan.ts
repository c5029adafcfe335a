import type { Effect } from '../../rehearsal/script.ts';
import type { FiringFate } from '../../rehearsal/aws/scheduler/courses.ts';

/** Planned events of a history. Times are milliseconds from its beginning. */
export interface History {
  readonly seed: number;
  /** It is the n-th of its seed. */
  readonly number: number;
  readonly name: string;
  readonly surroundings: Surroundings;
  /** Number of grants, one or two on one account. */
  readonly grants: number;
  readonly actors: readonly Actor[];
}

/** Ways of keeping leases: AWS, Azure by description, Azure through Privileged Identity Management. */
export const sideNames = ['aws', 'azure', 'pim'] as const;
export type SideName = (typeof sideNames)[number];

/** Behavior of the cloud in it. */
export type Surroundings = AwsSurroundings | AzureSurroundings | PimSurroundings;

interface AnySurroundings {
  readonly clock: 'virtual' | 'real';
  /** ms epoch */
  readonly startAt: number;
  /** Grants that are permanent from the beginning. */
  readonly permanent: readonly number[];
  readonly storm: Shares | null;
  /** End of a history: at once, or after sweepAge, or after all ends. */
  readonly lastSweep: 'after-ends' | 'after-jobs';
}

export interface AwsSurroundings extends AnySurroundings {
  readonly of: 'aws';
  readonly schedulesLagMs: number;
  readonly assignmentsLagMs: number;
  readonly operationsMs: { readonly from: number; readonly to: number };
  readonly firings: { readonly seed: number; readonly arrivesAfterMs: number };
  /** Failed firings: this many in a row, from the n-th of all on. */
  readonly failures: { readonly from: number; readonly times: number; readonly fate: FiringFate } | null;
  /** The lists of operations reach back before the first lease: they contain another deletion. */
  readonly hasPast: boolean;
}

interface AnyAzureSurroundings extends AnySurroundings {
  /** Delay until a creation, and a removal, is visible to reads. */
  readonly readLagMs: number;
  readonly deleteLagMs: number;
  /** An important request is on its way for up to this time, and so is its response. */
  readonly wireMs: number;
}

export interface AzureSurroundings extends AnyAzureSurroundings {
  readonly of: 'azure';
}

export interface PimSurroundings extends AnyAzureSurroundings {
  readonly of: 'pim';
  /** Age of the state that lists of schedules show. */
  readonly schedulesLagMs: number;
  /** Time after its beginning in which a change does not find an access. */
  readonly unfoundMs: number;
  /** Time after its end at which an access is gone. */
  readonly endsLateMs: number;
  /** Plain role assignments are listed as schedules as well. */
  readonly showsPlain: boolean;
  /** Kind of the permanent access at the beginning. */
  readonly permanentAs: 'plain' | 'schedule';
  /** Another caller's access that exists at the beginning, and ends. */
  readonly foreign: { readonly grant: number; readonly endsAfterMs: number } | null;
  /** Access that a person makes by hand: permanent, or for so many milliseconds. */
  readonly byHand: 'plain' | 'schedule' | number;
  readonly course: PimCourse;
  /** Longest access that the role's settings allow; `null`: months. */
  readonly mostMinutes: number | null;
}

/** Course of some requests after they were accepted: they are carried out later, fail, or wait for a person. */
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
  /** Error of the wall clock of its runner. */
  readonly skewMs: number;
  readonly trouble: Trouble | null;
  /** Time from the end of main to the next event. */
  readonly stayMs: number;
  readonly ending: Ending;
  /** Time after its start at which GitHub declares the job lost, even if its runner works. */
  readonly lostAfterMs: number | null;
}

export type Ending =
  | { readonly kind: 'post'; readonly trouble: Trouble | null }
  /** The runner is lost: no post step. GitHub reports that after this time, or never. */
  | { readonly kind: 'dies'; readonly toldAfterMs: number | null }
  /** `keep-after-job`: another run releases it, or none does. */
  | { readonly kind: 'kept'; readonly release: { readonly trouble: Trouble | null } | null }
  /**
   * It is extended: with `keep-after-job` by another run, which can release it later; else by a later step of the job,
   * and the post steps release it, unless the runner is lost by then.
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

/** A permanent grant by hand: as soon as no step could remove it, or in any state. */
export interface Hand {
  readonly kind: 'hand';
  readonly name: string;
  readonly startMs: number;
  readonly grant: number;
  readonly when: 'free' | 'anytime';
}

/** A step that makes a grant permanent, or revokes it, with any leases. */
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

/** A fault of a process at a request. */
export type Trouble =
  /**
   * `fate` is the request's: null is ordinary. A late one is carried out later by this time, when its sender can be
   * gone.
   */
  | {
      readonly kind: 'signal';
      readonly at: Moment;
      readonly signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT';
      readonly fate: Effect | null;
      readonly lateMs: number;
    }
  /** The run is canceled: SIGINT, SIGTERM, SIGKILL. */
  | { readonly kind: 'cancel'; readonly at: Moment }
  /** The process is suspended for this time, like its machine. */
  | { readonly kind: 'stop'; readonly at: Moment; readonly forMs: number }
  /** The request hangs. */
  | { readonly kind: 'fault'; readonly at: Moment; readonly effect: Effect }
  /** It arrives, and is carried out, later by this time. */
  | { readonly kind: 'late'; readonly at: Moment; readonly lateMs: number };

/** True if the lease is to outlive its job. */
export function isKept({ ending }: Job): boolean {
  return ending.kind === 'kept' || (ending.kind === 'extended' && ending.keep);
}

export const second = 1_000;
export const minute = 60 * second;
