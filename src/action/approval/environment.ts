import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import { changeOf } from '../github/activity.ts';
import type { Answer } from '../github/answers.ts';
import { allOf, type Repository } from '../github/repository.ts';
import { userOrNull, type User } from '../github/users.ts';
import { personOf, type VerifiedRun } from '../github/verified-run.ts';
import { startAnew } from '../messages/approvals.ts';
import * as messages from '../messages/environment-approval.ts';
import { approverWithoutRow } from '../messages/people.ts';
import type { Approvers } from '#access/approvals';
import type { People } from '#access/files/people';
import type { Approval } from './approval.ts';
import { judgeApprover } from './judging.ts';

/** Events that a person causes, and of which GitHub shows the person. */
const events = ['workflow_dispatch', 'push'];

/** Maximum number of reviews of a run that are read. */
const mostReviews = 1_000;

/**
 * Proves that a reviewer of this job's environment approved this run, and that none rejected it. GitHub gives neither the
 * time of an approval nor its job: it covers the run. Source: docs/design/github.md#approvals.
 */
export async function environmentApprovals(
  run: VerifiedRun,
  approvers: Approvers,
  people: People | null,
  repository: Repository,
  budget: Budget,
): Promise<readonly Omit<Approval, 'seenAt'>[]> {
  if (!events.includes(run.event)) throw new Refusal(messages.wrongEvent(run.event), messages.startByPerson);
  const actor = personOf(run);
  if (run.environment === null) throw new Refusal(messages.noEnvironment, messages.nameEnvironment);
  const { name, nodeId } = run.environment;
  const reviews = { what: messages.reviewsOfRun, permission: 'actions: read', parameters: { run: run.id } } as const;
  const [environment, listed] = await Promise.all([
    repository.oneOrNone(
      {
        path: '/environments/{environment}',
        parameters: { environment: name },
        what: messages.theEnvironment(name),
        permission: 'actions: read',
      },
      budget,
    ),
    allOf(repository.pages({ ...reviews, path: '/actions/runs/{run}/approvals' }, budget), mostReviews, reviews.what),
    ...(run.event === 'push' ? [checkPusher(run, actor, repository, budget)] : []),
  ]);
  if (environment === null) throw new Refusal(messages.unprotected(name), messages.protect(name));
  const id = environment.id('id');
  if (isOther(nodeId, environment.text('node_id'))) throw new Refusal(messages.otherEnvironment(name), startAnew);
  const own = listed.filter((review) => review.list('environments').some((it) => it.id('id') === id));
  const rejected = own.find((review) => review.text('state') === 'rejected');
  if (rejected !== undefined) throw new Refusal(messages.rejected(name, loginIn(rejected)), startAnew);
  const approved = own.filter((review) => review.text('state') === 'approved');
  const reviewers = reviewersOf(environment);
  if (approved.length === 0) {
    throw reviewers.length > 0
      ? new Refusal(messages.bypassed(name), messages.askReviewer)
      : new Refusal(messages.unprotected(name), messages.protect(name));
  }
  const faults: string[] = [];
  const proofs: Omit<Approval, 'seenAt'>[] = [];
  for (const review of approved) {
    const approver = judge(review, actor, approvers, people, reviewers);
    const comment = review.textOrNull('comment') ?? '';
    if (typeof approver === 'string') faults.push(approver);
    else proofs.push({ kind: 'environment', approver, requester: actor, comment, approvedAt: null, url: run.url });
  }
  if (proofs.length === 0) throw new Refusal(messages.noneCounts(name, faults), messages.askReviewer);
  return proofs;
}

/** A push by a deploy key can have the account that made the key as its actor. The activity may tell them apart. */
async function checkPusher(run: VerifiedRun, actor: User, repository: Repository, budget: Budget): Promise<void> {
  const change = await changeOf(run, repository, budget);
  if (change?.actor?.id !== actor.id)
    throw new Refusal(messages.otherPusher(actor.login, change?.actor?.login ?? ''), messages.startByPerson);
}

/** The approver, or the reason why this approval does not count, within a sentence. */
function judge(
  review: Answer,
  actor: User,
  approvers: Approvers,
  people: People | null,
  reviewers: readonly Answer[],
): User | string {
  const approver = judgeApprover(userOrNull(review, 'user'), approvers);
  if (typeof approver === 'string') return approver;
  const { id, login } = approver;
  if (id === actor.id) return messages.isActor(login);
  // How a bypass appears is not known: it might look like an approval. The members of a team are not shown.
  const isReviewer = (it: Answer): boolean => it.text('type') !== 'User' || it.child('reviewer').id('id') === id;
  if (!reviewers.some(isReviewer)) return messages.isNoReviewer(login);
  return people === null || people.has(id) ? approver : approverWithoutRow(login, id);
}

function loginIn(review: Answer): string {
  return userOrNull(review, 'user')?.login ?? '';
}

function reviewersOf(environment: Answer): readonly Answer[] {
  return environment
    .listOrEmpty('protection_rules')
    .filter((rule) => rule.text('type') === 'required_reviewers')
    .flatMap((rule) => rule.listOrEmpty('reviewers'));
}

/** An object can have a node ID of each of GitHub's two formats: those of different formats are not compared. */
function isOther(claimed: string | null, shown: string): boolean {
  const formatOf = (nodeId: string): boolean => nodeId.includes('_');
  return claimed !== null && formatOf(claimed) === formatOf(shown) && claimed !== shown;
}
