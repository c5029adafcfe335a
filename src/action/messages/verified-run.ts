/* About this run, where GitHub has to prove something of it. */

import { enumerated } from '#access/words';

export const thisRun = 'this run';
export const thisRepository = 'this repository';

/** @param claims names of claims of the ID token */
export const runsDiffer = (claims: readonly string[]): string =>
  `The ID token of this job, the variables of the runner, and GitHub's API do not agree on ${enumerated(claims)}.`;

export const startAnew = 'Start a new run. Do not set GITHUB_… variables in env:.';

export const isRerun = (attempt: string): string =>
  `This is attempt ${attempt} of the run. GitHub does not show whether an approval was given for this attempt.`;

export const otherBranch = (ref: string, branch: string): string =>
  `This run is of ${ref}, not of the default branch, ${branch}.`;

/** @param ref empty where the event names none */
export const otherPush = (ref: string): string =>
  `The push that started this run did not make its commit the head of the default branch${ref === '' ? '' : `: it concerns ${ref}`}.`;

export const startOnBranch = (branch: string): string =>
  `Start a new run on ${branch}, whose rules decide who can change the workflow.`;

/** @param actor login; empty for a deleted account. `triggering`: likewise */
export const noPerson = (actor: string, triggering: string): string =>
  actor === triggering
    ? `${actor === '' ? 'A deleted account' : actor} started this run. It is not a person's account.`
    : `${actor === '' ? 'A deleted account' : actor} caused this run, but ${triggering === '' ? 'a deleted account' : triggering} started it.`;

export const personStarts =
  'Let a person start the run. A run that a bot, an App or the token of a job starts can be approved by the person behind it.';

export const noToken = 'This step has no ID token, so nothing proves which run it belongs to.';
