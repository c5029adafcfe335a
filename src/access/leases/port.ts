import type { Budget } from '../clock.ts';
import type { Cloud, Seen } from '../cloud.ts';
import type { ApplyTools } from '../engine/apply-tools.ts';
import type { Assignment } from '../grant.ts';
import type { Guarantee, HolderEntry, LeaseReport, Outcome } from '../outcome.ts';
import type { AccessPort } from '../files/port.ts';
import type { Action } from '../plan/plan.ts';
import type { LeaseId, Lifetime, ListRequest, Request, SweepRequest } from '../request.ts';
import type { Found } from './found.ts';
import type { Anchor, HeldGrant, Note } from './journal.ts';

export type Lease = Extract<Lifetime, { readonly kind: 'lease' }>;

/** A change of a grant that is leased, or might be. */
export type LeaseChange =
  | { readonly kind: 'join'; readonly grant: Assignment; readonly lease: Lease }
  | { readonly kind: 'make-permanent' | 'revoke'; readonly grant: Assignment };

/** A lease that replaces one that is held. */
interface Extension {
  readonly lease: Lease;
  /** True if a role that can hand out access itself may be leased. */
  readonly allowPrivileged: boolean;
}

/** Tools to carry out a protocol for one grant. */
export interface LeaseTools extends ApplyTools {
  /** Its end is the time limit of this grant. */
  readonly budget: Budget;
  /** Hard limit, in milliseconds since the epoch, for a grant whose time begins only with its first turn. */
  readonly latest: number;
  /** True if a denied removal is FAILED although the cloud ends the access at its end time. The post step only warns. */
  readonly deniedEndFails: boolean;
  /** Input `reason`; `null` where it was not given. */
  readonly reason: string | null;
  /** Number of grants of this step on the same target that come before this one. */
  readonly turn: number;
  readonly note: (note: Note) => void;
}

/** Result of a protocol. */
export interface LeaseDone {
  readonly outcome: Outcome;
  readonly action: Action;
  readonly lease: LeaseReport | null;
  /** The grant as last read, where the protocol itself has read it. */
  readonly seen?: Seen | null;
}

/** Record of one grant, for a person. */
export interface LeaseEntry {
  readonly grant: Assignment;
  readonly holders: readonly HolderEntry[];
  /** When the cloud ends it by itself, in milliseconds since the epoch; `null` where nothing does. */
  readonly endsAt: number | null;
  /** The guarantee of its end if its job dies; `null` where nothing might end it. */
  readonly guarantee: Guarantee | null;
  /** Its end time where that has passed and the access still exists, in milliseconds since the epoch; else `null`. */
  readonly overdueSince: number | null;
  readonly remarks: readonly string[];
}

/** A grant that needs action by a sweep. */
export interface DueGrant {
  readonly grant: Assignment;
  /** True if the access might have to be ended; else there are only stale records. */
  readonly due: boolean;
  /** Why, in a clause. */
  readonly why: string;
}

/** The same, with the action of the sweep. */
interface SweepItem extends DueGrant {
  sweep(tools: LeaseTools): Promise<LeaseDone>;
}

/** Access of which no record proves whether it is a lease, or whose end was removed. */
export interface Suspect {
  readonly grant: Assignment;
  readonly reason: string;
  readonly hint: string;
}

/** Result of reading all records. */
export interface Survey<T> {
  readonly items: readonly T[];
  /** A sentence for each thing that could not be proven or read. */
  readonly notices: readonly string[];
  /** Access that a person has to decide about. */
  readonly suspects: readonly Suspect[];
}

/** A cloud's leases: its protocol behind the domain's words. */
export interface Leases {
  /** True if changes of a request can go through the protocol. */
  concerns(request: Request): boolean;
  /** Advice where this step cannot make a lease permanent; left out where it can. */
  readonly needsForPermanent?: string;
  /** True if this change does: any other is carried out as if there were no leases. */
  takesOver(change: LeaseChange): boolean;
  /** Called for every change that it does not take over, before the first change is carried out. */
  leave(change: LeaseChange): void;
  /** For each of these existing grants, whether a record says that it is leased. */
  areLeased(grants: readonly Assignment[], budget: Budget): Promise<readonly boolean[]>;
  /** For each of these grants, whether any record exists, live or not. */
  haveRecords(grants: readonly Assignment[], budget: Budget): Promise<readonly boolean[]>;
  /** Current time of the cloud's clock, in milliseconds since the epoch: this machine's clock may be wrong. */
  date(): number;
  /**
   * Announces the grants that this step takes leases of, for the lease ID that they share.
   *
   * @param count how many of them will be leased: the others are permanent, and stay as they are
   */
  announce(grants: readonly Assignment[], count: number): void;
  /** The guarantee of the end of leased access if its job dies. */
  readonly guarantee: Guarantee;
  /** Data that the post step needs to end the leases. */
  anchor(budget: Budget): Promise<Anchor>;
  /** @param there whether the access existed when it was read */
  carryOut(change: LeaseChange, there: boolean, tools: LeaseTools): Promise<LeaseDone>;
  /** Releases a grant that a step holds, or began to take. */
  release(held: HeldGrant, tools: LeaseTools): Promise<LeaseDone>;
  /** Age from which lists show every record, in milliseconds. */
  readonly listedWithinMs: number;
  /** Lists the grants of a lease ID. */
  find(id: LeaseId, budget: Budget): Promise<Found>;
  /** True if the lease of a lease ID outlives its job, until its end time. */
  outlivesJob(id: LeaseId): boolean;
  /** Takes a new lease of a held grant, which replaces the old one. */
  extend(held: HeldGrant, extension: Extension, tools: LeaseTools): Promise<LeaseDone>;
  list(request: ListRequest, budget: Budget): Promise<Survey<LeaseEntry>>;
  /** Finds leases whose end time has passed, or whose jobs have ended. */
  findDue(request: SweepRequest, budget: Budget): Promise<Survey<SweepItem>>;
}

/** The whole port to one cloud. */
export interface CloudWithLeases extends Cloud {
  /** Loads what access files and inventories need. */
  openAccess?(): Promise<AccessPort>;
  /** `null` where a cloud has none. */
  readonly leases: Leases | null;
}
