import type { Budget } from '../../src/access/clock.ts';
import type {
  Change,
  ChangeKind,
  Ended,
  Limits,
  Observation,
  PlanContext,
  Seen,
  Standing,
} from '../../src/access/cloud.ts';
import type { CloudError, FailureKind, Refusal } from '../../src/access/errors.ts';
import type { Grant, Identity } from '../../src/access/grant.ts';
import type { CloudWithLeases } from '../../src/access/leases/port.ts';
import type { Part } from '../../src/access/request.ts';
import type { FakeClock } from './fake-clock.ts';
import { createFakeOperations, type Course, type Stored } from './engine/fake-operations.ts';
import { cloudError, keyOf, observe, planContext, roomy, unnamed, words } from './fixtures.ts';

/** Answer to the next start call. */
export type Answer =
  | ({ readonly kind: 'accept' } & Course)
  | { readonly kind: 'refuse'; readonly error: Error }
  /** Carried out, and the answer lost: the caller gets only `error`, after `lostFor` milliseconds. */
  | ({ readonly kind: 'lose'; readonly error: Error; readonly lostFor?: number } & Course)
  /** Carried out, and no answer ever: ends only with the caller's signal. */
  | ({ readonly kind: 'silence' } & Course);

/** A start that is refused. */
export const refuse = (kind: FailureKind): Answer => ({ kind: 'refuse', error: cloudError(kind) });

type Asked = 'resolve' | 'uncovered' | 'planContext' | 'read' | 'find' | 'running' | 'ask' | 'remarkOn';
type Called = Asked | 'start';

export interface FakeCloud extends CloudWithLeases {
  /** True standing of a grant now; without an argument, of the first one. */
  readonly truth: (grant?: Grant) => Standing;
  /** Start calls so far, refused ones included. */
  readonly starts: readonly {
    readonly kind: ChangeKind;
    readonly grant: Grant;
    readonly at: number;
    readonly seen: Seen | null;
  }[];
  /** Grants for which a start call was out and not answered yet when it was canceled. */
  readonly startsOut: ReadonlySet<string>;
  /** Every operation that was begun, whether or not its answer arrived. */
  readonly operations: readonly Stored[];
  /** Starts that it refused since its own limits or a lane were full of operations that we had begun. */
  readonly crowded: readonly string[];
  /** Calls of each function of the port. */
  readonly calls: Readonly<Record<Called, number>>;
  /** Number of grants in each call of a function. */
  readonly sizes: Readonly<Record<Called, readonly number[]>>;
  /** Changes that it was asked to remark on. */
  readonly remarkedOn: readonly Ended[];
  /** Times of the calls of `ask`, in milliseconds since the epoch of the clock. */
  readonly asked: readonly number[];
  /** Starts an operation as another job would. */
  readonly startElsewhere: (change: Change, requestId: string, course: Course) => void;
}

export interface FakeCloudOptions {
  readonly clock: FakeClock;
  /** Grants that requests resolve to; nothing else is in this cloud. */
  readonly grants: readonly Grant[];
  /** Standing of the grants at first. */
  readonly standing: Standing | ((grant: Grant) => Standing);
  /** Answers to the start calls, in order, or by the change and its number of tries, from 1; else they are accepted. */
  readonly answers?: readonly Answer[] | ((change: Change, tries: number) => Answer | null);
  /** Courses of accepted changes for answers without one. */
  readonly course?: Course | ((change: Change) => Course);
  /** Properties that reads show of grants that exist. */
  readonly seen?: Seen;
  /** Reads show the world as it was so many milliseconds ago. */
  readonly readLag?: number;
  /** Standing that reads show of an unchanged grant, until so many milliseconds after the clock's epoch. */
  readonly readsAtFirst?: { readonly standing: Standing; readonly until: number };
  /** Longest lag of reads that the cloud declares, in milliseconds. */
  readonly visibleWithinMs?: number;
  /** `find` takes operations for newer than they are by so many milliseconds: clocks differ, dates are rounded. */
  readonly tolerance?: number;
  /** Duration of every call, in milliseconds. */
  readonly latency?: number;
  /** Errors of calls; each function is called at each call, with the grants of it. */
  readonly failing?: Partial<Record<Asked, (grants: readonly Grant[]) => Error | null>>;
  /** Of single operations that are asked about. */
  readonly failingToTell?: (requestId: string) => CloudError | null;
  /** Remark on a removal that changed something. */
  readonly outlives?: string;
  /** Lane of changes that run one after another; a second start meanwhile is refused as busy. */
  readonly laneOf?: (change: Change) => string | null;
  /** More than that is refused as throttled. */
  readonly limits?: Limits;
  readonly readTogether?: (grant: Grant) => string;
  /** True if the caller is not allowed to list operations in progress. */
  readonly unlistable?: boolean;
  readonly notices?: readonly string[];
  readonly refusals?: readonly Refusal[];
  readonly uncovered?: (part: Part) => readonly Identity[];
  readonly context?: PlanContext;
}

/** A cloud with some grants in it, whose operations take the clock's time. It knows nothing of how the engine works. */
export function createFakeCloud(options: FakeCloudOptions): FakeCloud {
  const { clock, grants, latency = 0, readLag = 0, tolerance = 0, seen = unnamed, limits = roomy } = options;
  const { standing: atFirst, until: readsLateUntil } = options.readsAtFirst ?? { standing: 'absent', until: 0 };
  const laneOf = options.laneOf ?? (() => null);
  const known = new Set(grants.map(keyOf));
  const operations = createFakeOperations(clock, seen);
  const starts: { kind: ChangeKind; grant: Grant; at: number; seen: Seen | null }[] = [];
  const tries = new Map<string, number>();
  const crowded: string[] = [];
  const startsOut = new Set<string>();
  const remarkedOn: Ended[] = [];
  const asked: number[] = [];
  let ids = 0;
  const sizes: Record<Called, number[]> = {
    resolve: [],
    uncovered: [],
    planContext: [],
    read: [],
    find: [],
    start: [],
    running: [],
    ask: [],
    remarkOn: [],
  };

  const first = (grant: Grant): Standing =>
    typeof options.standing === 'function' ? options.standing(grant) : options.standing;
  const readable = (grant: Grant): Standing =>
    operations.standingAt(clock.now() - readLag, grant, clock.elapsed() < readsLateUntil ? atFirst : first(grant));
  const courseOf = (change: Change, over: Course): Required<Course> => {
    const usual = typeof options.course === 'function' ? options.course(change) : (options.course ?? {});
    return {
      takes: over.takes ?? usual.takes ?? 3_000,
      ending: over.ending ?? usual.ending ?? { state: 'SUCCEEDED' },
      listedAfter: over.listedAfter ?? usual.listedAfter ?? 0,
    };
  };
  const isListed = ({ begunAt, listedAfter }: Stored): boolean => clock.now() >= begunAt + listedAfter;
  const begin = async (name: Asked, about: readonly Grant[], { signal, until }: Budget): Promise<void> => {
    sizes[name].push(about.length);
    signal.throwIfAborted();
    // A request whose turn comes after the budget's end is not sent.
    if (clock.now() > until) throw cloudError('throttled', { operation: `test:${name}`, code: 'NotSent' });
    if (latency > 0) await clock.sleep(latency, signal);
    const error = options.failing?.[name]?.(about) ?? null;
    if (error !== null) throw error;
  };
  /** Reason why there is no room for a change, `null` where there is room. */
  const crowding = (change: Change): CloudError | null => {
    const active = operations.active();
    const lane = laneOf(change);
    const inLane = lane === null ? undefined : active.find((it) => laneOf(it.change) === lane);
    const ofKind = active.filter(({ change: { kind } }) => kind === change.kind).length;
    const isFull = active.length >= limits.inFlight || ofKind >= (limits.outstanding[change.kind] ?? limits.inFlight);
    if (inLane === undefined && !isFull) return null;
    if (inLane?.foreign !== true) crowded.push(`${change.kind} ${keyOf(change.grant)}`);
    return cloudError(inLane === undefined ? 'throttled' : 'busy');
  };
  const nextAnswer = (change: Change): Answer => {
    const key = `${change.kind} ${keyOf(change.grant)}`;
    const count = (tries.get(key) ?? 0) + 1;
    tries.set(key, count);
    const { answers } = options;
    const answer = typeof answers === 'function' ? answers(change, count) : answers?.[starts.length - 1];
    return answer ?? { kind: 'accept' };
  };

  return {
    words,
    limits,
    signIn: () => Promise.resolve(),
    leases: null,
    laneOf,
    readTogether: options.readTogether ?? keyOf,
    starts,
    operations: operations.all,
    crowded,
    startsOut,
    sizes,
    asked,
    remarkedOn,
    get calls() {
      return Object.fromEntries(Object.entries(sizes).map(([name, each]) => [name, each.length])) as Record<
        Called,
        number
      >;
    },
    truth: (grant = grants[0]) => {
      if (grant === undefined) throw new Error('nothing is in this cloud');
      return operations.standingAt(clock.now(), grant, first(grant));
    },
    startElsewhere: (change, requestId, course) => {
      operations.add(change, requestId, courseOf(change, course), true);
    },
    async resolve(_request, budget) {
      await begin('resolve', grants, budget);
      return { grants, notices: options.notices ?? [], refusals: options.refusals ?? [] };
    },
    async uncovered(part, _lines, about, budget) {
      await begin('uncovered', about, budget);
      return options.uncovered?.(part) ?? [];
    },
    principals: () => Promise.resolve([]),
    async planContext(budget) {
      await begin('planContext', grants, budget);
      return options.context ?? planContext;
    },
    async read(about, budget) {
      await begin('read', about, budget);
      return about.map((grant): Observation => {
        if (!known.has(keyOf(grant))) throw new Error('this grant is not in this cloud');
        return observe(readable(grant), seen);
      });
    },
    async find(searches, budget) {
      await begin(
        'find',
        searches.map(({ change }) => change.grant),
        budget,
      );
      return searches.map(({ change, since, except }) => {
        const matching = operations
          .of(change)
          .filter((it) => isListed(it) && !except.has(it.requestId))
          .map((it) => ({ operation: operations.answer(it), begunAt: it.begunAt }));
        const running = matching.find(({ operation }) => operation.state === 'IN_PROGRESS');
        const ended = since === null ? undefined : matching.findLast(({ begunAt }) => begunAt + tolerance >= since);
        return (running ?? ended)?.operation ?? null;
      });
    },
    async start(change, { signal }) {
      signal.throwIfAborted();
      sizes.start.push(1);
      startsOut.add(keyOf(change.grant));
      if (latency > 0) await clock.sleep(latency, signal);
      startsOut.delete(keyOf(change.grant));
      starts.push({ kind: change.kind, grant: change.grant, at: clock.now(), seen: change.seen });
      const next = nextAnswer(change);
      if (next.kind === 'refuse') throw next.error;
      const full = crowding(change);
      if (full !== null) throw full;
      ids += 1;
      const it = operations.add(change, `own-${ids}`, courseOf(change, next), false);
      if (next.kind === 'accept') return operations.answer(it);
      if (next.kind === 'silence')
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        });
      if (next.lostFor !== undefined) await clock.sleep(next.lostFor, signal);
      throw next.error;
    },
    async running(asking, budget) {
      await begin(
        'running',
        asking.map(({ change: { grant } }) => grant),
        budget,
      );
      if (options.unlistable === true) return null;
      return new Set(
        operations
          .active()
          .filter(isListed)
          .map(({ requestId }) => requestId),
      );
    },
    async ask(asking, budget) {
      asked.push(clock.elapsed());
      await begin(
        'ask',
        asking.map(({ change: { grant } }) => grant),
        budget,
      );
      return asking.map(({ requestId }) => {
        const it = operations.byId(requestId);
        if (it === undefined) throw new Error(`unknown operation ${requestId}`);
        return options.failingToTell?.(requestId) ?? operations.answer(it);
      });
    },
    visibleWithinMs: options.visibleWithinMs ?? 15_500,
    listsOperations: typeof options.course === 'function' || options.course?.listedAfter !== Number.POSITIVE_INFINITY,
    async remarkOn(ended, budget) {
      remarkedOn.push(ended);
      await begin('remarkOn', [ended.grant], budget);
      const { kind, changed } = ended;
      return kind === 'remove' && changed ? (options.outlives ?? 'Nothing outlives it.') : null;
    },
  };
}
