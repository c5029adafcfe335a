import type { Budget } from './clock.ts';
import type { Grant, Words } from './grant.ts';
import type { Request } from './request.ts';

/** What a read tells of a grant that is there. */
export interface Seen {
  /** The assignment's own id, `null` where a cloud gives assignments none. */
  readonly assignmentId: string | null;
  /** The principal's type as the cloud has it, `null` where the read did not say. */
  readonly principalType: string | null;
}

/**
 * A read of one grant. `outdated` is there, but not as it was asked for, and a change can put that right: an older
 * version, another description. `conflicting` is there in a way that was not asked for and that nobody may change
 * unasked.
 */
export type Observation =
  | { readonly standing: 'absent' }
  | { readonly standing: 'current'; readonly seen: Seen }
  | {
      readonly standing: 'outdated';
      readonly seen: Seen;
      /** What is outdated: ids of places, or names of properties; empty where that says nothing. */
      readonly outdated: readonly string[];
    }
  | { readonly standing: 'conflicting'; readonly seen: Seen; readonly reason: string; readonly hint: string };

export type Standing = Observation['standing'];

export const absent: Observation = { standing: 'absent' };

/** What a start call asks for. */
export type ChangeKind = 'create' | 'update' | 'remove' | 'provision';

export interface Change {
  readonly kind: ChangeKind;
  readonly grant: Grant;
  /** The grant as it was read before the change, `null` where it was not there. */
  readonly seen: Seen | null;
}

interface OperationBase {
  readonly change: Change;
  readonly requestId: string;
  /** The start call as the cloud names it, for the log. */
  readonly call: string;
  /** Of the assignment that the change is about, `null` where a cloud gives assignments none. */
  readonly assignmentId: string | null;
}

/** A change that the cloud has accepted, and how it stands. */
export type Operation =
  | (OperationBase & { readonly state: 'IN_PROGRESS' | 'SUCCEEDED' })
  | (OperationBase & {
      readonly state: 'FAILED';
      /** The cloud's own words. */
      readonly reason: string;
      readonly hint: string | null;
      /** Whether the same change is worth a second submission. */
      readonly passing: boolean;
    });

/** What a change, or the finding that there was nothing to change, has come to. */
export interface Ended {
  readonly kind: ChangeKind;
  readonly grant: Grant;
  readonly changed: boolean;
  /** Whether a read showed that it is so now. */
  readonly verified: boolean;
}

/** Which operations to look for besides those that are running. */
export interface Search {
  /** Also ended ones that began at or after this, in milliseconds since the epoch on our clock; `null` for none. */
  readonly since: number | null;
  /** Request ids of operations that are known to have ended, and are not looked for. */
  readonly except: ReadonlySet<string>;
}

/**
 * The port to one cloud, in the domain's words. Every function takes lists: a cloud answers many with as few requests
 * as it can, in the order of what it was given. All of them may throw `CloudError`; `resolve` also `Refusal`.
 */
export interface Cloud {
  readonly words: Words;
  /** Turns a request into exact grants; any ambiguity ends it here (P8). */
  resolve(request: Request, budget: Budget): Promise<readonly Grant[]>;
  /** Reads how grants stand. */
  read(grants: readonly Grant[], budget: Budget): Promise<readonly Observation[]>;
  /** Finds operations that make these very changes, the newest for each; `null` where there is none. */
  find(changes: readonly Change[], search: Search, budget: Budget): Promise<readonly (Operation | null)[]>;
  /**
   * Starts one change with exactly one request; where the cloud carries it out at once, the operation has ended
   * already. While the opposite change of the same grant is running, a cloud refuses it as `busy`: clouds run the
   * operations of one target one after another.
   */
  start(change: Change, budget: Budget): Promise<Operation>;
  /** Asks how operations stand. */
  ask(operations: readonly Operation[], budget: Budget): Promise<readonly Operation[]>;
  /** How long a finished change may take to show in reads, in milliseconds. */
  readonly visibleWithinMs: number;
  /** Whether `find` knows every change that was accepted; where not, only reads tell whether one took place. */
  readonly listsOperations: boolean;
  /** What no read shows after a change, such as sessions that are still open, in one sentence. */
  remarkOn(ended: Ended, budget: Budget): Promise<string | null>;
}
