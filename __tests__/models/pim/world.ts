import type { Milestone } from '../../../src/access/leases/journal.ts';
import type { Position } from '../../../src/access/leases/protocol/protocol.ts';
import type { Ask } from '../../../src/azure/leases/pim/steps/asks.ts';
import type { Holder } from '../../../src/azure/leases/pim/steps/holder.ts';
import type { Revocation } from '../../../src/azure/leases/pim/steps/revoke.ts';

export type Memory = Holder | Revocation;
export type Role = 'holder' | 'revoke';

/** One who takes part; the ends of holders are units of the date. */
export interface Member {
  readonly role: Role;
  readonly name: string;
  readonly end: number;
}

/** How many of each a world may have. */
export interface Faults {
  /** A runner dies, and nobody runs its post step. */
  readonly crash: number;
  /** A main step is killed; its post step runs. */
  readonly kill: number;
  /** A request whose answer nobody sees: it is carried out within its time, or never. */
  readonly lost: number;
  /** A request that is answered before it is carried out. */
  readonly slow: number;
  /** A request that comes to nothing after it was accepted. */
  readonly denied: number;
}

export interface Options {
  readonly cast: readonly Member[];
  readonly faults: Faults;
  /** What is there from the beginning, made by nobody of ours: until a unit of the date, or for ever. */
  readonly foreign: number | 'permanent' | null;
  /** The role's rules forbid to move an end. */
  readonly rigid: boolean;
  /** In ticks. */
  readonly durations: {
    readonly fresh: number;
    readonly flight: number;
    readonly readLag: number;
    readonly settle: number;
  };
}

/** A request as the cloud keeps it: `holder` is empty for what is none of ours. */
export interface Kept {
  readonly name: string;
  readonly type: 'assign' | 'update' | 'remove';
  readonly holder: string;
  readonly standing: 'active' | 'removed' | 'moving' | 'failed';
  /** Milliseconds since the epoch; `null`: no end. */
  readonly end: number | null;
  /** The date when it came. */
  readonly day: number;
}

/** The access that is there. `young`: it cannot be ended, and may not be found. */
export interface Schedule {
  readonly start: number;
  readonly end: number | null;
  readonly young: boolean;
  /** The name of the request that made it. */
  readonly request: string;
}

/** What the cloud has, and lists. */
export interface Stored {
  readonly schedule: Schedule | null;
  readonly requests: readonly Kept[];
}

export type Sending = Extract<Ask, { readonly do: 'request' }>;

/** A request that is under way, for so many ticks at most. */
export interface Flight {
  readonly ask: Sending;
  readonly name: string;
  readonly who: number;
  readonly left: number;
}

/**
 * Where a party stands. `main`, `post` and `work` ask for something; `held`: its main step was green; `cut`: its main step
 * was killed; `lost`: its runner died; `done`: it has ended.
 */
export interface Party {
  readonly stage: 'waiting' | 'main' | 'held' | 'cut' | 'post' | 'work' | 'lost' | 'done';
  readonly saved: Milestone | null;
  readonly place: Position<Memory> | null;
  readonly flight: Flight | null;
  readonly outcome: string | null;
}

/** All there is at one moment. Instants are in ticks from now on. */
export interface World {
  readonly today: number;
  readonly stored: Stored;
  /** What lists may still show, and how many ticks ago it was replaced. */
  readonly before: readonly { readonly stored: Stored; readonly age: number }[];
  /** Requests of which nobody will hear. */
  readonly strays: readonly Flight[];
  readonly parties: readonly Party[];
  readonly left: Faults;
  /** Somebody revokes it: whoever holds it has lost its right. */
  readonly overruled: boolean;
}
