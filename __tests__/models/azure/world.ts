import type { Milestone } from '../../../src/access/leases/journal.ts';
import type { Position } from '../../../src/access/leases/protocol/protocol.ts';
import type { Ask } from '../../../src/azure/leases/steps/asks.ts';
import type { Holder } from '../../../src/azure/leases/steps/holder.ts';
import type { Leaving } from '../../../src/azure/leases/steps/leave.ts';
import type { Permanent } from '../../../src/azure/leases/steps/permanent.ts';

export type Memory = Holder | Permanent | Leaving;
export type Role = 'holder' | 'sweep' | 'permanent' | 'revoke' | 'last-sweep';

/** A member of a world; the ends of holders are units of the date. */
export interface Member {
  readonly role: Role;
  readonly name: string;
  readonly end: number;
}

/** Number of each that a world can have. */
export interface Faults {
  /** A runner is lost, and its post step never runs. */
  readonly crash: number;
  /** A main step is killed; its post step runs. */
  readonly kill: number;
  /** A write with a lost response: it is carried out within its time, or never. */
  readonly lost: number;
  /** A main step stops at its time limit. */
  readonly limit: number;
}

export interface Options {
  readonly cast: readonly Member[];
  readonly faults: Faults;
  /** Access that exists from the beginning, and is not a lease. */
  readonly permanent: boolean;
  /** True if GitHub reports ended jobs to a leaving holder; a sweep gets the report unless it is `never`. */
  readonly github: 'always' | 'at times' | 'never';
  /** In ticks. */
  readonly durations: {
    readonly fresh: number;
    readonly flight: number;
    readonly readLag: number;
    readonly settle: number;
  };
  /** Longest time until a read shows a change for the first time, in ticks: the steps assume `readLag`. */
  readonly lag: number;
}

/** The role assignment: its name is a number, and each of its entries a member's. `null`: without a record. */
export interface Assignment {
  readonly name: number;
  readonly entries: readonly string[] | null;
}

export type Write = Extract<Ask, { readonly do: 'create' | 'write' | 'delete' }>;

/** A write on its way, for at most so many ticks. */
export interface Flight {
  readonly ask: Write;
  readonly left: number;
}

/**
 * State of a party. `main`, `post` and `work` ask for something; `held`: its main step was green; `cut`: its main step
 * was killed; `lost`: its runner died; `done`: it has ended.
 */
export interface Party {
  readonly stage: 'waiting' | 'main' | 'held' | 'cut' | 'post' | 'work' | 'lost' | 'done';
  readonly saved: Milestone | null;
  readonly place: Position<Memory> | null;
  readonly flight: Flight | null;
  readonly outcome: string | null;
}

/** Earlier state; `over`: a newer one was shown, so that reads lag no longer than assumed. */
export interface Past {
  readonly value: Assignment | null;
  readonly age: number;
  readonly over?: true;
}

/** The whole state at one moment. Instants are in ticks from now on. */
export interface World {
  readonly today: number;
  readonly assignment: Assignment | null;
  /** States that reads can still show, and the ticks since their replacement. */
  readonly before: readonly Past[];
  /** Writes without a receiver of their response. */
  readonly strays: readonly Flight[];
  readonly parties: readonly Party[];
  readonly left: Faults;
  /** Revoked, or made permanent: its holders have lost their right. */
  readonly overruled: boolean;
  readonly madePermanent: boolean;
}

/** The same world with its names numbered in the order of their first use: equal futures are equal texts. */
export function canonical(world: World): string {
  const names = new Map<string, number>();
  const numbered = (name: unknown): number => {
    const key = String(name);
    const known = names.get(key);
    if (known !== undefined) return known;
    names.set(key, names.size + 1);
    return names.size;
  };
  return JSON.stringify(world, (key, value: unknown) => {
    if (key === 'constants') return undefined;
    return key === 'name' && value !== '' ? numbered(value) : value;
  });
}
