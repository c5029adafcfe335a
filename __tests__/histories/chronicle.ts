import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { History, Trouble } from './plan.ts';
import type { CloudSide } from './side.ts';

/** What has happened in a history, as the world saw it. Times are ms epoch on the world's clock. */
export interface Chronicle {
  readonly history: History;
  /** The cloud that it happened in. */
  readonly side: CloudSide;
  readonly beganAt: number;
  readonly endedAt: number;
  /** Every process of dist, in the order of their beginnings; the last sweep is one of them. */
  readonly runs: readonly ProcessRun[];
  /** Of each grant. */
  readonly grants: readonly GrantStory[];
  /** What else was done: grants by hand, what GitHub was told, jumps of the clock. */
  readonly notes: readonly Note[];
  /** What a look at any moment found that may never be. */
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
  /** When its last request arrived: what it says, it knows from then. */
  readonly lastRequestAt: number;
  /** When its trouble came about; null where it never met it. */
  readonly struckAt: number | null;
  /** Whether others were at work at the same grants, or held them, when it was struck. */
  readonly contended: boolean;
  readonly result: StepResult;
  /** What it reported of each grant; null where it did not come to it. */
  readonly reported: readonly (Reported | null)[];
}

export interface Reported {
  readonly status: string;
  readonly state: string;
  /** ms epoch; `null`: it named none, or does not stand for it. */
  readonly expiresAt: number | null;
  readonly reason: string;
}

/** A grant as it really was. */
export interface GrantStory {
  readonly isPermanent: boolean;
  /** From these times on it was, or was not, there. */
  readonly changes: readonly {
    readonly at: number;
    readonly present: boolean;
    readonly by: string;
    readonly byHand: boolean;
  }[];
  /** All records of it that there ever were. */
  readonly records: readonly RecordStory[];
  /** When somebody granted it by hand so that nothing may take it away any more. */
  readonly protectedFrom: number | null;
  /** When somebody began to revoke that; Infinity where nobody did. */
  readonly protectedUntil: number;
  /** When somebody granted it by hand in the midst of leases: nobody can say whose it is. */
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
  /** Who made it, by a text that has the run between dashes: on AWS the ARN of the caller's session. */
  readonly maker: string;
  readonly createdAt: number;
  /** When it was first seen to be gone. */
  readonly goneAt: number | null;
  /** As it was seen last. */
  readonly enabled: boolean;
  readonly startsAt: number;
  /** It was gone, and somebody else has brought it back. */
  readonly isGhost: boolean;
}

/** From these times on a grant was there. */
export function isThere({ changes, isPermanent }: Pick<GrantStory, 'changes' | 'isPermanent'>, at: number): boolean {
  let present = isPermanent;
  for (const change of changes) if (change.at <= at) present = change.present;
  return present;
}
