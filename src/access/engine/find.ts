import { lookingForRunning, runningUnread } from '../messages/changes.ts';
import { atOnce, createBatch, type Batch, type BatchRule } from './batch.ts';
import { dispensable, type Budget, type Clock } from '../clock.ts';
import type { Change, ChangeKind, Cloud, Operation, Search } from '../cloud.ts';
import { isOfKind, type CloudError } from '../errors.ts';
import type { Grant } from '../grant.ts';
import type { Log } from '../tools.ts';
import { oppositeOf } from '../plan/plan.ts';
import type { Track } from './track.ts';

/** Result of looking for an operation. `unreadable`: the list could not be read, which was logged as a warning. */
export type Found = Operation | 'none' | 'unreadable';

/** Looks for operations; questions that come together are one. */
export interface Finder {
  find(change: Change, since: number | null, track: Track, budget: Budget): Promise<Found>;
  /** Looks for running operations with one question, in the order of the grants: as single ones, thousands take memory. */
  findAll(kind: ChangeKind, grants: readonly Grant[], budget: Budget): Promise<readonly Found[]>;
}

/** A change whose operation is looked for. */
interface Sought {
  readonly change: Change;
  readonly budget: Budget;
  readonly track: Track;
  readonly finder: Finder;
}

const patient: BatchRule = { largest: 100, longestMs: 1_000 };

/**
 * @param log gets a warning of a list that is not allowed to be read, once for each kind
 * @param alone true if there is only one grant, and so no other question to ask together with
 */
export function createFinder(cloud: Cloud, clock: Clock, log: Log, alone: boolean): Finder {
  const warned = new Set<ChangeKind>();
  const batches = new Map<string, Batch<Search, Operation | null>>();
  /** A search for an operation of this step can wait a little for others of its kind. */
  const batchFor = ({ change: { kind }, since }: Search): Batch<Search, Operation | null> => {
    const key = `${kind} ${since === null ? 'running' : 'lost'}`;
    const look = (searches: readonly Search[], budget: Budget): ReturnType<Cloud['find']> =>
      cloud.find(searches, budget);
    const batch = batches.get(key) ?? createBatch(lookingForRunning, look, clock, since === null ? atOnce : patient);
    batches.set(key, batch);
    return batch;
  };
  const ask = async (change: Change, since: number | null, track: Track, budget: Budget): Promise<Operation | null> => {
    const search: Search = { change, since, except: track.ended };
    if (!alone) return batchFor(search).ask(search, budget);
    const [found] = await cloud.find([search], budget);
    return found ?? null;
  };
  /** An answer, or `unreadable` where the list of this kind cannot be read. */
  const readable = async <T>(kind: ChangeKind, asking: Promise<T>): Promise<T | 'unreadable'> => {
    try {
      return await asking;
    } catch (error) {
      if (!isOfKind(error, 'denied', 'unavailable', 'other')) throw error;
      if (!warned.has(kind)) log.warning(warning(error, kind));
      warned.add(kind);
      return 'unreadable';
    }
  };
  return {
    // A search for a lost request has nothing else to go by; a change that has not begun can look again.
    find: async (change, since, track, budget) =>
      (await readable(change.kind, ask(change, since, track, since === null ? dispensable(budget) : budget))) ?? 'none',
    async findAll(kind, grants, budget) {
      const except: ReadonlySet<string> = new Set();
      const searches = grants.map((grant) => ({ change: { kind, grant, seen: null }, since: null, except }));
      const found = await readable(kind, cloud.find(searches, dispensable(budget)));
      return grants.map((_, index) => (found === 'unreadable' ? found : (found[index] ?? 'none')));
    },
  };
}

/** True if an operation was found. */
export function isOperation(found: Found): found is Operation {
  return typeof found === 'object';
}

/** The running operation that makes this very change. */
export function findRunning({ change, track, budget, finder }: Sought): Promise<Found> {
  return finder.find(change, null, track, budget);
}

/** The operation that makes this very change and is running or began at or after `since`. */
export function findSince(since: number, { change, track, budget, finder }: Sought): Promise<Found> {
  return finder.find(change, since, track, budget);
}

/** The running operation that undoes this very change. */
export function findOpposite({ change, track, budget, finder }: Sought): Promise<Found> {
  const kind = oppositeOf(change.kind);
  return kind === null ? Promise.resolve('none') : finder.find({ ...change, kind }, null, track, budget);
}

function warning(error: CloudError, kind: ChangeKind): string {
  return runningUnread(kind, error.message, error.failure.hint);
}
