import { correctLine, stateUnread } from '../messages/changes.ts';
import type { Budget, Clock } from '../clock.ts';
import { absent, type Cloud, type Observation, type PlanContext } from '../cloud.ts';
import { CloudError, orCloudError } from '../errors.ts';
import type { Grant } from '../grant.ts';
import { keptAsLease } from '../leases/outcomes.ts';
import { refused, succeeded, type Result } from '../outcome.ts';
import { comparePlans } from '../plan/comparison.ts';
import type { PlanDocument } from '../plan/document.ts';
import { planStep, type Step } from '../plan/plan.ts';
import { permanent, type ChangingOperation, type Lifetime } from '../request.ts';
import type { RunTools } from './run-tools.ts';

/**
 * Reads the state of all grants, and plans a step for each. A place that cannot be read fails only its own grants, as long as
 * others can be read.
 */
export async function planGrants(
  operation: ChangingOperation,
  grants: readonly Grant[],
  cloud: Cloud,
  budget: Budget,
): Promise<readonly Step[]> {
  const seen = await readAll(grants, cloud, budget);
  return grants.map((grant, index) => stepFor(operation, grant, seen[index] ?? absent));
}

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

function stepFor(operation: ChangingOperation, grant: Grant, read: Observation | CloudError): Step {
  if (!(read instanceof CloudError)) return planStep(operation, grant, read);
  const hint = read.failure.hint ?? correctLine;
  return { action: 'refuse', grant, seen: null, reason: stateUnread(read.message), hint };
}

/** Writes the plan where that was requested, and throws the difference from the reviewed plan. */
export async function settlePlan(
  documented: (context: PlanContext) => PlanDocument,
  budget: Budget,
  { cloud, planning }: Pick<RunTools, 'cloud' | 'planning'>,
): Promise<void> {
  if (!planning.wanted) return;
  const plan = documented(await cloud.planContext(budget));
  planning.onPlan(plan);
  const difference = planning.expected === null ? null : comparePlans(plan, planning.expected);
  if (difference !== null) throw difference;
}

/** Results of a dry run: the changes and refusals that would happen. */
export function foresee(steps: readonly Step[], clock: Clock, lifetime: Lifetime = permanent): readonly Result[] {
  const now = clock.now();
  return steps.map((step) => {
    const { action, grant, seen } = step;
    const outcome = action === 'refuse' ? refused(step) : succeeded(null, action !== 'keep');
    const result = { grant, action, outcome, seen, lease: null, startedAt: now, endedAt: now };
    return lifetime.kind === 'lease' ? keptAsLease(result, lifetime) : result;
  });
}
