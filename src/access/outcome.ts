import type { Action } from './plan/plan.ts';
import type { Seen } from './cloud.ts';
import { CloudError, type Failure } from './errors.ts';
import type { Grant } from './grant.ts';

/** The statuses of the contract. */
export type Status = 'SUCCEEDED' | 'PENDING_APPROVAL' | 'IN_PROGRESS' | 'FAILED';

/** Result of one grant. */
export type Outcome =
  | {
      readonly status: 'SUCCEEDED';
      readonly changed: boolean;
      readonly requestId: string | null;
      /** Something that a person should know although all is well. */
      readonly remark: string | null;
    }
  | {
      /** A request was accepted, and waits for a person. Nothing was granted yet, and a further run looks at the same request. */
      readonly status: 'PENDING_APPROVAL';
      /** True if this run has made the request. */
      readonly changed: boolean;
      readonly requestId: string;
      readonly reason: string;
      readonly hint: string;
    }
  | {
      /** A change was accepted, or may have been, and its end is unknown yet (P2). */
      readonly status: 'IN_PROGRESS';
      readonly requestId: string | null;
      readonly reason: string;
      /** `null` where it goes on by itself, and a further run picks it up. */
      readonly hint: string | null;
    }
  | {
      readonly status: 'FAILED';
      /** True if the cloud was changed anyway. */
      readonly changed: boolean;
      readonly requestId: string | null;
      /** The cloud's own words where it had any. */
      readonly reason: string;
      readonly hint: string | null;
      /** The cloud's answer, where one request was refused. */
      readonly failure: Failure | null;
    };

export function succeeded(requestId: string | null, changed: boolean, remark: string | null = null): Outcome {
  return { status: 'SUCCEEDED', changed, requestId, remark };
}

/** @param error the cloud's answer that the reason reports; `null` where nothing was refused */
export function failed(
  requestId: string | null,
  error: unknown,
  {
    reason,
    hint,
    changed = false,
  }: { readonly reason: string; readonly hint: string | null; readonly changed?: boolean },
): Outcome {
  const failure = error instanceof CloudError ? error.failure : null;
  return { status: 'FAILED', changed, requestId, reason, hint, failure };
}

/** The outcome of a grant that is not allowed. */
export function refused({ reason, hint }: { readonly reason: string; readonly hint: string }): Outcome {
  return failed(null, null, { reason, hint });
}

const unstarted = 'Not started: ';

/** The reason of a grant that is FAILED, and for which nothing was sent. */
export function notStarted(why: string): string {
  return `${unstarted}${why}`;
}

export function isNotStarted(outcome: Outcome): boolean {
  return outcome.status === 'FAILED' && outcome.reason.startsWith(unstarted);
}

/** One grant, what was to be done about it, and how that ended. */
export interface Result {
  readonly grant: Grant;
  readonly action: Action;
  readonly outcome: Outcome;
  /** The grant as it was last seen there, `null` where it never was. */
  readonly seen: Seen | null;
  /** Information about its lease, `null` where no lease is involved. */
  readonly lease: LeaseReport | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * The one who ends access if the job that leased it dies now: the cloud's own clock on the grant, its scheduler, the next sweep,
 * or only the post step.
 */
export type Guarantee = (typeof guarantees)[number];

export const guarantees = ['platform', 'scheduler', 'sweep', 'post-step'] as const;

/** Report on the lease of one grant. */
export interface LeaseReport {
  /** Action of the step: it took a lease, left the access to others or to the cloud, or neither. */
  readonly did: 'took' | 'left' | 'neither';
  /** `shared` where there are other holders, `permanent` where permanent access was found or made. */
  readonly state: 'leased' | 'shared' | 'permanent';
  /** For `release` and `extend`; `null` where nothing is leased. */
  readonly id: string | null;
  /** End of the step's own lease, in milliseconds since the epoch; `null` where there is none. */
  readonly expiresAt: number | null;
  /** When the cloud ends it by itself if this job dies now, likewise; `null` where nothing does. */
  readonly endsAtLatest: number | null;
  /** `null` where nothing ends. */
  readonly guarantee: Guarantee | null;
  /** True if the lease outlives its job, until its end time. */
  readonly keepAfterJob: boolean;
  /** True where a list shows that the end time has passed and the access still exists. */
  readonly isOverdue?: boolean;
  /** Sentences about other holders and what the outcome means. */
  readonly sentences: readonly string[];
}

/** A reason to end red that belongs to no known grant. */
export interface Lack {
  /** In a few words. */
  readonly title: string;
  readonly reason: string;
  readonly hint: string;
}

const severity: readonly Status[] = ['SUCCEEDED', 'PENDING_APPROVAL', 'IN_PROGRESS', 'FAILED'];

/** Of several grants the worst. */
export function worstStatus(results: readonly Result[]): Status {
  const worst = Math.max(0, ...results.map(({ outcome }) => severity.indexOf(outcome.status)));
  return severity[worst] ?? 'FAILED';
}

/** True if a result changed the cloud; a change in progress counts. */
export function isChanged({ outcome }: Result): boolean {
  return outcome.status === 'IN_PROGRESS' || outcome.changed;
}

/** True if a step with this result can end green (P1): with `wait: false`, an accepted change can be in progress, or wait for a person. */
export function isGreen({ outcome }: Result, wait: boolean): boolean {
  switch (outcome.status) {
    case 'SUCCEEDED':
      return true;
    case 'PENDING_APPROVAL':
      return !wait;
    case 'IN_PROGRESS':
      return !wait && outcome.requestId !== null;
    case 'FAILED':
      return false;
  }
}

/** A holder of a grant. */
export interface HolderEntry {
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly end: number;
  /** Job, actor and reason according to the record; not to be relied on. */
  readonly words: string;
}
