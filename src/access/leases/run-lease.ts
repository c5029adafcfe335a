import { readingBudget, type Budget } from '../clock.ts';
import type { Change } from '../cloud.ts';
import { createFinder } from '../engine/find.ts';
import { describeGrant, type Assignment } from '../grant.ts';
import { acrossLanes, createGate } from './beginning.ts';
import { refused, succeeded, type Lack, type Outcome, type Result } from '../outcome.ts';
import type { Action } from '../plan/plan.ts';
import type { ExtendRequest, LeaseRequest, ListRequest, ReleaseRequest, SweepRequest } from '../request.ts';
import { remarksOn } from '../engine/remarks.ts';
import type { Run, RunTools } from '../engine/run.ts';
import { minuteInWords } from '../times.ts';
import { seconds } from '../words.ts';
import type { ApplyTools } from '../engine/track.ts';
import { openWorkshop, type Workshop } from '../engine/workshop.ts';
import { goneMeanwhile, lackOf, notRead, partGone } from './extending.ts';
import { isIncomplete, type Found } from './found.ts';
import { createInTime, type InTime } from './in-time.ts';
import { endOf, type HeldGrant, type Journal, type Note } from './journal.ts';
import { perform } from './leasing.ts';
import { kept } from './outcomes.ts';
import { countTurns } from './turns.ts';
import type { LeaseReport } from './report.ts';
import type { LeaseDone, LeaseEntry, Leases, LeaseTools } from './port.ts';

export type LeaseRunTools = Omit<RunTools, 'planning'>;

/** Carries out an operation on leases that are there already. */
export async function runLease(request: LeaseRequest, tools: LeaseRunTools): Promise<Run> {
  const { leases } = tools.cloud;
  if (leases === null) throw new TypeError('a cloud without leases declares no operation on them');
  const reading = readingBudget(tools.clock, tools.signal);
  switch (request.operation) {
    case 'release':
      return release(request, leases, tools, reading);
    case 'extend':
      return extend(request, leases, tools, reading);
    case 'list':
      return list(request, leases, tools, reading);
    case 'sweep':
      return sweep(request, leases, tools, reading);
  }
}

function runOf(
  results: readonly Result[],
  notices: readonly string[],
  remarks: readonly string[] = [],
  lack: Lack | null = null,
): Run {
  return { results, notices, remarks, lack };
}

/** One list may be too old to show what was taken a moment ago: what is missing is looked for once more. */
async function find(
  id: string,
  leases: Leases,
  { clock, log, signal }: LeaseRunTools,
  reading: Budget,
): Promise<Found> {
  const began = clock.mono();
  const first = await leases.find(id, reading);
  const rest = began + leases.listedWithinMs + 1 - clock.mono();
  if (!isIncomplete(first)) return first;
  if (rest > 0) {
    log.info(`Not all of the lease is listed: it is gone, or the list is too old. Listing again in ${seconds(rest)}.`);
    await clock.sleep(rest, signal);
  }
  return leases.find(id, reading);
}

async function release(request: ReleaseRequest, leases: Leases, tools: LeaseRunTools, reading: Budget): Promise<Run> {
  const { held: sure, doubtful, unread } = await find(request.leaseId, leases, tools, reading);
  const held = [...sure, ...doubtful.map((it) => it.held)];
  if (held.length === 0) {
    if (unread.length > 0) throw notRead(unread);
    const notice = 'The lease is gone already: nothing had to be released.';
    tools.log.info(notice);
    return runOf([], [notice]);
  }
  const results = await releaseAll(held, leases, request, tools);
  return runOf(results, [], await remarksOn(accessTaken(results), 'remove', tools), lackOf(unread));
}

/** Those that took access away, or tried to: what is left to others, or to the cloud's clock, goes on. */
export function accessTaken(results: readonly Result[]): readonly Result[] {
  return results.filter(({ action }) => action === 'remove');
}

/** Gives back what is held, all grants together, each for itself. */
export function releaseAll(
  held: readonly HeldGrant[],
  leases: Leases,
  order: WorkOrder,
  tools: Omit<LeaseRunTools, 'journal'>,
): Promise<readonly Result[]> {
  return forEach(
    held,
    ({ grant }) => ({ grant, kind: 'remove', action: 'remove' }),
    order,
    tools,
    (it, doing) => leases.release(it, doing),
  );
}

async function extend(request: ExtendRequest, leases: Leases, tools: LeaseRunTools, reading: Budget): Promise<Run> {
  const found = await find(request.leaseId, leases, tools, reading);
  // A hold whose end is over is nothing but its trace.
  const date = leases.date();
  const [held, over] = [found.held.filter((it) => endOf(it) > date), found.held.filter((it) => endOf(it) <= date)];
  if (held.length === 0 && found.unread.length > 0) throw notRead(found.unread);
  if (held.length === 0 && found.doubtful.length === 0) throw goneMeanwhile();
  const told = notExtended({ ...found, gone: [...over.map(({ grant }) => grant), ...found.gone] }, tools.clock.now());
  const lack = lackOf(found.unread) ?? (found.unnamed === 0 ? null : partGone(found.held.length, found.unnamed));
  if (held.length === 0) return runOf(told, [], [], lack);
  const grants = held.map(({ grant }) => grant);
  leases.announce(grants, grants.length);
  const { guarantee } = leases;
  const { lifetimeMs: ms, allowPrivileged } = request;
  const keepAfterJob = leases.outlivesJob(request.leaseId);
  const lease = { kind: 'lease', ms, keepAfterJob, onExisting: 'fail' } as const;
  tools.journal.open(grants, { anchor: await leases.anchor(reading), guarantee, keepAfterJob });
  const inTime = createInTime(() => leases.date());
  const results = await forEach(
    held,
    ({ grant }) => ({ grant, kind: 'create', action: 'create' }),
    request,
    tools,
    (it, doing) => leases.extend(it, { lease, allowPrivileged }, doing),
    { inTime, journal: tools.journal },
  );
  return runOf([...inTime.settle(results), ...told], [], [], lack);
}

/** What of a lease is not there to be extended is told, each grant for itself (P1). */
function notExtended({ gone, doubtful, permanent }: Found, now: number): readonly Result[] {
  const { message: reason, hint } = goneMeanwhile();
  const stays = kept({ onExisting: 'keep' });
  return [
    ...gone.map((grant) => untouched(grant, 'refuse', refused({ reason, hint }), now)),
    ...doubtful.map(({ held, why }) => untouched(held.grant, 'refuse', refused(why), now)),
    ...permanent.map((grant) => untouched(grant, stays.action, stays.outcome, now, stays.lease)),
  ];
}

async function list(
  request: ListRequest,
  leases: Leases,
  { clock, log }: LeaseRunTools,
  reading: Budget,
): Promise<Run> {
  const { items, notices: told } = await leases.list(request, reading);
  const now = clock.now();
  const notices = items.length === 0 ? [...told, 'No lease is on record there.'] : told;
  for (const notice of notices) log.info(notice);
  return runOf(
    items.map((entry) => shown(entry, now)),
    notices,
  );
}

/** A lease as it stands, as a result that has changed nothing. */
function shown({ grant, holders, endsAt, guarantee, remarks }: LeaseEntry, now: number): Result {
  const held = holders.map(({ words, holder, end }) => `${words === '' ? holder : words} until ${minuteInWords(end)}`);
  const who = held.length === 0 ? 'Nobody holds it any more.' : `Held by ${held.join('; ')}.`;
  return untouched(grant, 'keep', succeeded(null, false), now, {
    did: 'neither',
    state: holders.length > 1 ? 'shared' : 'leased',
    id: null,
    expiresAt: holders.length === 0 ? null : Math.max(...holders.map(({ end }) => end)),
    endsAtLatest: endsAt,
    guarantee,
    // It does not end with the job that looks at it.
    keepAfterJob: true,
    sentences: [who, ...remarks],
  });
}

/** What was looked at, and changed nothing. */
function untouched(
  grant: Assignment,
  action: Action,
  outcome: Outcome,
  now: number,
  lease: LeaseReport | null = null,
): Result {
  return { grant, action, outcome, seen: null, lease, startedAt: now, endedAt: now };
}

async function sweep(request: SweepRequest, leases: Leases, tools: LeaseRunTools, reading: Budget): Promise<Run> {
  const { clock, log } = tools;
  const { items, notices, suspects } = await leases.findDue(request, reading);
  for (const notice of notices) log.info(notice);
  const now = clock.now();
  const looked = suspects.map((it) => untouched(it.grant, 'refuse', refused(it), now));
  for (const { grant, why, due } of items)
    log.info(`To be ${due ? 'ended' : 'tidied up'}: ${describeGrant(grant, tools.cloud.words)}, since ${why}.`);
  if (request.dryRun) {
    const results = items
      .filter((it) => it.due)
      .map(({ grant }) => untouched(grant, 'remove', succeeded(null, true), now));
    return runOf([...results, ...looked], notices);
  }
  const results = await forEach(
    items,
    ({ grant }) => ({ grant, kind: 'remove', action: 'remove' }),
    request,
    tools,
    (item, doing) => leases.sweep(item, doing),
  );
  // One object for each lease that was ended, or could not be: the rest is told in a sentence.
  const isWorthTelling = ({ outcome }: Result): boolean => outcome.status !== 'SUCCEEDED' || outcome.changed;
  const quiet = results.filter((it) => !isWorthTelling(it));
  const told = quiet.flatMap(({ outcome }) => (outcome.status === 'SUCCEEDED' ? (outcome.remark ?? []) : []));
  const quietly = counted(told);
  for (const sentence of quietly) log.info(sentence);
  const ended = results.filter(isWorthTelling);
  return runOf([...ended, ...looked], [...notices, ...quietly], await remarksOn(ended, 'remove', tools));
}

/** Each sentence once, with how often it applies. */
function counted(sentences: readonly string[]): readonly string[] {
  return [...Map.groupBy(sentences, (it) => it)].map(([sentence, those]) =>
    those.length === 1 ? sentence : `${those.length} ×: ${sentence}`,
  );
}

/** How much at once, for how long each, and why. */
export interface WorkOrder {
  readonly timeoutMs: number;
  readonly maxInFlight: number | null;
  /** Nothing goes on after this, in milliseconds since the epoch; else each has its time from its first turn on. */
  readonly latest?: number;
  readonly reason?: string | null;
}

/** What taking a lease takes besides. */
interface Taking {
  readonly inTime: InTime;
  readonly journal: Journal;
}

interface About {
  readonly grant: Assignment;
  readonly kind: Change['kind'];
  readonly action: Action;
}

async function forEach<T>(
  items: readonly T[],
  about: (item: T) => About,
  { timeoutMs, maxInFlight, latest = Infinity, reason = null }: WorkOrder,
  tools: Omit<LeaseRunTools, 'journal'>,
  work: (item: T, tools: LeaseTools) => Promise<LeaseDone>,
  taking: Taking | null = null,
): Promise<readonly Result[]> {
  const { cloud, clock, log, signal } = tools;
  const finder = createFinder(cloud, clock, log, items.length === 1);
  const workshop: Workshop = openWorkshop(tools, { count: items.length, maxInFlight, timeoutMs, wait: true, finder });
  const works = items.map((item) => ({ item, ...about(item) }));
  const turns = countTurns(works.map(({ grant }) => grant));
  const gate = createGate();
  const one = ({ item, grant, kind, action }: (typeof works)[number]): Promise<Result> => {
    const change: Change = { kind, grant, seen: null };
    const place = workshop.placeFor(change);
    const applying: ApplyTools = workshop.toolsFor(change, place, null);
    const budget: Budget = { until: clock.now() + timeoutMs, signal };
    const noting = {
      ...applying,
      budget,
      note: (it: Note) => {
        taking?.journal.note(grant, it);
      },
    };
    return perform({ grant, action, seen: null, taking: taking?.inTime ?? null }, noting, (watched) =>
      work(item, { ...watched, latest, reason, turn: turns.get(grant) ?? 0 }),
    );
  };
  // What only ends leases has nothing to hurry for, and keeps its order.
  const laneOf = ({ grant, kind }: About): string | null =>
    kind === 'create' ? cloud.laneOf({ kind, grant, seen: null }) : null;
  const inTurn = async (it: (typeof works)[number]): Promise<Result> => {
    if (it.kind !== 'create') return one(it);
    const lane = laneOf(it);
    await gate.enter(lane);
    try {
      return await one(it);
    } finally {
      gate.leave(lane);
    }
  };
  try {
    const begun = new Map(acrossLanes(works, laneOf).map((it) => [it, inTurn(it)]));
    return await Promise.all(works.map((it) => begun.get(it) ?? inTurn(it)));
  } finally {
    workshop.close();
  }
}
