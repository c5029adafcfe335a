import type { Budget } from '../clock.ts';
import type { Cloud, Seen } from '../cloud.ts';
import type { ApplyTools } from '../engine/apply-tools.ts';
import type { Assignment } from '../grant.ts';
import type { Outcome } from '../outcome.ts';
import type { Action } from '../plan/plan.ts';
import type { LeaseId, Lifetime, ListRequest, Request, SweepRequest } from '../request.ts';
import type { Found } from './found.ts';
import type { Anchor, HeldGrant, Note } from './journal.ts';
import type { Guarantee, LeaseReport } from './report.ts';

export type Lease = Extract<Lifetime, { readonly kind: 'lease' }>;

/** A change of a grant that is leased, or may be. */
export type LeaseChange =
  | { readonly kind: 'join'; readonly grant: Assignment; readonly lease: Lease }
  | { readonly kind: 'make-permanent' | 'revoke'; readonly grant: Assignment };

/** A lease that takes the place of one that is held. */
export interface Extension {
  readonly lease: Lease;
  /** Whether a role that can hand out access itself may be leased. */
  readonly allowPrivileged: boolean;
}

/** What a protocol takes to be carried out for one grant. */
export interface LeaseTools extends ApplyTools {
  /** Its end is the time limit of this grant. */
  readonly budget: Budget;
  /** Its time begins with its first turn, where it has to wait for one; nothing goes on after this, in milliseconds since the epoch. */
  readonly latest: number;
  /** Whether a denied end is FAILED although the cloud ends the access at its time: post only warns of that. */
  readonly deniedEndFails: boolean;
  /** Why, in words; `null` where nobody said. */
  readonly reason: string | null;
  /** How many grants of this step on the same target come before this one. */
  readonly turn: number;
  readonly note: (note: Note) => void;
}

/** What a protocol has come to. */
export interface LeaseDone {
  readonly outcome: Outcome;
  readonly action: Action;
  readonly lease: LeaseReport | null;
  /** The grant as it was last seen there, where the protocol itself has read it. */
  readonly seen?: Seen | null;
}

/** What is on record of one grant, for a person. */
export interface LeaseEntry {
  readonly grant: Assignment;
  readonly holders: readonly HolderEntry[];
  /** When the cloud ends it by itself, in milliseconds since the epoch; `null` where nothing does. */
  readonly endsAt: number | null;
  /** Who ends it if its job dies; `null` where nobody may. */
  readonly guarantee: Guarantee | null;
  readonly remarks: readonly string[];
}

/** One who holds a grant. */
export interface HolderEntry {
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly end: number;
  /** By whom and for what, as the record says; not to be relied on. */
  readonly words: string;
}

/** A grant about which a sweep has to do something. */
export interface DueGrant {
  readonly grant: Assignment;
  /** Whether the access may have to be ended; else there are only records that stand for nothing. */
  readonly due: boolean;
  /** Why, in words. */
  readonly why: string;
}

/** The same, with what a sweep does about it. */
export interface SweepItem extends DueGrant {
  sweep(tools: LeaseTools): Promise<LeaseDone>;
}

/** An access of which nothing proves whether it is a lease, or that has no end any more. */
export interface Suspect {
  readonly grant: Assignment;
  readonly reason: string;
  readonly hint: string;
}

/** What a look over all records gives. */
export interface Survey<T> {
  readonly items: readonly T[];
  /** What could not be proven or asked, in a sentence each. */
  readonly notices: readonly string[];
  /** What a person has to decide about. */
  readonly suspects: readonly Suspect[];
}

/** A cloud's leases: its protocol behind the domain's words. */
export interface Leases {
  /** Whether a request's changes may go through the protocol. */
  concerns(request: Request): boolean;
  /** Whether this change does: any other is made as if there were no leases. */
  takesOver(change: LeaseChange): boolean;
  /** Told of every change that it does not take over, before any is made. */
  leave(change: LeaseChange): void;
  /** Which of these grants, all of them there, are on record as leased. */
  areLeased(grants: readonly Assignment[], budget: Budget): Promise<readonly boolean[]>;
  /** Whether any record of these grants exists, live or not. */
  haveRecords(grants: readonly Assignment[], budget: Budget): Promise<readonly boolean[]>;
  /** Now by the cloud's own clock, in milliseconds since the epoch: that of this machine may be wrong. */
  date(): number;
  /**
   * Which grants this step takes leases of, for the lease id that they share.
   *
   * @param count how many of them a lease is to stand of: the others are there without an end, and stay as they are
   */
  announce(grants: readonly Assignment[], count: number): void;
  /** Who ends what is leased if its job dies. */
  readonly guarantee: Guarantee;
  /** What the post step needs to end what was taken. */
  anchor(budget: Budget): Promise<Anchor>;
  /** @param there whether the access was there when it was read */
  carryOut(change: LeaseChange, there: boolean, tools: LeaseTools): Promise<LeaseDone>;
  /** Releases what a step holds, or began to take. */
  release(held: HeldGrant, tools: LeaseTools): Promise<LeaseDone>;
  /** Lists show all that is older, in milliseconds. */
  readonly listedWithinMs: number;
  /** What a list shows of what a lease id stands for. */
  find(id: LeaseId, budget: Budget): Promise<Found>;
  /** Whether what a lease id stands for runs to its end although its job has ended. */
  outlivesJob(id: LeaseId): boolean;
  /** Takes a new lease of what is held, in the place of the old one. */
  extend(held: HeldGrant, extension: Extension, tools: LeaseTools): Promise<LeaseDone>;
  list(request: ListRequest, budget: Budget): Promise<Survey<LeaseEntry>>;
  /** What is due, or belongs to ended jobs. */
  findDue(request: SweepRequest, budget: Budget): Promise<Survey<SweepItem>>;
}

/** The whole port to one cloud. */
export interface CloudWithLeases extends Cloud {
  /** `null` where a cloud has none. */
  readonly leases: Leases | null;
}
