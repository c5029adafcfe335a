import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import type { IdentityToken } from '#access/identity-token';
import * as messages from '../messages/verified-run.ts';
import type { Answer } from './answers.ts';
import type { Asker } from './asker.ts';
import type { RunEvent } from './event.ts';
import type { Repository } from './repository.ts';
import { userOrNull, type User } from './users.ts';

/** This run as its ID token and GitHub's API show it, in agreement. */
export interface VerifiedRun {
  readonly id: string;
  readonly repositoryId: string;
  /** The default branch, without `refs/heads/`. */
  readonly branch: string;
  readonly event: string;
  readonly sha: string;
  /** Head of the branch before the push that started it; empty for other events. */
  readonly before: string;
  /** The account that caused it, and the one that started it; `null` where it was deleted. */
  readonly actor: User | null;
  readonly triggering: User | null;
  /** Of the ID token; `null` where the job names none. */
  readonly environment: { readonly name: string; readonly nodeId: string | null } | null;
  /** Page of the run. */
  readonly url: string;
}

/** What the runner says of this run. */
export interface RunByRunner extends Pick<Asker, 'repository' | 'runId'> {
  readonly attempt: string;
  readonly sha: string;
  readonly ref: string;
  readonly event: string;
  readonly actorId: string;
  readonly pushed: RunEvent['pushed'];
}

/**
 * Compares this run's ID token with GitHub's API, by IDs: logins and names can change hands. Throws one `Refusal` for
 * everything that does not agree, and for a run that cannot prove anything: a re-run, or another branch than the default
 * one. Source: docs/design/github.md#id-tokens.
 */
export async function verifyRun(
  { claims }: Pick<IdentityToken, 'claims'>,
  runner: RunByRunner,
  repository: Repository,
  budget: Budget,
): Promise<VerifiedRun> {
  const run = { path: '/actions/runs/{run}', parameters: { run: runner.runId }, permission: 'actions: read' } as const;
  const [shown, home] = await Promise.all([
    repository.one({ ...run, what: messages.thisRun }, budget),
    repository.home(budget),
  ]);
  const branch = home.text('default_branch');
  const [actor, triggering] = [userOrNull(shown, 'actor'), userOrNull(shown, 'triggering_actor')];
  if (claims['run_attempt'] !== undefined && claims['run_attempt'] !== '1')
    throw new Refusal(messages.isRerun(claims['run_attempt']), messages.startAnew);
  if (claims['ref'] !== undefined && claims['ref'] !== `refs/heads/${branch}`)
    throw new Refusal(messages.otherBranch(claims['ref'], branch), messages.startOnBranch(branch));
  const differences = disagreements(claims, runner, shown, home);
  if (differences.length > 0) throw new Refusal(messages.runsDiffer(differences), messages.startAnew);
  // The run of a deleted branch is one of the default branch. Source: GitHub Docs, events that trigger workflows, push.
  const { ref, before, after } = runner.pushed ?? { ref: '', before: '', after: '' };
  if (runner.event === 'push' && (ref !== claims['ref'] || after !== claims['sha']))
    throw new Refusal(messages.otherPush(ref), messages.startOnBranch(branch));
  return {
    id: runner.runId,
    repositoryId: home.id('id'),
    branch,
    event: claims['event_name'] ?? '',
    sha: claims['sha'] ?? '',
    before: runner.event === 'push' ? before : '',
    actor,
    triggering,
    environment: environmentIn(claims),
    url: shown.text('html_url'),
  };
}

/** The person who started the run. A `Refusal` where that is a bot, an App, or another account than caused it. */
export function personOf({ actor, triggering }: VerifiedRun): User {
  if (actor?.isUser === true && triggering?.id === actor.id) return actor;
  throw new Refusal(messages.noPerson(actor?.login ?? '', triggering?.login ?? ''), messages.personStarts);
}

/** The names of the claims in which the token, the runner and GitHub's API do not agree. */
function disagreements(
  claims: IdentityToken['claims'],
  runner: RunByRunner,
  shown: Answer,
  home: Answer,
): readonly string[] {
  const values: Readonly<Record<string, readonly string[]>> = {
    repository: [runner.repository.toLowerCase(), home.text('full_name').toLowerCase()],
    repository_id: [home.id('id'), shown.child('repository').id('id')],
    run_id: [runner.runId, shown.id('id')],
    run_attempt: [runner.attempt, String(shown.count('run_attempt'))],
    sha: [runner.sha, shown.text('head_sha')],
    ref: [runner.ref],
    event_name: [runner.event, shown.text('event')],
    actor_id: [runner.actorId, userOrNull(shown, 'actor')?.id ?? ''],
  };
  return Object.entries(values).flatMap(([claim, others]) => {
    const own = claim === 'repository' ? claims[claim]?.toLowerCase() : claims[claim];
    return own !== undefined && own !== '' && others.every((other) => other === own) ? [] : [claim];
  });
}

function environmentIn(claims: IdentityToken['claims']): VerifiedRun['environment'] {
  const name = claims['environment'] ?? '';
  return name === '' ? null : { name, nodeId: claims['environment_node_id'] ?? null };
}
