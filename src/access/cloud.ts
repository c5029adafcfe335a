import type { Budget } from './clock.ts';
import type { CloudError, Refusal } from './errors.ts';
import type { Grant, Identity, Words } from './grant.ts';
import type { Line, Part, Request } from './request.ts';

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

/** Which operations of a change to look for: those that are running, and others. */
export interface Search {
  readonly change: Change;
  /** Also ended ones that began at or after this, in milliseconds since the epoch on our clock; `null` for none. */
  readonly since: number | null;
  /** Request ids of operations that are known to have ended, and are not looked for. */
  readonly except: ReadonlySet<string>;
}

/** What a request came to. */
export interface Resolution {
  /** No two of them the same. */
  readonly grants: readonly Grant[];
  /** What else was left out, and what could not be asked, in a sentence each. */
  readonly notices: readonly string[];
  /** What was left out since it is privileged and was not named, in a sentence each. */
  readonly leftOut?: readonly string[];
  /** Each thing that must not be granted unless it was asked for (P10): nothing is changed while there is one. */
  readonly refusals: readonly Refusal[];
}

/** Who makes a plan, where, and what else of its inputs decides what would be changed. */
export interface PlanContext {
  /** The identity's own name in the cloud, without anything that differs from run to run. */
  readonly caller: string;
  /** The instance or the tenant. */
  readonly directory: string;
  /** Such as conditions: by the names of their inputs, only those that were given. */
  readonly settings: Readonly<Record<string, string>>;
}

/** How much a cloud takes at once. */
export interface Limits {
  /** Operations in flight, of all kinds together. */
  readonly inFlight: number;
  /** Operations of one kind, where a kind has a bound of its own. */
  readonly outstanding: Readonly<Partial<Record<ChangeKind, number>>>;
}

/**
 * The port to one cloud but for its leases, in the domain's words. Every function takes lists: a cloud answers many with as few requests
 * as it can, in the order of what it was given. All of them may throw `CloudError`; `resolve` also `Refusal`.
 */
export interface Cloud {
  readonly words: Words;
  readonly limits: Limits;
  /** Signs in before anything is asked, as the first request would. */
  signIn(budget: Budget): Promise<void>;
  /** Turns a request into exact grants; any ambiguity ends it here (P8). */
  resolve(request: Request, budget: Budget): Promise<Resolution>;
  /** The identities of one part of these grants that none of the lines covers, each once. */
  uncovered(part: Part, lines: readonly Line[], grants: readonly Grant[], budget: Budget): Promise<readonly Identity[]>;
  planContext(budget: Budget): Promise<PlanContext>;
  /** Reads how grants stand, with as few requests as answer for all. */
  read(grants: readonly Grant[], budget: Budget): Promise<readonly Observation[]>;
  /** Grants for which this is the same text are read by one request. */
  readTogether(grant: Grant): string;
  /** Changes for which this is the same text run one after another, `null` where they need not. */
  laneOf(change: Change): string | null;
  /** Finds operations that make these very changes, all of one kind, the newest for each; `null` where there is none. */
  find(searches: readonly Search[], budget: Budget): Promise<readonly (Operation | null)[]>;
  /**
   * Starts one change with exactly one request; where the cloud carries it out at once, the operation has ended
   * already. While the opposite change of the same grant is running, a cloud refuses it as `busy`: clouds run the
   * operations of one target one after another.
   */
  start(change: Change, budget: Budget): Promise<Operation>;
  /**
   * The request ids of those that are still in progress, by one list for each kind of change; `null` where that list
   * may not be read. One that was started a moment ago may not be listed yet.
   */
  running(operations: readonly Operation[], budget: Budget): Promise<ReadonlySet<string> | null>;
  /** Asks how operations stand, each for itself: one that cannot be asked hides no other. */
  ask(operations: readonly Operation[], budget: Budget): Promise<readonly (Operation | CloudError)[]>;
  /** How long a finished change may take to show in reads, in milliseconds. */
  readonly visibleWithinMs: number;
  /** Whether `find` knows every change that was accepted; where not, only reads tell whether one took place. */
  readonly listsOperations: boolean;
  /** What no read shows after a change, such as sessions that are still open, in one sentence. */
  remarkOn(ended: Ended, budget: Budget): Promise<string | null>;
}
