/* About what GitHub shows of this repository. */

/** @param why a reason within a sentence */
export const notRead = (what: string, why: string): string => `GitHub did not show ${what}: ${why}.`;

export const shortSha = (sha: string): string => sha.slice(0, 12);
export const fileAt = (path: string, sha: string): string => `the file ${path} at commit ${shortSha(sha)}`;

export const theActivity = (branch: string): string => `the activity of the branch "${branch}"`;

export const cannotAsk = (why: string): string => `GitHub cannot be asked for proof: ${why}.`;

/** @param said GitHub's own message, verbatim; empty for none */
export const notShown = (what: string, status: number, said: string): string =>
  `GitHub did not show ${what}: it answered ${status}${said === '' ? '' : `, "${said}"`}.`;

export const tooMany = (what: string, most: number): string =>
  `GitHub lists more than ${most} entries for ${what}, more than this action reads.`;

/** @param member the member that is missing, or is of another kind */
export const answerNotAsDescribed = (what: string, member?: string): string =>
  `GitHub's answer about ${what} does not match the description of its API${member === undefined ? '' : ` (${member})`}.`;

export const noDate = "GitHub's answer has no date.";

export const noAdviceOnAnswer =
  'This action grants nothing on an answer that it does not understand. Look at githubstatus.com, then start a new run.';

export const askLater = 'Nothing was granted. Look at githubstatus.com, then start a new run.';

export const giveToken = "Leave github-token at its default, github.token, and let GITHUB_API_URL be the runner's own.";

/** @param status of GitHub's answer */
export const permit = (permission: string, status: number): string =>
  status === 401 || permission === 'metadata: read'
    ? 'Leave github-token at its default, github.token: the token of every job can read this.'
    : `Give the job permissions: ${permission}. GitHub Enterprise Server must be of a version that has this endpoint.`;
