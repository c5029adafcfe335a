/* About approvals by the reviewers of an environment. Texts without a full stop are parts of a sentence. */

import { listed } from '#access/words';

const mostReasons = 5;

export const reviewsOfRun = 'the reviews of this run';
export const theEnvironment = (name: string): string => `the environment "${name}"`;

export const wrongEvent = (event: string): string =>
  `"${event}" started this workflow. For require-approval: environment, only workflow_dispatch and push show who is responsible.`;
export const startByPerson =
  'Start the workflow with workflow_dispatch, or grant access in a workflow that a push starts.';

/** @param pusher login; empty where GitHub shows none */
export const otherPusher = (actor: string, pusher: string): string =>
  `GitHub names ${actor} as who started this run, but ${pusher === '' ? 'shows no account that pushed its commit: a deploy key, for example' : `${pusher} as who pushed its commit`}.`;

export const noEnvironment = 'This job runs in no environment, so no reviewer was asked.';
export const nameEnvironment =
  'Add environment: NAME to the job, and give that environment required reviewers in the settings of the repository.';

export const unprotected = (name: string): string =>
  `The environment "${name}" does not exist or has no required reviewers, so this run was not approved.`;
export const protect = (name: string): string =>
  `Give the environment "${name}" required reviewers: Settings > Environments. In a private repository this requires GitHub Enterprise; without it use require-approval: review.`;

export const otherEnvironment = (name: string): string =>
  `The ID token of this job is of another environment than the one that is now named "${name}".`;

export const rejected = (name: string, login: string): string =>
  `${login === '' ? 'A deleted account' : login} rejected this run for the environment "${name}".`;

export const bypassed = (name: string): string =>
  `GitHub shows no approval of this run for the environment "${name}", although it has required reviewers. An administrator may have bypassed them.`;

/** @param reasons within a sentence, one for each approval */
export const noneCounts = (name: string, reasons: readonly string[]): string =>
  `No approval of this run for the environment "${name}" counts: ${listed(reasons, mostReasons)}.`;

export const isNoReviewer = (login: string): string => `${login} is not among its required reviewers now`;
export const isActor = (login: string): string => `${login} started the run`;

export const askReviewer = 'Start a new run, and have another person approve it, one that approvers allows.';
