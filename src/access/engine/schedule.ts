import { left, type Budget, type Clock } from '../clock.ts';
import type { ChangeKind, Limits } from '../cloud.ts';

/**
 * A place for a change: its lane, because some changes must run one after another, and a slot, because a cloud limits the
 * number of outstanding operations.
 */
export interface Place {
  /**
   * Waits for the lane and the slot, as far as they are not held yet; false when the budget ends first. When the run is
   * stopped, no change waits any more, and none gets a place.
   */
  take(budget?: Budget): Promise<boolean>;
  /** Frees the slot and keeps the lane: no change of this step is running, and the lane is not free for others either. */
  give(): void;
  /** Frees both: what ran has ended. */
  leave(): void;
  /** A start was refused since something else is at work: perhaps there is less room than we think. */
  refused(): void;
  accepted(): void;
  /** The operation here does not end: no change waits for the lane any more. */
  block(reason: string): void;
  /** Why no change can wait for the lane, `null` where one can. */
  readonly blockedBy: () => string | null;
  /** True if other changes wait for a place. */
  readonly isWanted: () => boolean;
}

export interface Schedule {
  /** A place for one change, nothing of it held yet. */
  placeFor(kind: ChangeKind, lane: string | null): Place;
  /** Number of slots that are taken. */
  readonly inFlight: () => number;
}

/** With each accepted start this much of the room comes back. */
const recovery = 0.25;
const shrinking = 0.8;
/** Time for which a change that waits for a slot again lets others go first, in milliseconds. */
const patienceMs = 5_000;

interface Waiting {
  readonly kind: ChangeKind;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly go: () => void;
}

interface Lane {
  readonly queue: Waiting[];
  /** Only one at a time; the lane of those that need none is never taken. */
  readonly single: boolean;
  taken: boolean;
  tried: boolean;
  blockedBy: string | null;
}

/**
 * Keeps as much running as the cloud allows. Of the lanes that are free the longest goes first: what is left at the end
 * is then short. One that waits holds no slot, so that a slow target keeps no other from starting.
 *
 * @param stopped aborted: no change waits for a place any more
 */
export function createSchedule(limits: Limits, clock: Clock, stopped: AbortSignal): Schedule {
  const lanes = new Map<string | null, Lane>();
  /** Those that have their lane and wait for a slot again. */
  const again: Waiting[] = [];
  /** Number of changes that wait in lanes, by kind. */
  const queued = new Map<ChangeKind, number>();
  const running = new Map<ChangeKind, number>();
  const room = new Map<ChangeKind, number>(Object.entries(limits.outstanding) as [ChangeKind, number][]);
  let total = 0;

  const fits = (kind: ChangeKind): boolean =>
    total < limits.inFlight && (running.get(kind) ?? 0) < Math.max(1, Math.floor(room.get(kind) ?? limits.inFlight));
  const hold = ({ kind, go }: Waiting): void => {
    total += 1;
    add(running, kind, 1);
    go();
  };
  const free = (kind: ChangeKind): void => {
    total -= 1;
    add(running, kind, -1);
  };
  /** The first of this kind in the longest of the lanes that are free. */
  const firstOf = (kind: ChangeKind, untried: boolean): readonly [Lane, Waiting] | null => {
    if ((queued.get(kind) ?? 0) === 0 || !fits(kind)) return null;
    let best: readonly [Lane, Waiting] | null = null;
    for (const lane of lanes.values()) {
      if (lane.taken || (untried && lane.tried) || (best !== null && lane.queue.length <= best[0].queue.length))
        continue;
      const first = lane.queue.find((waiting) => waiting.kind === kind);
      if (first !== undefined) best = [lane, first];
    }
    return best;
  };
  /** Kinds with a bound of their own go first, so that their room is always used. */
  const kinds = (): readonly ChangeKind[] =>
    [...queued.keys()].sort((a, b) => Number(room.has(b)) - Number(room.has(a)));
  const serveAgain = (leastMs: number): void => {
    for (const waiting of [...again]) {
      if (!fits(waiting.kind) || clock.now() - waiting.since < leastMs) continue;
      remove(again, waiting);
      hold(waiting);
    }
  };
  const serveLanes = (untried: boolean): void => {
    for (const kind of kinds()) {
      for (let next = firstOf(kind, untried); next !== null; next = firstOf(kind, untried)) {
        const [lane, first] = next;
        remove(lane.queue, first);
        add(queued, kind, -1);
        lane.taken = lane.single;
        lane.tried = true;
        hold(first);
      }
    }
  };
  const serve = (): void => {
    // A refused change has perhaps met others in its lane: lanes of which nothing is known yet can be free.
    if (again.length > 0) {
      serveAgain(patienceMs);
      serveLanes(true);
      serveAgain(0);
    }
    serveLanes(false);
  };
  const laneOf = (name: string | null): Lane => {
    const lane = lanes.get(name) ?? { queue: [], single: name !== null, taken: false, tried: false, blockedBy: null };
    lanes.set(name, lane);
    return lane;
  };
  const giveUp = (waiting: Waiting, name: string | null): void => {
    remove(again, waiting);
    if (remove(laneOf(name).queue, waiting)) add(queued, waiting.kind, -1);
  };
  stopped.addEventListener('abort', () => {
    const all = [...again.splice(0), ...[...lanes.values()].flatMap(({ queue }) => queue.splice(0))];
    queued.clear();
    for (const { go } of all) go();
  });

  return {
    inFlight: () => total,
    placeFor(kind, name) {
      const most = limits.outstanding[kind];
      let held: 'nothing' | 'lane' | 'both' = 'nothing';
      let wasHeld = false;
      let refusals = 0;
      const queue = (waiting: Waiting): void => {
        if (held === 'lane') {
          again.push(waiting);
          return;
        }
        add(queued, kind, 1);
        // Who was there before goes on before others begin.
        if (wasHeld) laneOf(name).queue.unshift(waiting);
        else laneOf(name).queue.push(waiting);
        wasHeld = true;
      };
      return {
        take: (budget) =>
          new Promise((resolve) => {
            if (held === 'both' || stopped.aborted || laneOf(name).blockedBy !== null) {
              resolve(held === 'both');
              return;
            }
            const waiting: Waiting = {
              kind,
              since: clock.now(),
              go: () => {
                cancel?.();
                const blocked = held === 'nothing' && laneOf(name).blockedBy !== null;
                if (!stopped.aborted && !blocked) held = 'both';
                resolve(held === 'both');
              },
            };
            const cancel =
              budget === undefined
                ? null
                : clock.after(left(budget, clock), () => {
                    giveUp(waiting, name);
                    resolve(false);
                  });
            queue(waiting);
            serve();
          }),
        give() {
          if (held !== 'both') return;
          free(kind);
          held = 'lane';
          serve();
        },
        leave() {
          if (held === 'nothing') return;
          if (held === 'both') free(kind);
          held = 'nothing';
          const lane = laneOf(name);
          lane.taken = false;
          serve();
        },
        refused() {
          refusals += 1;
          const others = (running.get(kind) ?? 0) - (held === 'both' ? 1 : 0);
          const known = room.get(kind);
          // A change that is refused again and again, or while this step runs few, says something of its own lane only.
          if (known === undefined || refusals > 1 || others < known / 2) return;
          room.set(kind, Math.max(others, known * shrinking));
        },
        accepted() {
          if (most !== undefined) room.set(kind, Math.min(most, (room.get(kind) ?? most) + recovery));
        },
        block(reason) {
          const lane = laneOf(name);
          if (!lane.single) return;
          lane.blockedBy = reason;
          for (const waiting of lane.queue.splice(0)) {
            add(queued, waiting.kind, -1);
            waiting.go();
          }
        },
        blockedBy: () => laneOf(name).blockedBy,
        isWanted: () => again.length > 0 || [...queued.values()].some((many) => many > 0),
      };
    },
  };
}

function add(counts: Map<ChangeKind, number>, kind: ChangeKind, many: number): void {
  counts.set(kind, (counts.get(kind) ?? 0) + many);
}

function remove<T>(list: T[], item: T): boolean {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
  return index >= 0;
}
