import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { History, Trouble } from './plan.ts';
import type { CloudSide } from './side.ts';

/** Events of a history, as the world saw it. Times are ms epoch on the world's clock. */
export interface Chronicle {
  readonly history: History;
  /** Cloud of the history. */
  readonly side: CloudSide;
  readonly beganAt: number;
  readonly endedAt: number;
  /** Every process of dist, in the order of their beginnings; the last sweep is one of them. */
  readonly runs: readonly ProcessRun[];
  /** One for each grant. */
  readonly grants: readonly GrantStory[];
  /** Other events: grants by hand, reports to GitHub, jumps of the clock. */
  readonly notes: readonly Note[];
  /** Forbidden states that a look at any moment found. */
  readonly broken: readonly Note[];
  readonly jobsLost: readonly { readonly actor: string; readonly at: number }[];
}

export interface Note {
  readonly at: number;
  readonly text: string;
}

export type Purpose =
  'main' | 'post' | 'release' | 'extend' | 'extend-post' | 'sweep' | 'last-sweep' | 'permanent' | 'revoke';

/** One process. */
export interface ProcessRun {
  readonly actor: string;
  readonly runId: string;
  readonly purpose: Purpose;
  readonly grants: readonly number[];
  readonly trouble: Trouble | null;
  readonly beganAt: number;
  readonly endedAt: number;
  /** Arrival of its last request: its report is based on that time. */
  readonly lastRequestAt: number;
  /** Time of its fault; null where it never met it. */
  readonly faultAt: number | null;
  /** True if others were at work at the same grants, or held them, at its fault. */
  readonly contended: boolean;
  readonly result: StepResult;
  /** Its report on each grant; null without one. */
  readonly reported: readonly (Reported | null)[];
}

export interface Reported {
  readonly status: string;
  readonly state: string;
  /** ms epoch; `null`: it named none, or does not guarantee it. */
  readonly expiresAt: number | null;
  readonly reason: string;
}

/** The real state of a grant. */
export interface GrantStory {
  readonly isPermanent: boolean;
  /** Times from which it existed, or did not. */
  readonly changes: readonly {
    readonly at: number;
    readonly present: boolean;
    readonly by: string;
    readonly byHand: boolean;
  }[];
  /** All records of it in the history. */
  readonly records: readonly RecordStory[];
  /** Time of a grant by hand that nothing is allowed to remove. */
  readonly protectedFrom: number | null;
  /** Time at which a step began to revoke that; Infinity for none. */
  readonly protectedUntil: number;
  /** Time of a grant by hand during leases: its owner is unknown. */
  readonly unclearFrom: number | null;
  /** Firings of its timers. */
  readonly firings: readonly {
    readonly dueAt: number;
    readonly name: string;
    readonly isDone: boolean;
    readonly settledAt: number;
  }[];
  readonly operations: readonly { readonly from: number; readonly to: number }[];
}

/** On AWS a schedule of the group, by its name `<grant>-<end>-<holder>-<kind>`; on Azure one holder in a description, or one request of Privileged Identity Management. */
export interface RecordStory {
  readonly name: string;
  readonly kind: 'h' | 't' | 's';
  readonly end: number;
  readonly holder: string;
  /** Its maker, by a text that has the run between dashes: on AWS the ARN of the caller's session. */
  readonly maker: string;
  readonly createdAt: number;
  /** Time at which it was first seen to be gone. */
  readonly goneAt: number | null;
  /** Its last seen state. */
  readonly enabled: boolean;
  readonly startsAt: number;
  /** It was gone, and another job has restored it. */
  readonly isGhost: boolean;
}

/** Times from which a grant existed. */
export function isThere({ changes, isPermanent }: Pick<GrantStory, 'changes' | 'isPermanent'>, at: number): boolean {
  let present = isPermanent;
  for (const change of changes) if (change.at <= at) present = change.present;
  return present;
}
