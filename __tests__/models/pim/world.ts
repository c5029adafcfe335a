import type { Milestone } from '../../../src/access/leases/journal.ts';
import type { Position } from '../../../src/access/leases/protocol/protocol.ts';
import type { Ask } from '../../../src/azure/leases/pim/steps/asks.ts';
import type { Holder } from '../../../src/azure/leases/pim/steps/holder.ts';
import type { Revocation } from '../../../src/azure/leases/pim/steps/revoke.ts';

export type Memory = Holder | Revocation;
export type Role = 'holder' | 'revoke';

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
  /** A request with a lost response: it is carried out within its time, or never. */
  readonly lost: number;
  /** A request with a response before it is carried out. */
  readonly slow: number;
  /** A request that fails after it was accepted. */
  readonly denied: number;
}

export interface Options {
  readonly cast: readonly Member[];
  readonly faults: Faults;
  /** Access from the beginning, made by another caller: until a unit of the date, or permanent. */
  readonly foreign: number | 'permanent' | null;
  /** The role's rules forbid to change an end. */
  readonly rigid: boolean;
  /** In ticks. */
  readonly durations: {
    readonly fresh: number;
    readonly flight: number;
    readonly readLag: number;
    readonly settle: number;
  };
}

/** A request as the cloud keeps it: `holder` is empty for another caller's. */
export interface Kept {
  readonly name: string;
  readonly type: 'assign' | 'update' | 'remove';
  readonly holder: string;
  readonly standing: 'active' | 'removed' | 'moving' | 'failed';
  /** Milliseconds since the epoch; `null`: no end. */
  readonly end: number | null;
  /** The time of its arrival. */
  readonly day: number;
}

/** The existing access. `young`: it cannot be ended, and a look-up can miss it. */
export interface Schedule {
  readonly start: number;
  readonly end: number | null;
  readonly young: boolean;
  /** The name of the request that made it. */
  readonly request: string;
}

/** State of the cloud, with its lists. */
export interface Stored {
  readonly schedule: Schedule | null;
  readonly requests: readonly Kept[];
}

export type Sending = Extract<Ask, { readonly do: 'request' }>;

/** A request on its way, for at most so many ticks. */
export interface Flight {
  readonly ask: Sending;
  readonly name: string;
  readonly who: number;
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

/** The whole state at one moment. Instants are in ticks from now on. */
export interface World {
  readonly today: number;
  readonly stored: Stored;
  /** States that lists can still show, and the ticks since their replacement. */
  readonly before: readonly { readonly stored: Stored; readonly age: number }[];
  /** Requests without a receiver of their response. */
  readonly strays: readonly Flight[];
  readonly parties: readonly Party[];
  readonly left: Faults;
  /** Revoked: its holders have lost their right. */
  readonly overruled: boolean;
}
