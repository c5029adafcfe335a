/* Faults of what a step runs in: its event, environment variables, proxies and permissions. */

const safeWay =
  'Start the workflow by workflow_dispatch or schedule, and run the job in an environment with required reviewers.';

/** @param name of an event that people without write access can cause */
export const eventNotAllowed = (name: string): string =>
  `${name} started this workflow, and this list does not name it. Causing this event does not always require write access to this repository.`;

export const pullRequestNotAllowed =
  'A pull request whose head is not known to be in this repository started this workflow, and this list does not name pull_request. Causing it does not always require write access to this repository.';

export const allowEvent = (name: string): string =>
  `${safeWay} Only if everyone who can cause ${name} is allowed to cause this change, set allow-event: ${name}`;

export const noSuchEvent = `${safeWay} GitHub has no event of this name.`;

export const unnamedEvent = 'The event that started this workflow is unknown, because GITHUB_EVENT_NAME is empty.';

export const leaveEventVariable = `Leave that variable as the runner sets it. ${safeWay}`;

export const certificateChecksOff = '"0" switches certificate checks off.';
export const nameOwnAuthority = 'Unset it, and name a private CA in NODE_EXTRA_CA_CERTS.';

/* Inputs that the action does not have */

export const noSuchInput = 'This is not an input of this action.';

/** @param source a sentence about the variable, after a blank */
export const didYouMean = (input: string, source: string): string => `${noSuchInput} Did you mean ${input}?${source}`;

/** @param remedy what else helps */
export const renameVariable = (variable: string, remedy: string): string =>
  `If an env: or another tool sets the variable ${variable}, rename it, ${remedy}`;

export const emptyIt = (variable: string): string =>
  `or empty it for this step, beside its with: — env: { ${variable}: '' }`;

export const unsetIt = (variable: string): string =>
  `or unset it there. If the runner itself has it, start the runner with env -u ${variable}. Emptying it does not help, because it may be a misspelled input`;

export const removeInput = (variable: string): string =>
  `Remove it. docs/reference.md lists all inputs. ${renameVariable(variable, emptyIt(variable))}`;

/* Proxies. The value is not shown: it may hold a password. */

export const noProxySupport = (nodeVersion: string): string =>
  `Node ${nodeVersion} of this runner cannot use a proxy. Update the runner to 2.328.0 or later, the first with Node 24.5.`;

export const severalLines = 'The value has a line break, but must be the address of one proxy.';

export const notAProxy =
  'The value is not the address of an HTTP proxy: it must begin with http:// or https:// and name a host.';

export const strayPercent =
  'The user name or password has a % that does not begin an escape. Write %25 for the character itself.';

/* ID tokens */

export const tokenUrlNotHttps = 'The address is not https.';
export const leaveTokenUrl = 'Leave it as the runner sets it.';

export const forkWithoutToken =
  'A pull request from a fork started this workflow. GitHub gives it no ID token, even if its permissions ask for one.';

export const runElsewhere = 'Run it on workflow_dispatch, push or schedule in the repository itself.';

export const noIdToken =
  'This job has no permission to request an ID token, which signing in without stored secrets needs.';

export const grantIdToken = 'Give the job permissions: { id-token: write, contents: read }.';

/* Files that cannot be read: what follows the path in a sentence */

export const fileProblems = {
  folder: 'is a folder',
  pipe: 'is a pipe, not a regular file',
  socket: 'is a socket, not a regular file',
  device: 'is a device, not a regular file',
  endless: 'has no end yet, like a pipe',
  tooLong: 'is longer than 32 MiB',
  notText: 'is not text',
} as const;
