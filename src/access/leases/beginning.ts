import type { Assignment } from '../grant.ts';

/** What a lease rests on grows old within minutes of its beginning: so many are under way at once. */
const mostAtOnce = 60;
/** And so many of them in one lane, where each waits for those before it. */
const mostInLane = 6;

/** Lets so many begin at a time, in the order of their coming. A lane is `null` for what needs none. */
export interface Gate {
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
 * The order to begin in: the first of each lane, then the second of each. Those that have begun wait for their lanes, and if
 * few lanes had them all the others would stand empty.
 *
 * @param laneOf `null` for what needs none
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

/** How many grants on the same target come before each. */
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
