import { correctLine, stateUnread } from '../messages/changes.ts';
import { changeOf } from './carry-out.ts';
import { readingBudget, type Budget, type Clock } from '../clock.ts';
import { absent, type Cloud, type Observation } from '../cloud.ts';
import { CloudError, orCloudError } from '../errors.ts';
import type { Grant } from '../grant.ts';
import { checkGuards } from '../plan/guards.ts';
import { onRecord } from '../leases/leasing.ts';
import { keptAsLease } from '../leases/outcomes.ts';
import { carryOutAll, lookAhead } from './many.ts';
import { refused, succeeded, type Lack, type Result } from '../outcome.ts';
import { planStep, type Step } from '../plan/plan.ts';
import { comparePlans } from '../plan/comparison.ts';
import { documentPlan } from '../plan/document.ts';
import { printPlan } from '../plan/log.ts';
import { remarksOn } from './remarks.ts';
import type { Lifetime, Request } from '../request.ts';
import type { RunTools } from './run-tools.ts';

/** The results of a request, grant by grant, and further information for a person. */
export interface Run {
  readonly results: readonly Result[];
  /** Sentences about what was left out, or could not be looked up. */
  readonly notices: readonly string[];
  /** Sentences about effects that no read shows. */
  readonly remarks: readonly string[];
  /** Reason to end red besides the results. */
  readonly lack: Lack | null;
}

/** Carries out a request: resolve, guard, read, plan, change, verify. One bad grant does not stop the others. */
export async function run(request: Request, tools: RunTools): Promise<Run> {
  const { cloud, clock, signal, log } = tools;
  const reading = readingBudget(clock, signal);
  const resolution = await cloud.resolve(request, reading);
  const { grants, leftOut = [] } = resolution;
  for (const notice of resolution.notices) log.info(notice);
  for (const notice of leftOut) log.notice(notice);
  const notices = [...leftOut, ...resolution.notices];
  await checkGuards(request, resolution, cloud, reading);
  // Before the reads: what has ended by then is seen by them.
  const looked = await lookAhead(request, grants, tools, reading);
  const seen = await readAll(grants, cloud, reading);
  const planned = grants.map((grant, index) => stepFor(request, grant, seen[index] ?? absent));
  const steps = await onRecord(planned, request, cloud.leases, reading);
  printPlan(steps, request.lifetime, cloud.words, log);
  await settlePlan(steps, request, reading, tools);
  if (request.dryRun) return { results: foresee(steps, request.lifetime, clock), notices, remarks: [], lack: null };
  const results = await carryOutAll(steps, request, tools, looked);
  return { results, notices, remarks: await remarksOn(results, changeOf[request.operation], tools), lack: null };
}

/** Reads the state of all grants. A place that cannot be read fails only its own grants, as long as others can be read. */
async function readAll(
  grants: readonly Grant[],
  cloud: Cloud,
  budget: Budget,
): Promise<readonly (Observation | CloudError)[]> {
  const together = await cloud.read(grants, budget).catch(orCloudError);
  if (!(together instanceof CloudError)) return together;
  const places = [...Map.groupBy(grants, (grant) => cloud.readTogether(grant)).values()];
  if (places.length < 2) throw together;
  const apart = await Promise.all(places.map((those) => cloud.read(those, budget).catch(orCloudError)));
  if (apart.every((read) => read instanceof CloudError)) throw together;
  const seen = new Map(
    places.flatMap((those, place) => {
      const read = apart[place] ?? together;
      return those.map((grant, index) => [grant, read instanceof CloudError ? read : (read[index] ?? absent)]);
    }),
  );
  return grants.map((grant) => seen.get(grant) ?? absent);
}

function stepFor({ operation }: Request, grant: Grant, read: Observation | CloudError): Step {
  if (!(read instanceof CloudError)) return planStep(operation, grant, read);
  const hint = read.failure.hint ?? correctLine;
  return { action: 'refuse', grant, seen: null, reason: stateUnread(read.message), hint };
}

/** Writes the plan where that was requested, and throws the difference from the reviewed plan. */
async function settlePlan(
  steps: readonly Step[],
  request: Request,
  budget: Budget,
  { cloud, planning }: RunTools,
): Promise<void> {
  if (!planning.wanted) return;
  const plan = documentPlan(steps, request, await cloud.planContext(budget), planning);
  planning.onPlan(plan);
  const difference = planning.expected === null ? null : comparePlans(plan, planning.expected);
  if (difference !== null) throw difference;
}

/** Results of a dry run: the changes and refusals that would happen. */
function foresee(steps: readonly Step[], lifetime: Lifetime, clock: Clock): readonly Result[] {
  const now = clock.now();
  return steps.map((step) => {
    const { action, grant, seen } = step;
    const outcome = action === 'refuse' ? refused(step) : succeeded(null, action !== 'keep');
    const foreseen: Result = { grant, action, outcome, seen, lease: null, startedAt: now, endedAt: now };
    return lifetime.kind === 'lease' ? keptAsLease(foreseen, lifetime) : foreseen;
  });
}
