import type { Budget } from '../../src/access/clock.ts';
import {
  absent,
  type Change,
  type ChangeKind,
  type Cloud,
  type Ended,
  type Observation,
  type Operation,
  type Seen,
  type Standing,
} from '../../src/access/cloud.ts';
import { CloudError, type Failure, type FailureKind } from '../../src/access/errors.ts';
import type { Assignment, Grant, Provisioning } from '../../src/access/grant.ts';
import type { Request } from '../../src/access/request.ts';
import type { FakeClock } from './fake-clock.ts';

/** How an operation ends. */
export type Ending =
  | { readonly state: 'SUCCEEDED'; /** Whether it really did what it says. */ readonly effective?: boolean }
  | {
      readonly state: 'FAILED';
      readonly reason: string;
      readonly passing?: boolean;
      readonly hint?: string;
      /** Whether it did what it should although it says FAILED. */
      readonly effective?: boolean;
    };

/** How the cloud runs an accepted change. */
export interface Course {
  /** Milliseconds from acceptance to end; 0 ends it within the start call's own answer. */
  readonly takes?: number;
  readonly ending?: Ending;
  /** Milliseconds from acceptance until `find` sees it. */
  readonly listedAfter?: number;
}

/** What the next start call gets. */
export type Answer =
  | ({ readonly kind: 'accept' } & Course)
  | { readonly kind: 'refuse'; readonly error: Error }
  /** Carried out, and the answer lost: `error` is all that comes back, after `lostFor` milliseconds. */
  | ({ readonly kind: 'lose'; readonly error: Error; readonly lostFor?: number } & Course)
  /** Carried out, and no answer ever: ends only with the caller's signal. */
  | ({ readonly kind: 'silence' } & Course);

interface Stored extends Required<Course> {
  readonly change: Change;
  readonly requestId: string;
  readonly call: string;
  readonly begunAt: number;
}

export interface FakeCloud extends Cloud {
  /** How the grant really stands, now. */
  readonly truth: () => Standing;
  /** Start calls so far, refused ones included. */
  readonly starts: readonly { readonly kind: ChangeKind; readonly at: number; readonly seen: Seen | null }[];
  /** Calls of each function of the port. */
  readonly calls: Readonly<Record<'resolve' | 'read' | 'find' | 'start' | 'ask' | 'remarkOn', number>>;
  /** What it was asked to remark on. */
  readonly remarkedOn: readonly Ended[];
  /** When `ask` was called, in milliseconds since the epoch of the clock. */
  readonly asked: readonly number[];
  /** Somebody else starts an operation. */
  readonly somebody: (change: Change, requestId: string, course: Course) => void;
}

export interface FakeCloudOptions {
  readonly clock: FakeClock;
  readonly grant: Grant;
  /** How the grant stands at first. */
  readonly standing: Standing;
  /** What the start calls get, in order; then all are accepted. */
  readonly answers?: readonly Answer[];
  /** How accepted changes go where the answer does not say. */
  readonly course?: Course;
  /** What reads tell of the grant where it is there. */
  readonly seen?: Seen;
  /** Reads show the world as it was so many milliseconds ago. */
  readonly readLag?: number;
  /** What reads show of a grant that nothing was done about, until so many milliseconds after the clock's epoch. */
  readonly readsAtFirst?: { readonly standing: Standing; readonly until: number };
  /** How long the cloud says that reads may lag, in milliseconds. */
  readonly visibleWithinMs?: number;
  /** `find` takes operations for newer than they are by so many milliseconds: clocks differ, dates are rounded. */
  readonly tolerance?: number;
  /** How long every call takes, in milliseconds. */
  readonly latency?: number;
  /** Thrown by calls; each function is asked at each call. */
  readonly failing?: Partial<Record<'resolve' | 'read' | 'find' | 'ask' | 'remarkOn', () => Error | null>>;
  /** What is said of a removal that changed something. */
  readonly outlives?: string;
}

/** A cloud that gives assignments no ids. */
const unnamed: Seen = { assignmentId: null, principalType: null };

/** Why a grant that is there as nobody asked for is left alone. */
export const conflict = { reason: 'It is there with a lock on it.', hint: 'Take the lock off first.' } as const;

/** How a read tells a standing. */
export function observe(standing: Standing, seen: Seen = unnamed): Observation {
  switch (standing) {
    case 'absent':
      return absent;
    case 'current':
      return { standing, seen };
    case 'outdated':
      return { standing, seen, outdated: ['t-1'] };
    case 'conflicting':
      return { standing, seen, ...conflict };
  }
}

export const words = { cloud: 'Test Cloud', role: 'role', target: 'place', brief: (id: string) => id } as const;

export const assignment: Assignment = {
  kind: 'assignment',
  principal: { type: 'GROUP', id: 'g-1', name: 'Payments On-Call' },
  role: { id: 'r-1', name: 'Reader' },
  target: { id: 't-1', name: null },
};

export const provisioning: Provisioning = {
  kind: 'provisioning',
  role: { id: 'r-1', name: 'Reader' },
  target: { id: 't-1', name: null },
};

export const request: Request = {
  operation: 'assign',
  principals: [],
  targets: [],
  roles: [],
  wait: true,
  timeoutMs: 5 * 60_000,
  allowPrivileged: false,
};

/** An answer that is not what was asked for. */
export function failure(kind: FailureKind, over: Partial<Failure> = {}): Failure {
  return {
    kind,
    operation: 'test:Start',
    code: `${kind}Exception`,
    message: `it is ${kind}`,
    requestId: 'aws-req-1',
    retryAfterMs: null,
    hint: `what to do about ${kind}`,
    ...over,
  };
}

export function cloudError(kind: FailureKind, over: Partial<Failure> = {}): CloudError {
  return new CloudError(failure(kind, over));
}

function keyOf(grant: Grant): string {
  const who = grant.kind === 'assignment' ? `${grant.principal.type ?? ''} ${grant.principal.id}` : '';
  return [grant.kind, who, grant.role.id, grant.target.id].join(' ');
}

/** A cloud with one grant in it, whose operations take the clock's time. It knows nothing of how the engine works. */
export function createFakeCloud(options: FakeCloudOptions): FakeCloud {
  const { clock, grant, latency = 0, readLag = 0, tolerance = 0, seen = unnamed } = options;
  const { standing: atFirst, until: readsLateUntil } = options.readsAtFirst ?? { standing: 'absent', until: 0 };
  const stored: Stored[] = [];
  const starts: { kind: ChangeKind; at: number; seen: Seen | null }[] = [];
  const remarkedOn: Ended[] = [];
  const asked: number[] = [];
  const calls = { resolve: 0, read: 0, find: 0, start: 0, ask: 0, remarkOn: 0 };
  let ids = 0;

  /** @param first how it stands before anything was done */
  const standingAt = (time: number, first = options.standing): Standing => {
    const done = stored
      .filter((it) => isEffective(it.ending) && it.begunAt + it.takes <= time)
      .sort((a, b) => a.begunAt + a.takes - (b.begunAt + b.takes));
    const last = done.at(-1);
    if (last === undefined) return first;
    return last.change.kind === 'remove' ? 'absent' : 'current';
  };
  const readable = (): Standing =>
    standingAt(clock.now() - readLag, clock.elapsed() < readsLateUntil ? atFirst : options.standing);
  const answer = (it: Stored): Operation => {
    const { assignmentId } = seen;
    const base = { change: it.change, requestId: it.requestId, call: it.call, assignmentId };
    if (clock.now() < it.begunAt + it.takes) return { ...base, state: 'IN_PROGRESS' };
    if (it.ending.state === 'SUCCEEDED') return { ...base, state: 'SUCCEEDED' };
    const { reason, passing = false, hint = null } = it.ending;
    return { ...base, state: 'FAILED', reason, passing, hint };
  };
  const accept = (change: Change, requestId: string, course: Course): Stored => {
    const ending: Ending = course.ending ?? options.course?.ending ?? { state: 'SUCCEEDED' };
    const it: Stored = {
      change,
      requestId,
      call: `Start-${change.kind}`,
      begunAt: clock.now(),
      takes: course.takes ?? options.course?.takes ?? 3_000,
      listedAfter: course.listedAfter ?? options.course?.listedAfter ?? 0,
      ending,
    };
    stored.push(it);
    return it;
  };
  const begin = async (name: Exclude<keyof typeof calls, 'start'>, { signal, until }: Budget): Promise<void> => {
    calls[name] += 1;
    signal.throwIfAborted();
    // A request whose turn comes after the budget's end is not sent.
    if (clock.now() > until) throw cloudError('throttled', { operation: `test:${name}`, code: 'NotSent' });
    if (latency > 0) await clock.sleep(latency, signal);
    const error = options.failing?.[name]?.() ?? null;
    if (error !== null) throw error;
  };

  return {
    words,
    calls,
    starts,
    asked,
    remarkedOn,
    truth: () => standingAt(clock.now()),
    somebody: (change, requestId, course) => {
      accept(change, requestId, course);
    },
    async resolve(_request, budget) {
      await begin('resolve', budget);
      return [grant];
    },
    async read(grants, budget) {
      await begin('read', budget);
      return grants.map((it): Observation => {
        if (keyOf(it) !== keyOf(grant)) throw new Error('only the one grant is in this cloud');
        return observe(readable(), seen);
      });
    },
    async find(changes, { since, except }, budget) {
      await begin('find', budget);
      return changes.map((change) => {
        const matching = stored
          .filter((it) => it.change.kind === change.kind && keyOf(it.change.grant) === keyOf(change.grant))
          .filter((it) => clock.now() >= it.begunAt + it.listedAfter && !except.has(it.requestId))
          .map((it) => ({ operation: answer(it), begunAt: it.begunAt }));
        const running = matching.find(({ operation }) => operation.state === 'IN_PROGRESS');
        const ended = since === null ? undefined : matching.findLast(({ begunAt }) => begunAt + tolerance >= since);
        return (running ?? ended)?.operation ?? null;
      });
    },
    async start(change, budget) {
      const { signal } = budget;
      signal.throwIfAborted();
      calls.start += 1;
      if (latency > 0) await clock.sleep(latency, signal);
      starts.push({ kind: change.kind, at: clock.now(), seen: change.seen });
      const next = options.answers?.[calls.start - 1] ?? { kind: 'accept' };
      if (next.kind === 'refuse') throw next.error;
      ids += 1;
      const it = accept(change, `own-${ids}`, next);
      if (next.kind === 'accept') return answer(it);
      if (next.kind === 'silence')
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        });
      if (next.lostFor !== undefined) await clock.sleep(next.lostFor, signal);
      throw next.error;
    },
    async ask(operations, budget) {
      asked.push(clock.elapsed());
      await begin('ask', budget);
      return operations.map(({ requestId }) => {
        const it = stored.find((known) => known.requestId === requestId);
        if (it === undefined) throw new Error(`nobody knows ${requestId}`);
        return answer(it);
      });
    },
    visibleWithinMs: options.visibleWithinMs ?? 15_500,
    listsOperations: options.course?.listedAfter !== Number.POSITIVE_INFINITY,
    async remarkOn(ended, budget) {
      remarkedOn.push(ended);
      await begin('remarkOn', budget);
      const { kind, changed } = ended;
      return kind === 'remove' && changed ? (options.outlives ?? 'Nothing outlives it.') : null;
    },
  };
}

function isEffective(ending: Ending): boolean {
  return ending.effective ?? ending.state === 'SUCCEEDED';
}
