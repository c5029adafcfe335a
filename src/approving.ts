import { readingBudget } from '#access/clock';
import type { Connections } from '#access/connections';
import { Refusal } from '#access/errors';
import { isFileRequest, type AnyRequest } from '#access/any-request';
import type { Approval } from './action/approval/approval.ts';
import { proveApprovals } from './action/approval/prove.ts';
import type { Asker } from './action/github/asker.ts';
import type { TokenMint } from './action/github/id-token.ts';
import { createRepository } from './action/github/repository.ts';
import { verifyRun, type RunByRunner } from './action/github/verified-run.ts';
import type { ApprovalInputs } from './action/inputs/approval-inputs.ts';
import { log } from './action/log.ts';
import { approvedBy } from './action/messages/approvals.ts';
import { noToken, startAnew } from './action/messages/verified-run.ts';
import { mask } from './action/secrets.ts';
import { machine, product } from './step-tools.ts';

/** A step that requires approvals. */
export interface Approving {
  readonly approval: ApprovalInputs;
  readonly request: AnyRequest;
  /** Audience of the ID token that signing in takes. */
  readonly audience: string | null;
  readonly mint: TokenMint | null;
  readonly asker: Asker;
  readonly runner: RunByRunner;
  readonly connections: Connections;
  readonly signal: AbortSignal;
}

/** Proves the approvals that a step requires, and logs them. Throws a `Refusal` with everything that GitHub does not show. */
export async function proveApproved(step: Approving): Promise<readonly Approval[]> {
  const { approval, request, audience, mint, asker, runner, connections, signal } = step;
  if (mint === null || audience === null) throw new Refusal(noToken, startAnew);
  const budget = readingBudget(machine.clock, signal);
  mask(asker.token);
  const repository = createRepository(asker, { ...machine, connections, product });
  const run = await verifyRun({ claims: await mint.claimsNow(audience, budget) }, runner, repository, budget);
  const reviewed = { operation: request.operation, files: isFileRequest(request) ? request.files : [] };
  const approvals = await proveApprovals(approval, reviewed, run, repository, machine.clock, budget);
  for (const proof of approvals) log.info(approvedBy(proof));
  return approvals;
}
