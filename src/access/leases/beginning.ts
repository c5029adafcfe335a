import type { Assignment } from '../grant.ts';

/** Maximum number of leases in progress at once: the reads that a lease is based on are outdated within minutes. */
const mostAtOnce = 60;
/** Maximum number of them in one lane, where each waits for those before it. */
const mostInLane = 6;

/** Limits how many begin at once, first come, first served. A lane is `null` for work that needs none. */
interface Gate {
  enter(lane: string | null): Promise<void>;
  leave(lane: string | null): void;
}

interface Waiting {
  readonly lane: string | null;
  readonly go: () => void;
}

export function createGate(): Gate {
  const waiting: Waiting[] = [];
  const inLanes = new Map<string | null, number>();
  let inside = 0;
  const count = (lane: string | null, more: 1 | -1): void => {
    inside += more;
    inLanes.set(lane, (inLanes.get(lane) ?? 0) + more);
  };
  const serve = (): void => {
    while (inside < mostAtOnce) {
      const next = waiting.findIndex(({ lane }) => lane === null || (inLanes.get(lane) ?? 0) < mostInLane);
      const [first] = next < 0 ? [] : waiting.splice(next, 1);
      if (first === undefined) return;
      count(first.lane, 1);
      first.go();
    }
  };
  return {
    enter: (lane) =>
      new Promise((resolve) => {
        waiting.push({ lane, go: resolve });
        serve();
      }),
    leave(lane) {
      count(lane, -1);
      serve();
    },
  };
}

/**
 * Order to begin in: the first of each lane, then the second of each. Work that has begun waits for its lane; if a few
 * lanes had all of it, the other lanes would be idle.
 *
 * @param laneOf `null` for work that needs none
 */
export function acrossLanes<T>(items: readonly T[], laneOf: (item: T) => string | null): readonly T[] {
  const counts = new Map<string, number>();
  const placed = items.map((item) => {
    const lane = laneOf(item);
    if (lane === null) return { item, place: 0 };
    const place = counts.get(lane) ?? 0;
    counts.set(lane, place + 1);
    return { item, place };
  });
  return placed.toSorted((a, b) => a.place - b.place).map(({ item }) => item);
}

/** Number of grants on the same target that come before each. */
export function countTurns(grants: readonly Assignment[]): ReadonlyMap<Assignment, number> {
  const counts = new Map<string, number>();
  return new Map(
    grants.map((grant) => {
      const count = counts.get(grant.target.id) ?? 0;
      counts.set(grant.target.id, count + 1);
      return [grant, count];
    }),
  );
}
