import type { Change, ChangeKind, Operation, Seen, Standing } from '../../../src/access/cloud.ts';
import type { Grant } from '../../../src/access/grant.ts';
import type { FakeClock } from '../fake-clock.ts';
import { keyOf } from '../fixtures.ts';

/** State in which an operation ends. */
export type Ending =
  | {
      readonly state: 'SUCCEEDED';
      /** True if the operation really did what it reports. */ readonly effective?: boolean;
    }
  | {
      readonly state: 'FAILED';
      readonly reason: string;
      readonly passing?: boolean;
      readonly hint?: string;
      /** True if the operation made the change although it reports FAILED. */
      readonly effective?: boolean;
    };

/** An operation that ends FAILED. */
export const failed = (reason: string, over: Partial<Ending & { state: 'FAILED' }> = {}): Ending => ({
  state: 'FAILED',
  reason,
  ...over,
});

/** Course of an accepted change in the cloud. */
export interface Course {
  /** Milliseconds from acceptance to end; 0 ends it within the start call's own answer. */
  readonly takes?: number;
  readonly ending?: Ending;
  /** Milliseconds from acceptance until lists show it. */
  readonly listedAfter?: number;
}

export interface Stored extends Required<Course> {
  readonly change: Change;
  readonly requestId: string;
  readonly call: string;
  /** On the clock, as its end: `begunAt + takes`. */
  readonly begunAt: number;
  /** True if another job began the operation. */
  readonly foreign: boolean;
}

/** The operations of a cloud, and what they have made of its grants. They take the clock's time. */
export interface FakeOperations {
  readonly all: readonly Stored[];
  readonly add: (change: Change, requestId: string, course: Required<Course>, foreign: boolean) => Stored;
  readonly byId: (requestId: string) => Stored | undefined;
  /** Operations that make this very change. */
  readonly of: (change: Change) => readonly Stored[];
  /** Operations that are in progress now. */
  readonly active: () => readonly Stored[];
  readonly answer: (it: Stored) => Operation;
  /** Standing of a grant at a time, from its standing before any operation. */
  readonly standingAt: (time: number, grant: Grant, first: Standing) => Standing;
}

export function createFakeOperations(clock: FakeClock, seen: Seen): FakeOperations {
  const all: Stored[] = [];
  const ids = new Map<string, Stored>();
  const byGrant = new Map<string, Stored[]>();
  let active: readonly Stored[] = [];
  const endOf = (it: Stored): number => it.begunAt + it.takes;
  const about = (grant: Grant): readonly Stored[] => byGrant.get(keyOf(grant)) ?? [];

  return {
    all,
    byId: (requestId) => ids.get(requestId),
    of: ({ kind, grant }) => about(grant).filter((it) => it.change.kind === kind),
    active() {
      active = active.filter((it) => clock.now() < endOf(it));
      return active;
    },
    add(change, requestId, course, foreign) {
      const it: Stored = {
        ...course,
        change,
        requestId,
        call: `Start-${change.kind}`,
        begunAt: clock.now(),
        foreign,
      };
      all.push(it);
      ids.set(requestId, it);
      byGrant.set(keyOf(change.grant), [...about(change.grant), it]);
      if (it.takes > 0) active = [...active, it];
      return it;
    },
    answer(it) {
      const base = { change: it.change, requestId: it.requestId, call: it.call, assignmentId: seen.assignmentId };
      if (clock.now() < endOf(it)) return { ...base, state: 'IN_PROGRESS' };
      if (it.ending.state === 'SUCCEEDED') return { ...base, state: 'SUCCEEDED' };
      const { reason, passing = false, hint = null } = it.ending;
      return { ...base, state: 'FAILED', reason, passing, hint };
    },
    standingAt(time, grant, first) {
      const done = about(grant)
        .filter((it) => isEffective(it.ending) && endOf(it) <= time)
        .sort((a, b) => endOf(a) - endOf(b));
      const last = done.at(-1);
      if (last === undefined) return first;
      return last.change.kind === 'remove' ? 'absent' : 'current';
    },
  };
}

function isEffective(ending: Ending): boolean {
  return ending.effective ?? ending.state === 'SUCCEEDED';
}

/** The most that ran at the same time of those that count. */
export function mostAtOnce(operations: readonly Stored[], counts: (kind: ChangeKind) => boolean = () => true): number {
  const edges = operations
    .filter(({ change, takes }) => counts(change.kind) && takes > 0)
    .flatMap(({ begunAt, takes }) => [
      { at: begunAt, by: 1 },
      { at: begunAt + takes, by: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.by - b.by);
  let now = 0;
  return edges.reduce((most, { by }) => Math.max(most, (now += by)), 0);
}
