import type { RunContext } from '../../runner/context.ts';
import { commitOf, type Entry } from '../git/objects.ts';
import type { Repository } from './model.ts';

const readme: Entry = { kind: 'file', bytes: Buffer.from('# infra\n') };

/** A repository with one commit, the one of runs that name no other. */
export function makeRepository(context: RunContext, at: number): Repository {
  const who = { userId: Number(context.actorId), name: context.actor, email: `${context.actor}@example.com`, at };
  const files = new Map([['README.md', readme]]);
  const first = commitOf({ files, parents: [], message: 'First', author: who, committer: who });
  return {
    name: context.repository,
    id: context.repositoryId,
    ownerId: context.ownerId,
    defaultBranch: context.defaultBranch,
    // Its first commit is the one that runs are of which say nothing else.
    branches: new Map([[context.defaultBranch, context.sha]]),
    commits: new Map([[context.sha, { ...first, sha: context.sha }]]),
    guarded: new Set(),
    activities: [],
    pulls: new Map(),
    environments: new Map(),
    approvals: [],
    rules: [],
    roles: new Map([[Number(context.actorId), 'admin']]),
    workflows: new Map(),
    delays: { activityMs: 0 },
    lostForks: new Set(),
  };
}
