import { seconds, sentence } from '../words.ts';

/** Where a step cannot make new credentials that the cloud accepts. */
export const renewedInVain =
  'This action signed in again, and the cloud refused the new sign-in too. Check the clock of the runner and the status page of the cloud, then run the step again.';

export const sameAnswer = 'This action signed in again, and the answer was the same.';

export const signingInAgain = (operation: string, code: string, answer: string): string =>
  `${operation}: the cloud refused the sign-in before its end time (${code}: ${answer}). Signing in again.`;

/** @param why an error, with or without a full stop */
export const keepingSignIn = (why: string, ms: number): string =>
  `${sentence(why)} The current sign-in is still valid. Trying to renew it again in ${seconds(ms)}.`;

/* Tries with ID tokens */

export const tryingWithNewToken = (answer: string, ms: number): string =>
  `${answer}. Trying again with a new ID token in ${seconds(ms)}.`;

export const signedInAt = (tries: number, ms: number): string =>
  `Signing in succeeded at attempt ${tries}, after ${seconds(ms)}.`;

export const tryingSignIn = (why: string, ms: number): string =>
  `${sentence(why)} Trying to sign in again in ${seconds(ms)}.`;

/** @param hint empty if there is none */
export const keepsTrying = (why: string, ms: number, hint: string): string =>
  [
    sentence(why),
    `This step tries to sign in again for up to ${seconds(ms)}, with a new ID token each time.`,
    ...(hint === '' ? [] : [`If it keeps failing: ${hint}`]),
  ].join(' ');

/** @param last the last error */
export const signInFailed = (tries: number, ms: number, last: string): string =>
  `Signing in failed ${tries === 1 ? 'in one attempt' : `in all ${tries} attempts`} within ${seconds(ms)}. The last answer: ${sentence(last)}`;

export const keysUnread = (issuer: string, code: string): string =>
  `The cloud could not read the keys of the issuer ${issuer} (${code}), which is usually temporary. Run the step again, and check the status pages of GitHub and of the cloud. An issuer of your own must be reachable from the internet.`;

/* What an ID token says. @param trust what names the environment, such as `the role's trust policy` */

export const carried = 'The ID token carried:';
export const refusedCarried = 'The refused ID token carried:';

export const missingLine = (trust: string): readonly string[] => [
  'The job lacks this line:',
  `  environment: <name of the environment that ${trust} names>`,
];

export const addEnvironment = (trust: string): string =>
  `The job runs in no environment. Add environment: <name of the environment that ${trust} names> to the job (to the job of the called file, if it calls a reusable workflow). ` +
  `Leave ${trust} as it is: if it named a branch, a tag or pull requests, everyone who can push could grant access.`;

export const compareEnvironment = (environment: string, trust: string): string =>
  `The job runs in the environment ${environment}. If ${trust} names another one, correct environment: in the job. ` +
  'Trust another one only if it has required reviewers or a deployment branch rule. An environment that GitHub creates for the first job that names it has neither.';

/** @param names the subject in the form with names only */
export const immutableForm = (names: string): string =>
  `This repository sends the immutable subject form, with the numeric IDs of owner and repository. A trust in the name-only form (${names}) refuses it.`;
