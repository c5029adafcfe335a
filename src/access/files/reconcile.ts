import { readingBudget, type Budget } from '../clock.ts';
import { changeOf } from '../engine/carry-out.ts';
import { carryOutAll, lookAhead } from '../engine/many.ts';
import { foresee, settlePlan } from '../engine/planning.ts';
import { remarksOn } from '../engine/remarks.ts';
import type { Run } from '../engine/run.ts';
import type { RunTools } from '../engine/run-tools.ts';
import { absent } from '../cloud.ts';
import { removalsPlanned, rowIsLeased } from '../messages/files.ts';
import type { Result } from '../outcome.ts';
import { checkGuards } from '../plan/guards.ts';
import { printPlan } from '../plan/log.ts';
import { planStep, type Step } from '../plan/plan.ts';
import { permanent } from '../request.ts';
import {
  mostRemovals,
  refuseExtra,
  refuseTooManyRemovals,
  carryOutRemovals,
  notRemoved,
  stayed,
  stepOf,
} from './removing.ts';
import { documentFiles } from './documenting.ts';
import { grantKey, privileged, type Wanted } from './wanted.ts';
import {
  isAsWritten,
  isLeased,
  sortOut,
  withoutProtected,
  type Found,
  type Leftover,
  type ProtectedOne,
} from './leftovers.ts';
import { tellNotices } from './notices.ts';
import { listingFor, type AccessPort, type Existing } from './port.ts';
import { readFiles, type Said } from './reading-files.ts';
import { type FileRequest, requestFor } from './request.ts';

/** Everything that a reconcile would do. */
interface Planned {
  /** A step for each live row. */
  readonly rows: readonly Step[];
  readonly removals: readonly Leftover[];
  /** Extra assignments that stay, because `prune` does not say `revoke`. */
  readonly extra: readonly Leftover[];
  /** Extra assignments that `prune: fail` refuses: also those of principals that might not exist. */
  readonly failing: readonly Leftover[];
  readonly guarded: readonly ProtectedOne[];
}

/**
 * Makes what exists inside `owns` as the rows say: first creates, updates and makes permanent; removes only after all of
 * that has succeeded (P11).
 */
export async function reconcile(request: FileRequest, access: AccessPort, tools: RunTools): Promise<Run> {
  const { cloud, clock, signal, log, planning } = tools;
  const { words } = cloud;
  const budget = readingBudget(clock, signal);
  const said = await readFiles(request.files, { access, clock, words }, budget);
  const assign = requestFor(request, 'assign');
  const wanted = [...said.live.values()];
  const looked = await lookAhead(
    assign,
    wanted.map(({ grant }) => grant),
    tools,
    budget,
  );
  const { existing, notices: listed } = await access.list(said.owns, listingFor.removals, budget);
  const found = sortOut(existing, said, said.owns, words);
  const planned = await plan(request, { said, found }, access, tools, budget);
  const removing = planned.removals.map(stepOf);
  await checkGuards(
    assign,
    {
      grants: wanted.map(({ grant }) => grant),
      refusals: privileged(planned.rows, wanted, assign),
      removals: removing.map(({ grant }) => grant),
    },
    cloud,
    budget,
  );
  const steps = [...planned.rows, ...removing];
  const staying = [...found.staying, ...planned.guarded, ...planned.extra];
  const reported = { ...planned, ...found, extra: request.prune === 'report' ? planned.extra : [] };
  const notices = tellNotices(said, [...listed, ...causesOf(planned.removals)], reported, words, log);
  printPlan(steps, permanent, words, log);
  await settlePlan((context) => documentFiles(steps, staying, request, said, context, planning, words), budget, tools);
  refuseExtra(planned.failing, words);
  refuseTooManyRemovals(planned.removals, mostRemovals(request.maxRemovals, found.permanent), words);
  const extraLeft = planned.extra.length;
  if (request.dryRun) return { results: foresee(steps, clock), notices, remarks: [], lack: null, extraLeft };
  const made = await carryOutAll(planned.rows, assign, tools, looked);
  const removed = await removeAfter(made, planned.removals, request, access, tools);
  const stay = stayed(removed, words);
  for (const notice of stay) log.notice(notice);
  return {
    results: [...made, ...removed],
    notices: [...notices, ...stay],
    remarks: [
      ...(await remarksOn(made, changeOf.assign, tools)),
      ...(await remarksOn(removed, changeOf.revoke, tools)),
    ],
    lack: null,
    extraLeft,
  };
}

async function plan(
  { prune, allowPrivileged }: FileRequest,
  { said, found }: { readonly said: Said; readonly found: Found },
  access: AccessPort,
  { cloud, planning }: RunTools,
  budget: Budget,
): Promise<Planned> {
  const rows = await planRows([...said.live.values()], found, cloud, budget);
  // Together only where all of them would go: what stays can protect the others, such as an owner the next to last.
  const together = prune === 'revoke' ? [found.leftovers] : byCause(found.leftovers);
  const asked: Awaited<ReturnType<typeof withoutProtected>>[] = [];
  for (const those of together) asked.push(await withoutProtected(those, allowPrivileged, access, planning, budget));
  const free = asked.flatMap((it) => it.free);
  const guarded = asked.flatMap((it) => it.guarded);
  const extra = free.filter(({ cause }) => cause === 'extra');
  const removals = prune === 'revoke' ? free : free.filter(({ cause }) => cause === 'expired');
  const doubtful = prune === 'fail' ? found.staying.filter((it) => it.why === 'unknown' && it.cause === 'extra') : [];
  const { free: unknown } = await withoutProtected(doubtful, allowPrivileged, access, planning, budget);
  return {
    rows,
    removals,
    extra: prune === 'revoke' ? [] : extra,
    failing: prune === 'fail' ? [...extra, ...unknown] : [],
    guarded,
  };
}

function causesOf(removals: readonly Leftover[]): readonly string[] {
  const [expired = [], extra = []] = byCause(removals);
  return removals.length === 0 ? [] : [removalsPlanned(extra.length, expired.length)];
}

function byCause(leftovers: readonly Leftover[]): readonly (readonly Leftover[])[] {
  return (['expired', 'extra'] as const).map((one) => leftovers.filter(({ cause }) => cause === one));
}

/**
 * A step for each row. What the list shows just as it is written is kept; all other grants are read: only the cloud can say
 * what it takes to put them right.
 */
async function planRows(
  wanted: readonly Wanted[],
  { there }: Found,
  cloud: RunTools['cloud'],
  budget: Budget,
): Promise<readonly Step[]> {
  const listed = (it: Wanted): readonly Existing[] => there.get(grantKey(it.grant, cloud.words)) ?? [];
  const unclear = wanted.filter((it) => !isAsWritten(it, listed(it))).map(({ grant }) => grant);
  // Not read apart where a place fails: what is not known whole must not be changed (P11).
  const reads = unclear.length === 0 ? [] : await cloud.read(unclear, budget);
  const read = new Map(unclear.map((grant, index) => [grant, reads[index] ?? absent]));
  return wanted.map((it): Step => {
    const { grant } = it;
    const all = listed(it);
    const now = read.get(grant);
    if (now === undefined) return { action: 'keep', grant, seen: all[0]?.seen ?? null };
    const step = planStep('assign', grant, now);
    return isLeased(all) && step.action === 'keep' ? madePermanent(step, cloud) : step;
  });
}

/** A plain creation would find the access there, and leave its end to the lease: that is no success (P1). */
function madePermanent({ grant, seen }: Step, { leases }: RunTools['cloud']): Step {
  const hint = leases?.needsForPermanent;
  return hint === undefined
    ? { action: 'create', grant, seen }
    : { action: 'refuse', grant, seen, reason: rowIsLeased, hint };
}

function removeAfter(
  made: readonly Result[],
  removals: readonly Leftover[],
  request: FileRequest,
  access: AccessPort,
  tools: RunTools,
): Promise<readonly Result[]> {
  if (removals.length === 0) return Promise.resolve([]);
  const allMade = made.every(({ outcome }) => outcome.status === 'SUCCEEDED');
  if (!allMade) return Promise.resolve(notRemoved(removals, made, tools.clock.now()));
  return carryOutRemovals(removals.map(stepOf), removals, request, access, tools);
}
