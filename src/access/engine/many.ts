import { carryOut, changeIn, changeOf } from './carry-out.ts';
import type { Budget } from '../clock.ts';
import { createFinder, isOperation, type Finder, type Found } from './find.ts';
import type { Grant } from '../grant.ts';
import { openLeasing } from '../leases/leasing.ts';
import type { Result } from '../outcome.ts';
import type { Step } from '../plan/plan.ts';
import { createProgress } from './progress.ts';
import type { Request } from '../request.ts';
import type { RunTools } from './run-tools.ts';
import { inTurns } from '../turns.ts';
import { openCoordinator } from './coordinator.ts';
import type { Recheck } from './apply-tools.ts';

/** Operations that were looked for before the grants were read: the reads show those that have ended by then. */
interface Looked {
  readonly finder: Finder;
  /** The operation in progress for each grant; none where it was not looked for. */
  readonly known: ReadonlyMap<Grant, Found>;
}

/** Looks once for what is running already for all grants: asked for each at its start it would be a request each. */
export async function lookAhead(
  { operation, dryRun }: Request,
  grants: readonly Grant[],
  { cloud, clock, log }: RunTools,
  budget: Budget,
): Promise<Looked> {
  const finder = createFinder(cloud, clock, log, grants.length === 1);
  if (dryRun || grants.length < 2) return { finder, known: new Map() };
  const found = await finder.findAll(changeOf[operation], grants, budget).catch(() => null);
  const known = new Map(found === null ? [] : grants.map((grant, index) => [grant, found[index] ?? 'none']));
  return { finder, known };
}

/** Carries out a plan: as much at once as the cloud allows, each step for itself. */
export async function carryOutAll(
  steps: readonly Step[],
  request: Request,
  tools: RunTools,
  { finder, known, recheck }: Looked & { readonly recheck?: Recheck },
): Promise<readonly Result[]> {
  const { cloud, clock, log, signal } = tools;
  const { maxInFlight, timeoutMs, wait } = request;
  const grants = steps.map(({ grant }) => grant);
  const coordinator = openCoordinator(tools, { grants, maxInFlight, timeoutMs, wait, finder, recheck });
  const progress = createProgress(steps.length, coordinator.inFlight, clock, log);
  const leasing = await openLeasing(steps, request, tools);

  const one = async (step: Step): Promise<Result> => {
    const change = changeIn(step);
    // What is kept may turn out to have to be made.
    const wanted = change ?? { kind: changeOf[request.operation], grant: step.grant, seen: step.seen };
    const place = coordinator.placeFor(wanted);
    // Nothing is made for those that wait: there may be thousands.
    const turn = leasing?.turnOf(step) ?? null;
    if (turn !== null) await turn.begin();
    else if (change !== null) await place.take();
    const applying = coordinator.toolsFor(wanted, place, tools.planning.expected === null ? null : step.action);
    const running = change === null ? null : (known.get(change.grant) ?? null);
    const result = await (turn === null ? carryOut(step, running, request, signal, applying) : turn.carryOut(applying));
    coordinator.reading.arrived(step.grant);
    progress.ended(result);
    return result;
  };
  for (const step of steps) if (changeIn(step) !== null) coordinator.reading.expect(step.grant);
  try {
    // What is running already has its place in the cloud: it is followed before anything else is started.
    const order = (step: Step): number => (isOperation(known.get(step.grant) ?? 'none') ? 0 : 1);
    const groups = byReading(steps, cloud);
    const parts = leasing === null ? keptParts(groups) : [];
    const apart = new Set(parts.flat());
    const near = groups.flat().filter((step) => !apart.has(step));
    const ordered = (leasing?.inOrder(near) ?? near).toSorted((a, b) => order(a) - order(b));
    const ended = new Map<Step, Result>();
    const all = async (those: readonly Step[]): Promise<void> => {
      await Promise.all(those.map(async (step) => ended.set(step, await one(step))));
    };
    await Promise.all([all(ordered), inTurns(parts, partsAtOnce, all)]);
    const results = steps.flatMap((step) => ended.get(step) ?? []);
    return leasing?.settle(results) ?? results;
  } finally {
    progress.close();
    coordinator.close();
  }
}

/** Grants that one read covers, together: they are verified soon, and with few reads. */
function byReading(steps: readonly Step[], cloud: RunTools['cloud']): readonly (readonly Step[])[] {
  return [...Map.groupBy(steps, ({ grant }) => cloud.readTogether(grant)).values()];
}

/** Number of kept grants from which a part is full. */
const partSize = 1_000;
/** Number of parts at once: one that has to wait for another job's change holds up no other part. */
const partsAtOnce = 2;

/** What stays as it is, in parts: each grant that waits to be read again takes memory, and there may be tens of thousands. */
function keptParts(groups: readonly (readonly Step[])[]): readonly (readonly Step[])[] {
  const parts: Step[][] = [];
  for (const group of groups) {
    const kept = group.filter((step) => changeIn(step) === null);
    const last = parts.at(-1);
    if (last !== undefined && last.length < partSize) last.push(...kept);
    else if (kept.length > 0) parts.push(kept);
  }
  return parts;
}
