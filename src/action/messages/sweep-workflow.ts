/* About the workflow that sweeps. A green run may have swept nothing: it "ran green". */

import { minuteInWords } from '#access/clock';
import { durationInWords } from '#access/durations';

export const theWorkflow = (file: string): string => `the workflow ${file}`;
export const runsOf = (file: string): string => `the runs of the workflow ${file}`;

export const noWorkflow = (path: string): string => `GitHub shows no workflow ${path} in this repository.`;
export const otherFile = (path: string, shown: string): string =>
  `GitHub shows the workflow ${shown} in the place of ${path}.`;
export const addWorkflow =
  'Correct sweep-workflow, or add the workflow to the default branch, start it once, and give this job permissions: actions: read.';

/** @param last a sentence */
export const notActive = (path: string, state: string, last: string): string =>
  `The workflow ${path} is not active (${state}). ${last}`;

/** @param last a sentence */
export const notGreen = (path: string, maxAgeMs: number, last: string): string =>
  `The workflow ${path} did not run green in the last ${durationInWords(maxAgeMs)}. ${last}`;

export const lastGreen = ({ at, url }: { readonly at: number; readonly url: string }): string =>
  `It last ran green at ${minuteInWords(at)}: ${url}`;

export const neverGreen = (branch: string, url: string): string =>
  `GitHub shows no green run of it on ${branch} by schedule or workflow_dispatch: ${url}`;

const startWith = (file: string, branch: string): string => `gh workflow run ${file} --ref ${branch}`;

export const startOnce = (file: string, branch: string): string =>
  `Start it once by hand: ${startWith(file, branch)}. After it has run green, start a new run.`;

export const enable = (file: string, branch: string): string =>
  `Enable it: gh workflow enable ${file}. Then start it once by hand: ${startWith(file, branch)}. After it has run green, start a new run.`;

/** @param message sentences */
export const nothingGranted = (message: string): string =>
  `If this job dies, only a sweep ends its leases, so nothing was granted. ${message}`;

/** @param message sentences */
export const notNeeded = (message: string): string =>
  `The leases of this step end without a sweep, so the step continues. Check the workflow of sweep-workflow, and that this job has permissions: actions: read. ${message}`;
