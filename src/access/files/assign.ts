import { readingBudget } from '../clock.ts';
import { changeOf } from '../engine/carry-out.ts';
import { carryOutAll, lookAhead } from '../engine/many.ts';
import { foresee, planGrants, settlePlan } from '../engine/planning.ts';
import { remarksOn } from '../engine/remarks.ts';
import type { Run } from '../engine/run.ts';
import type { RunTools } from '../engine/run-tools.ts';
import { onRecord } from '../leases/leasing.ts';
import { checkGuards } from '../plan/guards.ts';
import { printPlan } from '../plan/log.ts';
import { documentFiles } from './documenting.ts';
import { nothingStays, tellNotices } from './notices.ts';
import type { AccessPort } from './port.ts';
import { readFiles } from './reading-files.ts';
import { type FileRequest, requestFor } from './request.ts';
import { privileged } from './wanted.ts';

/** Makes what is missing of the rows that have not expired, as `assign` does with inputs; removes nothing. */
export async function assignRows(request: FileRequest, access: AccessPort, tools: RunTools): Promise<Run> {
  const { cloud, clock, signal, log, planning } = tools;
  const { words } = cloud;
  const budget = readingBudget(clock, signal);
  const said = await readFiles(request.files, { access, clock, words }, budget);
  const notices = tellNotices(said, [], nothingStays, words, log);
  const assign = requestFor(request, 'assign');
  const wanted = [...said.live.values()];
  const grants = wanted.map(({ grant }) => grant);
  const looked = await lookAhead(assign, grants, tools, budget);
  const planned = grants.length === 0 ? [] : await planGrants('assign', grants, cloud, budget);
  const steps = await onRecord(planned, assign, cloud.leases, budget);
  await checkGuards(assign, { grants, refusals: privileged(steps, wanted, assign) }, cloud, budget);
  printPlan(steps, assign.lifetime, words, log);
  await settlePlan((context) => documentFiles(steps, [], request, said, context, planning, words), budget, tools);
  if (request.dryRun) return { results: foresee(steps, clock, assign.lifetime), notices, remarks: [], lack: null };
  const results = await carryOutAll(steps, assign, tools, looked);
  return { results, notices, remarks: await remarksOn(results, changeOf.assign, tools), lack: null };
}
