import * as core from '@actions/core';
import type { Operation } from '../access/cloud.ts';
import { worstStatus, type Result, type Status } from '../access/outcome.ts';
import type { ResultRecord } from './results.ts';
import { redact } from './secrets.ts';

/** Outputs go into a file that nobody masks. */
function setOutput(name: string, value: string): void {
  core.setOutput(name, redact(value));
}

/** The outputs that speak of one grant: set only where all grants agree. */
const single = ['assignment-id', 'principal-id', 'principal-type', 'role-id', 'target-id'] as const;

/** Above this many bytes `results` stays empty: the platform bounds a job's outputs at 1 MB. `results-file` has all. */
const largestResults = 256 * 1024;

/** Sets every output of a step that got as far as knowing its grants. */
export function setOutputs(results: readonly Result[], records: readonly ResultRecord[], resultsFile: string): void {
  const values = (name: string): readonly string[] => records.map((record) => String(record[name] ?? ''));
  const json = JSON.stringify(records);
  setOutput('status', worstStatus(results));
  setOutput('changed', String(records.some((record) => record['changed'] === true)));
  setOutput('request-id', values('request-id').filter(Boolean).join('\n'));
  setOutput('failure-reason', values('failure-reason').filter(Boolean).join('\n'));
  for (const name of single) setOutput(name, agreed(values(name)));
  setOutput('results', Buffer.byteLength(json) > largestResults ? '' : json);
  setOutput('results-file', resultsFile);
}

function agreed(values: readonly string[]): string {
  const [first = ''] = values;
  return values.every((value) => value === first) ? first : '';
}

/** Sets a request id as soon as it is known, so that a step that is killed has left it behind. */
export function startedOutputs(): (operation: Operation) => void {
  const ids: string[] = [];
  return ({ requestId, assignmentId }) => {
    ids.push(requestId);
    if (assignmentId !== null) setOutput('assignment-id', assignmentId);
    setOutput('status', 'IN_PROGRESS' satisfies Status);
    setOutput('request-id', ids.join('\n'));
  };
}

/** The outputs of a step with an input fault: these and nothing else. */
export function setFault(reason: string): void {
  setOutput('status', 'FAILED' satisfies Status);
  setOutput('failure-reason', reason);
}

/** The outputs of a step that ended before it knew its grants: nothing was changed. */
export function setRefused(reason: string, resultsFile: string): void {
  setFault(reason);
  setOutput('changed', 'false');
  setOutput('results', '[]');
  setOutput('results-file', resultsFile);
}
