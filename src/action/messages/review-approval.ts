/* About approvals by the review of a pull request. Texts without a full stop are parts of a sentence. */

import { listed } from '#access/words';
import { shortSha } from './repository.ts';

const mostShown = 5;

export const pullsOf = (sha: string): string => `the pull requests of commit ${shortSha(sha)}`;
/** @param part of the path, such as `/reviews`; empty for the pull request itself */
export const partOfPull = (number: string, part: string): string =>
  part === '' ? `pull request ${number}` : `the ${part.slice(1)} of pull request ${number}`;
export const permissionOf = (login: string): string => `the role of ${login} in this repository`;
export const theBranch = (branch: string): string => `the branch "${branch}"`;
export const rulesOf = (branch: string): string => `the rules of the branch "${branch}"`;

export const notAPush = (event: string): string =>
  `"${event}" started this workflow. require-approval: review requires the push that merges a pull request.`;
export const runOnPush = 'Grant access in a workflow that starts on: push of the default branch.';

export const noActivity = (sha: string, branch: string): string =>
  `GitHub's activity of "${branch}" does not show how commit ${shortSha(sha)} became its head.`;
export const notMerged = (sha: string, type: string): string =>
  `Commit ${shortSha(sha)} came by "${type}", not by the merge of a pull request on GitHub.`;
export const noPull = (sha: string): string =>
  `GitHub shows no merged pull request, or more than one, whose merge is commit ${shortSha(sha)}.`;
export const mergeInstead =
  'Change the access file in a pull request to the default branch, have it approved, and merge it on GitHub.';

export const otherBase = (number: string, branch: string): string =>
  `Pull request ${number} was merged into another branch than "${branch}".`;
export const fromFork = (number: string): string =>
  `Pull request ${number} is from a fork, or its branch belongs to a deleted repository, so GitHub does not show who pushed its commits.`;
export const ownBranch = 'Open the pull request from a branch of this repository.';
export const listsIncomplete = (number: string): string =>
  `GitHub does not list all commits and files of pull request ${number}.`;
export const smallerPull =
  'Open a pull request from a new branch of the default branch, with at most 250 commits and 3,000 files.';

/** @param login empty for a deleted account */
export const authorNoPerson = (number: string, login: string): string =>
  `The author of pull request ${number}, ${login === '' ? 'a deleted account' : login}, is not a person: its approver may have caused it.`;
export const unknownCommitter = (number: string, sha: string): string =>
  `Commit ${shortSha(sha)} of pull request ${number} has an author or a committer whose email belongs to no account.`;
export const unknownPusher = (number: string): string =>
  `GitHub does not show that a person pushed the commits of pull request ${number}: a bot, an App, or an account that it does not name.`;
export const anotherPull =
  'Open a new pull request from a new branch of the default branch: a branch that was merged before can still have its old commits. Have a person with write access approve it who wrote and pushed none of its commits.';
export const newBranch =
  'Open a new pull request from a new branch of the default branch, and leave that branch in place until the run has ended.';

/** @param reasons within a sentence, one for each review that decides */
export const noApproval = (number: string, reasons: readonly string[]): string =>
  reasons.length === 0
    ? `Pull request ${number} was merged without a review that approves or rejects it.`
    : `No review of pull request ${number} counts as an approval: ${listed(reasons, mostShown)}.`;
export const changesRequested = (number: string, login: string): string =>
  `${login} requested changes of pull request ${number}, and did not approve it since.`;

export const isOwnWork = (login: string): string => `${login} wrote or pushed a part of it`;
export const ofOlderCommit = (login: string): string => `${login} approved another commit than its last`;
export const afterMerge = (login: string): string => `${login} approved it after the merge`;
export const beforeRetarget = (login: string): string => `${login} approved it before its base branch was changed`;
export const cannotWrite = (login: string): string => `${login} has no write access`;
export const dismissed = (login: string): string => `the review of ${login} was dismissed`;

export const notAsApproved = (paths: readonly string[], number: string): string =>
  `${listed(paths, mostShown)}: not as approved in pull request ${number}.`;
export const notInPull = (paths: readonly string[], number: string): string =>
  `${listed(paths, mostShown)}: not in pull request ${number}, which this push merged, so its reviewers did not approve that.`;
export const notAsBefore = (paths: readonly string[], number: string): string =>
  `${listed(paths, mostShown)}: not in pull request ${number}, and not as the branch had it before the merge.`;
export const leaveFiles =
  "Check the repository out at the root of the workspace, leave its files as they are, and update the pull request's branch before its approval. On Windows, put `access/** -text` into .gitattributes.";
export const changeFiles =
  'Name only files whose content the merged pull request changes, and check the repository out at the root of the workspace.';

export const notHead = (sha: string, branch: string): string =>
  `Commit ${shortSha(sha)} is no longer the head of "${branch}".`;
export const applyHead = 'The run of the newer commit applies the access files.';
export const noApprovalRule = (branch: string): string =>
  `No active ruleset requires an approval for "${branch}", so nothing shows that the files which this push left as they were have one.`;
export const addApprovalRule =
  'Add a ruleset for the default branch that requires a pull request with at least one approval: Settings > Rules.';
