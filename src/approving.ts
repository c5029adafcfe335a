import { readingBudget } from '#access/clock';
import { Refusal } from '#access/errors';
import { comparedWith, isFileRequest, type AnyRequest } from '#access/any-request';
import type { People } from '#access/files/people';
import type { Approval } from './action/approval/approval.ts';
import { proveApprovals } from './action/approval/prove.ts';
import type { TokenMint } from './action/github/id-token.ts';
import type { Repository } from './action/github/repository.ts';
import { verifyRun, type RunByRunner } from './action/github/verified-run.ts';
import type { Inputs } from './action/inputs/inputs.ts';
import { log } from './action/log.ts';
import { approvedBy, startedBy } from './action/messages/approvals.ts';
import { requesterIs } from './action/messages/people.ts';
import { noToken, startAnew } from './action/messages/verified-run.ts';
import { machine } from './step-tools.ts';

/** A step of which GitHub has to show who started or approved it. */
export interface Proving<S> {
  readonly inputs: Inputs<S>;
  /** Reads the inputs again with the principal of the person who started the run. */
  readonly readFor: (principal: string) => Inputs<S>;
  readonly mint: TokenMint | null;
  readonly runner: RunByRunner;
  readonly repository: () => Promise<Repository>;
  readonly signal: AbortSignal;
}

export interface Proven<S> {
  readonly inputs: Inputs<S>;
  readonly approvals: readonly Approval[];
}

/**
 * Proves who started the run and who approved it, as far as the step requires it, and logs it. Throws a `Refusal` with
 * everything that GitHub does not show.
 */
export async function prove<S>(step: Proving<S>): Promise<Proven<S>> {
  const { mint, runner, signal } = step;
  const { approval, people, audience } = step.inputs;
  if (mint === null || audience === null) throw new Refusal(noToken, startAnew);
  const budget = readingBudget(machine.clock, signal);
  const repository = await step.repository();
  const run = await verifyRun({ claims: await mint.claimsNow(audience, budget) }, runner, repository, budget);
  let { inputs } = step;
  let rows: People | null = null;
  if (people !== null) {
    const { peopleOf, requesterOf } = await import('./action/approval/people.ts');
    rows = await peopleOf(people, run, repository, budget);
    if (people.isForRequester) {
      const { user, line } = requesterOf(run, rows, people);
      log.info(requesterIs(user.login, user.id, line.text));
      inputs = step.readFor(line.text);
    }
  }
  if (approval === null) return { inputs, approvals: [] };
  const { request } = inputs;
  const reviewed = { operation: request.operation, files: isFileRequest(request) ? request.files : [] };
  const required = { ...approval, people: rows };
  const approvals = await proveApprovals(required, reviewed, run, repository, machine.clock, budget);
  if (run.actor !== null) log.info(startedBy(run.actor));
  for (const proof of approvals) log.info(approvedBy(proof));
  return { inputs: { ...inputs, request: compared(request, approvals, rows) }, approvals };
}

/** The request, whose principals no approver of the environment must be among. */
function compared(request: AnyRequest, approvals: readonly Approval[], rows: People | null): AnyRequest {
  const approvers = approvals.flatMap(({ kind, approver: { id, login } }) => {
    const line = kind === 'environment' ? rows?.get(id) : null;
    return line == null ? [] : [{ login, line }];
  });
  return comparedWith(approvers, request);
}
