import { changeOf } from './carry-out.ts';
import { readingBudget } from '../clock.ts';
import type { Inventory } from '../files/inventory-rows.ts';
import { checkGuards } from '../plan/guards.ts';
import { onRecord } from '../leases/leasing.ts';
import { carryOutAll, lookAhead } from './many.ts';
import type { Lack, Result } from '../outcome.ts';
import { documentPlan } from '../plan/document.ts';
import { printPlan } from '../plan/log.ts';
import { foresee, planGrants, settlePlan } from './planning.ts';
import { remarksOn } from './remarks.ts';
import type { Request } from '../request.ts';
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
  /** Everything that exists; only `inventory` has it. */
  readonly inventory?: Inventory;
  /** Number of assignments inside `owns` that no row has and that stay; left out where nothing is known of them. */
  readonly extraLeft?: number;
}

/** Carries out a request: resolve, guard, read, plan, change, verify. One bad grant does not stop the others. */
export async function run(request: Request, tools: RunTools): Promise<Run> {
  const { cloud, clock, signal, log, planning } = tools;
  const { operation, lifetime } = request;
  const reading = readingBudget(clock, signal);
  const resolution = await cloud.resolve(request, reading);
  const { grants, leftOut = [] } = resolution;
  for (const notice of resolution.notices) log.info(notice);
  for (const notice of leftOut) log.notice(notice);
  const notices = [...leftOut, ...resolution.notices];
  await checkGuards(request, resolution, cloud, reading);
  // Before the reads: what has ended by then is seen by them.
  const looked = await lookAhead(request, grants, tools, reading);
  const planned = await planGrants(operation, grants, cloud, reading);
  const steps = await onRecord(planned, request, cloud.leases, reading);
  printPlan(steps, lifetime, cloud.words, log);
  await settlePlan((context) => documentPlan(steps, request, context, planning), reading, tools);
  if (request.dryRun) {
    const results = foresee(steps, clock, lifetime);
    return { results, notices, remarks: [], lack: null };
  }
  const results = await carryOutAll(steps, request, tools, looked);
  return { results, notices, remarks: await remarksOn(results, changeOf[operation], tools), lack: null };
}
