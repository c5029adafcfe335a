import type { Budget } from './clock.ts';
import type { CloudError, Refusal } from './errors.ts';
import type { Grant, Identity, Principal, Words } from './grant.ts';
import type { Line, Part, Request } from './request.ts';

/** The assignment that a read shows. */
export interface Seen {
  /** The assignment's own id, `null` where a cloud gives assignments none. */
  readonly assignmentId: string | null;
  /** The principal's type as the cloud has it, `null` where the read did not say. */
  readonly principalType: string | null;
}

/**
 * A read of one grant. `outdated` is there, but not as it was asked for, and a change can put that right: an older
 * version, another description. `conflicting` exists in a way that was not requested and that the action must not change
 * unasked.
 */
export type Observation =
  | { readonly standing: 'absent' }
  | { readonly standing: 'current'; readonly seen: Seen }
  | {
      readonly standing: 'outdated';
      readonly seen: Seen;
      /** IDs of outdated places, or names of outdated properties; empty where that has no meaning. */
      readonly outdated: readonly string[];
    }
  | { readonly standing: 'conflicting'; readonly seen: Seen; readonly reason: string; readonly hint: string };

export type Standing = Observation['standing'];

export const absent: Observation = { standing: 'absent' };

/** The kind of a start call. */
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
      /** True if the same change is worth a second submission. */
      readonly passing: boolean;
    });

/** Result of a change, or of the finding that there was nothing to change. */
export interface Ended {
  readonly kind: ChangeKind;
  readonly grant: Grant;
  readonly changed: boolean;
  /** True if a read has shown the result. */
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

/** The grants that a request resolves to. */
export interface Resolution {
  /** No two of them the same. */
  readonly grants: readonly Grant[];
  /** Sentences about what else was left out, or could not be looked up. */
  readonly notices: readonly string[];
  /** Sentences about what was left out because it is privileged and was not named. */
  readonly leftOut?: readonly string[];
  /** Each thing that must not be granted unless it was asked for (P10): nothing is changed while there is one. */
  readonly refusals: readonly Refusal[];
}

/** The identity that makes a plan, the place, and further inputs that decide about its changes. */
export interface PlanContext {
  /** The identity's own name in the cloud, without anything that differs from run to run. */
  readonly caller: string;
  /** The instance or the tenant. */
  readonly directory: string;
  /** Such as conditions: by the names of their inputs, only those that were given. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A page where people sign in to use their access. */
export interface Portal {
  readonly address: string;
  /** True if an administrator can have replaced the address, which this action cannot see. */
  readonly isDefault: boolean;
}

/** Limits of what a cloud takes at once. */
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
  /** Where people sign in to use the access of a principal; `null` where that is not certain. Makes no request. */
  portal?(principal: Principal): Portal | null;
  /** Signs in before anything is asked, as the first request would. */
  signIn(budget: Budget): Promise<void>;
  /** Turns a request into exact grants; any ambiguity ends it here (P8). */
  resolve(request: Request, budget: Budget): Promise<Resolution>;
  /** The identities of one part of these grants that none of the lines covers, each once. */
  uncovered(part: Part, lines: readonly Line[], grants: readonly Grant[], budget: Budget): Promise<readonly Identity[]>;
  /** The principals that lines mean, each once; what none has, or several, is a `Refusal` (P8). */
  principals(lines: readonly Line[], budget: Budget): Promise<readonly Principal[]>;
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
   * The request IDs of those that are still in progress, by one list for each kind of change; `null` where the caller
   * cannot read that list. One that was started a moment ago may not be listed yet.
   */
  running(operations: readonly Operation[], budget: Budget): Promise<ReadonlySet<string> | null>;
  /** Asks how operations stand, each for itself: one that cannot be asked hides no other. */
  ask(operations: readonly Operation[], budget: Budget): Promise<readonly (Operation | CloudError)[]>;
  /** Maximum time until reads show a finished change, in milliseconds. */
  readonly visibleWithinMs: number;
  /** True if `find` knows every accepted change; otherwise only reads show it. */
  readonly listsOperations: boolean;
  /** A sentence about effects that no read shows after a change, such as sessions that are still open. */
  remarkOn(ended: Ended, budget: Budget): Promise<string | null>;
}
