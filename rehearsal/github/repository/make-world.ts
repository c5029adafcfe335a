import type { RunContext } from '../../runner/context.ts';
import { between } from '../git/history.ts';
import { noCommit } from '../git/objects.ts';
import type { People } from '../people.ts';
import type { Runs } from '../runs.ts';
import * as branches from './branches.ts';
import type { Repository } from './model.ts';
import * as pulls from './pulls.ts';
import type { Pushed, RepositoryWorld } from './world.ts';

/** @param context of a run that says nothing of its own */
export function repositoryWorld(
  repository: Repository,
  people: People,
  runs: Runs,
  now: () => number,
  context: RunContext,
): RepositoryWorld {
  const hands = { repository, people, now };
  let started = 0;
  const newRun = (): Pick<RunContext, 'runId' | 'runNumber' | 'checkRunId'> => {
    started += 1;
    const plus = (base: string, step = 1): string => String(Number(base) + started * step);
    return {
      runId: plus(context.runId, 1000),
      runNumber: plus(context.runNumber),
      checkRunId: plus(context.checkRunId, 1000),
    };
  };
  const pushed = (moved: branches.Moved): Pushed => {
    const { ref, before, after, forced, byId } = moved;
    const account = people.withId(byId);
    const actor = { actor: account?.login ?? 'ghost', actorId: String(byId) };
    const commits = between(repository.commits, before, after).map(({ sha, message }) => ({ id: sha, message }));
    // Once a branch is deleted, its run is one of the default branch [docs:events-that-trigger-workflows#push].
    const isGone = after === noCommit;
    const place = isGone ? `refs/heads/${repository.defaultBranch}` : ref;
    const sha = isGone ? branches.tipOf(hands, repository.defaultBranch) : after;
    const push = { ref, before, after, forced, commits };
    return { ...moved, run: { ...newRun(), eventName: 'push', ref: place, sha, ...actor, push } };
  };
  const world: RepositoryWorld = {
    tip: (branch = repository.defaultBranch) => branches.tipOf(hands, branch),
    files: (at = repository.defaultBranch) => {
      const { files } = branches.commitAt(hands, repository.branches.get(at) ?? at);
      const ordinary = [...files].flatMap(([path, entry]) =>
        entry.kind === 'file' ? [[path, entry.bytes.toString()] as const] : [],
      );
      return Object.fromEntries(ordinary);
    },
    begin: (files) => {
      const first = branches.commitAt(hands, context.sha);
      repository.commits.set(first.sha, { ...first, files: branches.withContents(first.files, files) });
    },
    commit: (upon, by, options) => branches.makeCommit(hands, repository.branches.get(upon) ?? upon, by, options).sha,
    push: ({ branch = repository.defaultBranch, by, commits = [{}], to, isAttributed = true }) => {
      let after = to ?? repository.branches.get(branch) ?? branches.tipOf(hands, repository.defaultBranch);
      if (to === undefined) for (const commit of commits) after = branches.makeCommit(hands, after, by, commit).sha;
      return pushed(branches.move(hands, branch, after, people.named(by).id, { isAttributed }));
    },
    deleteBranch: (branch, by) => pushed(branches.move(hands, branch, null, people.named(by).id)),
    guard: (branch) => {
      repository.guarded.add(branch);
    },
    dispatch: ({ by, inputs = {}, branch = repository.defaultBranch, workflowPath = context.workflowPath }) => {
      const { id, login } = people.named(by);
      const where = { ref: `refs/heads/${branch}`, sha: branches.tipOf(hands, branch), workflowPath };
      return { ...newRun(), ...where, eventName: 'workflow_dispatch', actor: login, actorId: String(id), inputs };
    },
    delayActivity: (ms) => {
      repository.delays.activityMs = ms;
    },
    pull: (options) => pulls.openPull(hands, options),
    review: (pull, options) => pulls.addReview(hands, pull, options),
    dismiss: (pull, review, by) => {
      pulls.dismiss(hands, pull, review, by);
    },
    retarget: (pull, base, by) => {
      pulls.retarget(hands, pull, base, by);
    },
    closePull: (pull, by) => {
      pulls.closePull(hands, pull, by);
    },
    merge: (numbers, options) =>
      pushed(pulls.mergePulls(hands, typeof numbers === 'number' ? [numbers] : numbers, options)),
    deleteFork: (owner) => {
      repository.lostForks.add(owner);
    },
    environment: (name, options = {}) => {
      const reviewers = (options.reviewers ?? []).map((it) =>
        it.startsWith('@') ? { team: it.slice(1) } : people.named(it).id,
      );
      repository.environments.set(name.toLowerCase(), {
        ...{ name, at: now(), preventsSelfReview: false, waitMinutes: 0, branches: null, canAdminsBypass: true },
        ...options,
        reviewers,
      });
    },
    approve: ({ by, runId = context.runId, environments, state = 'approved', comment = '' }) => {
      const names = environments ?? (context.environment === null ? [] : [context.environment]);
      repository.approvals.push({ runId, state, comment, environments: names, userId: people.named(by).id });
    },
    rule: (type, parameters, on = ['~DEFAULT_BRANCH']) => {
      repository.rules.push({ branches: on, rulesetId: 901 + repository.rules.length, type, parameters });
    },
    role: (login, role) => {
      repository.roles.set(people.named(login).id, role);
    },
    workflow: (file, { name = file, state = 'active' } = {}) => {
      const path = workflowPath(file);
      repository.workflows.set(path, { path, name, state, at: now() });
    },
    run: ({ workflow, event, branch = repository.defaultBranch, by = 'octocat', conclusion = 'success', ...more }) => {
      const { id, login } = people.named(by);
      const { startedAt = now(), endedAt = startedAt, headRepository } = more;
      const run = {
        ...{ ...context, ...newRun(), workflow, workflowPath: workflowPath(workflow), eventName: event },
        ...{ ref: `refs/heads/${branch}`, actor: login, actorId: String(id), environment: null },
        sha: repository.branches.get(branch) ?? context.sha,
        ...(headRepository === undefined ? {} : { headRepository }),
      };
      if (!repository.workflows.has(run.workflowPath)) world.workflow(workflow);
      runs.announce(run, startedAt);
      if (conclusion !== null) runs.stand(run.checkRunId, { status: 'completed', conclusion }, endedAt);
      return run.runId;
    },
  };
  return world;
}

function workflowPath(file: string): string {
  return `.github/workflows/${file}`;
}
