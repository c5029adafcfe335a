import { changesBetween, mergeBase, reachable, type Change } from '../git/history.ts';
import type { Pull } from '../repository/model.ts';
import { ownCommits } from '../repository/pulls.ts';
import { changeShape, commitShape } from '../shapes/commit-shapes.ts';
import { eventShape, pullDetails, pullShape, reviewShape } from '../shapes/pull-shapes.ts';
import { endpoint, listOf, resolved, shapingOf, type Call, type Endpoint, type Found } from './endpoint.ts';

/** Of a pull request that is there. */
function ofPull(operation: string, below: string, answer: (call: Call, pull: Pull) => Found): Endpoint {
  return {
    operation,
    path: new RegExp(`^/pulls/(?<pull>\\d+)${below}$`, 'u'),
    permission: 'pull-requests',
    answer: (call) => {
      const pull = call.state.pulls.get(Number(call.parameters['pull']));
      return pull === undefined ? null : answer(call, pull);
    },
  };
}

export const pullsEndpoints: readonly Endpoint[] = [
  endpoint('listPullRequestsAssociatedWithCommit', /^\/commits\/(?<sha>[^/]+)\/pulls$/, 'pull-requests', (call) => {
    const sha = resolved(call, call.parameters['sha'] ?? '');
    if (sha === undefined) return { status: 422, message: `No commit found for SHA: ${call.parameters['sha'] ?? ''}` };
    return listOf(call, pullsWith(call, sha), (pull) => pullShape(pull, call.state, shapingOf(call)));
  }),
  ofPull('getPullRequest', '', (call, pull) => {
    const counts = { commits: ownCommits(hands(call), pull).length, files: filesOf(call, pull).length };
    const details = pullDetails(pull, counts, shapingOf(call));
    return { body: { ...pullShape(pull, call.state, shapingOf(call)), ...details } };
  }),
  ofPull('listReviews', '/reviews', (call, pull) =>
    // In the order in which they were made [oas].
    listOf(call, pull.reviews, (review) => reviewShape(review, pull, shapingOf(call))),
  ),
  ofPull('listPullRequestCommits', '/commits', (call, pull) =>
    // 250 at most [oas].
    listOf(call, ownCommits(hands(call), pull).slice(0, 250), (commit) => commitShape(commit, shapingOf(call))),
  ),
  ofPull('listPullRequestFiles', '/files', (call, pull) =>
    // 3,000 at most [oas].
    listOf(call, filesOf(call, pull).slice(0, 3000), (change) => changeShape(change, pull.headSha, shapingOf(call))),
  ),
  // Either permission is enough, of issues or of pull requests [docs:permissions-required-for-github-apps].
  endpoint('listIssueEvents', /^\/issues\/(?<pull>\d+)\/events$/, 'pull-requests', (call) => {
    const pull = call.state.pulls.get(Number(call.parameters['pull']));
    return pull === undefined ? null : listOf(call, pull.events, (event) => eventShape(event, pull, shapingOf(call)));
  }),
];

function hands({ state }: Call): { readonly repository: Call['state'] } {
  return { repository: state };
}

/** Changes of the head, from its common ancestor with the base. */
function filesOf({ state }: Call, { baseSha, headSha }: Pull): readonly Change[] {
  const from = mergeBase(state.commits, baseSha, headSha);
  return changesBetween(from?.files ?? new Map(), state.commits.get(headSha)?.files ?? new Map());
}

/** The merged ones that brought a commit into the default branch; otherwise those that contain it. */
function pullsWith(call: Call, sha: string): readonly Pull[] {
  const { state } = call;
  const pulls = [...state.pulls.values()];
  const main = state.branches.get(state.defaultBranch) ?? '';
  const brought = pulls.filter(({ merged }) => merged?.commits.includes(sha) === true);
  if (reachable(state.commits, main).has(sha) && brought.length > 0) return brought;
  const isOpenOrMerged = ({ closedAt, merged }: Pull): boolean => closedAt === null || merged !== null;
  const contains = (pull: Pull): boolean => ownCommits(hands(call), pull).some((commit) => commit.sha === sha);
  return pulls.filter((pull) => isOpenOrMerged(pull) && (brought.includes(pull) || contains(pull)));
}
