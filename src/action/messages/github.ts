/* About GitHub's API and tokens. Texts without a full stop are reasons within a sentence. */

export const budgetSpent = "the hourly rate limit of GitHub's API is almost used up";
export const pauseRequested = "GitHub's API asked for a pause";
export const noTimeLeft = 'there was no time left to ask GitHub';

export const notReached = (why: string): string => `GitHub could not be asked: ${why}`;

/** @param path with its query; `ms`: in milliseconds; `left`: requests, as GitHub names them */
export const apiAnswered = (path: string, status: number, ms: number, left: string | undefined): string =>
  `GitHub's API: ${path} answered ${status} in ${ms} ms, requests left ${left ?? 'not said'}`;

/* Whether a job has ended */

export const strangeAnswer = "GitHub's answer does not match the description of its API";
export const unknownStatus = 'GitHub gives it a status that this action does not know';

/** By status. */
export const refusals: Readonly<Record<number, string>> = {
  401: 'GitHub rejected the token (401)',
  403: 'the token is not allowed to read it (403): this requires permissions: actions: read',
  404: 'GitHub found no such run, or does not show it to this token (404)',
};

export const otherStatus = (status: number): string => `GitHub answered ${status}`;

export const ownRunUnread = (why: string): string => `the token must be able to read this run itself: ${why}`;

export const noToken = 'there is no github-token to ask GitHub with';
export const apiUrlNotUrl = 'GITHUB_API_URL is not a URL';
export const apiUrlNotHttps = 'GITHUB_API_URL is not https';
export const unknownRun = 'the repository and the ID of this run are unknown';

export const clientNotLoaded = (why: string): string => `GitHub's client could not be loaded: ${why}`;

export const otherRepository = (repository: string): string => `it is a job of another repository, ${repository}`;
export const noCheckRun = 'its step had no job-check-run-id';
export const noJobOfGitHub = 'its record names no job of GitHub';
export const notAsked = 'GitHub was not asked';
export const notListed = 'GitHub does not list it among the jobs of its run';

/* ID tokens */

export const answerWithoutToken = 'the answer held no token';
export const connectionFailed = 'the connection failed';

export const statusWas = (status: number): string => `the HTTP status was ${status}`;

/** @param error such as `no answer within 10 s` */
export const thereWas = (error: string): string => `there was ${error}`;

export const tokenRequest = (outcome: string, ms: number, tries: number): string =>
  `ID token request: ${outcome} in ${ms} ms, try ${tries}`;

export const noIdToken = (tries: number, reason: string): string =>
  `GitHub gave no ID token in ${tries === 1 ? 'one try' : `${tries} tries`}: ${reason}.`;

export const requestTokenEnded =
  'Check permissions: id-token: write, and split jobs that are longer than six hours: GitHub refused the request token of the job, which ends about six hours after the job began.';

export const checkNetwork =
  "Check githubstatus.com and the runner's network (HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS), then run the job again.";
