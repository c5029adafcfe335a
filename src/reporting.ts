import { grantsAccess, isFileRequest, type AnyRequest } from '#access/any-request';
import type { Cloud, Portal } from '#access/cloud';
import type { Run } from '#access/engine/run';
import type { Inventory } from '#access/files/inventory-rows';
import type { Result } from '#access/outcome';
import type { RunContext } from './action/github/run-context.ts';
import type { Inputs } from './action/inputs/inputs.ts';
import { log } from './action/log.ts';
import { requestLines, unsaidPermanence } from './action/report/announcement.ts';
import { messageOf } from './action/report/message.ts';
import { setOutputs, type PlanOutputs } from './action/report/outputs.ts';
import { reportResults } from './action/report/report.ts';
import { toRecord, writeResultsFile, type AuditContext } from './action/report/results.ts';
import type { Run as RunInSummary } from './action/report/run-facts.ts';
import { summarizeResults } from './action/report/summary.ts';

/** Further information for a report. */
interface Reporting {
  readonly run: RunInSummary & Pick<RunContext, 'repository'>;
  readonly audit: AuditContext;
  /** The runner's folder for files that last as long as the job. */
  readonly folder: string | undefined;
  readonly plan: PlanOutputs;
}

/** Reports the outcome of a run; returns whether the step ends green. */
export async function report(
  done: Run,
  request: AnyRequest,
  inputs: Inputs<unknown>,
  cloud: Cloud,
  reporting: Reporting,
): Promise<boolean> {
  const { inventory } = done;
  if (inventory !== undefined) return showInventory(inventory, done, request, inputs, cloud, reporting);
  const { results, remarks, notices, lack } = done;
  const { endpoints } = inputs;
  const { run, audit, folder, plan } = reporting;
  const { words } = cloud;
  const unsaid = unsaidPermanence(request, results);
  const wait = 'wait' in request ? request.wait : true;
  const { reason, dryRun } = audit;
  const records = results.map(toRecord);
  const file = writeResultsFile(records, audit, folder);
  const message = messageOf(results, { ...audit, operation: request.operation, words, lack });
  const areSet = setOutputs(results, records, file, plan, lack, message);
  if (unsaid !== null) log.notice(unsaid);
  const green = reportResults(results, { wait, dryRun, words, lack, countsKept: isFileRequest(request) });
  for (const remark of remarks) log.info(remark);
  sayPlan(plan);
  const { digest } = plan;
  const told = unsaid === null ? notices : [unsaid, ...notices];
  const release = { workflow: words.releaseWorkflow, repository: run.repository };
  const files = isFileRequest(request) ? { files: { extraLeft: done.extraLeft ?? null } } : {};
  const asked = { request: requestLines(request), reason, wait, dryRun, ...files };
  const portal = grantsAccess(request) ? portalFor(results, cloud) : null;
  const notes = { ...asked, words, run, portal, endpoints, remarks, notices: told, digest, lack, release };
  await summarizeResults(results, notes);
  return green && areSet;
}

/** Reports an inventory. Its code is loaded only where there is one. */
async function showInventory(
  inventory: Inventory,
  { notices, lack }: Run,
  request: AnyRequest,
  inputs: Inputs<unknown>,
  { words }: Cloud,
  { run, audit, folder, plan }: Reporting,
): Promise<boolean> {
  const [{ keepInventory }, { inventoryMessage, reportInventory }, { summarizeInventory }] = await Promise.all([
    import('./action/report/inventory-output.ts'),
    import('./action/report/inventory-report.ts'),
    import('./action/report/inventory-summary.ts'),
  ]);
  const outputs = keepInventory(inventory, { cloud: inputs.cloud, audit, folder });
  const message = inventoryMessage(inventory, lack, audit);
  const areSet = setOutputs([], [], writeResultsFile([], audit, folder), plan, lack, message, outputs);
  reportInventory(inventory, { words, lack, outputs });
  const { endpoints } = inputs;
  await summarizeInventory(inventory, { words, request: requestLines(request), run, endpoints, notices, lack });
  return areSet && lack === null;
}

/** Where the principals of the grants that succeeded sign in, `null` where that is not certain. */
function portalFor(results: readonly Result[], cloud: Cloud): Portal | null {
  for (const { grant, outcome } of results) {
    if (outcome.status !== 'SUCCEEDED' || grant.kind !== 'assignment') continue;
    const portal = cloud.portal?.(grant.principal) ?? null;
    if (portal !== null) return portal;
  }
  return null;
}

function sayPlan({ file, digest }: PlanOutputs): void {
  if (digest !== '') log.info(`Plan digest: ${digest}`);
  if (file !== '') log.info(`Plan file: ${file}`);
}
