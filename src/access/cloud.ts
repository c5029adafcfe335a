import type { Budget } from './clock.ts';
import type { Grant, Words } from './grant.ts';
import type { Request } from './request.ts';

/**
 * How a grant stands in the cloud. `outdated` is there, but not as it was asked for: an older version, another
 * condition.
 */
export type Standing = 'absent' | 'outdated' | 'current';

/** A read of one grant, with what a person would want to see listed when it is `outdated`. */
export interface Observation {
  readonly standing: Standing;
  /** Ids of the places that are outdated, empty where that says nothing. */
  readonly outdated: readonly string[];
}

/** What a start call asks for. */
export type ChangeKind = 'create' | 'update' | 'remove' | 'provision';

export interface Change {
  readonly kind: ChangeKind;
  readonly grant: Grant;
}

interface OperationBase {
  readonly change: Change;
  readonly requestId: string;
  /** The start call as the cloud names it, for the log. */
  readonly call: string;
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
   * Starts one change with exactly one request. While the opposite change of the same grant is running, a cloud refuses
   * it as `busy`: clouds run the operations of one target one after another.
   */
  start(change: Change, budget: Budget): Promise<Operation>;
  /** Asks how operations stand. */
  ask(operations: readonly Operation[], budget: Budget): Promise<readonly Operation[]>;
  /** What outlives the removal of a grant, such as sessions that are already open, in one sentence. */
  outlives(grant: Grant, budget: Budget): Promise<string>;
}
