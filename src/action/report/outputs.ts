import { outputsNotWritten } from '../messages/report.ts';
import * as core from '@actions/core';
import type { Operation } from '#access/cloud';
import type { Grant } from '#access/grant';
import { worstStatus, type Lack, type Result, type Status } from '#access/outcome';
import type { ResultRecord } from './results.ts';
import { log } from '../log.ts';
import { redact } from '../secrets.ts';

/** True if all outputs of this step could be written so far. */
let areWritten = true;

/** Outputs go into a file that the runner does not mask. One that cannot be written must not hide what was done: it is reported, once. */
function setOutput(name: string, value: string): void {
  try {
    core.setOutput(name, redact(value));
  } catch (error) {
    if (areWritten) log.warning(outputsNotWritten(error instanceof Error ? error.message : String(error)));
    areWritten = false;
  }
}

/** The outputs that speak of one grant: set only where all grants agree. */
const single = [
  'assignment-id',
  'principal-id',
  'principal-type',
  'role-id',
  'target-id',
  'lease-state',
  'expires-at',
  'ends-at-latest',
  'expiry-guarantee',
] as const;

/** Above this many bytes `results` stays empty: the platform bounds a job's outputs at 1 MB. `results-file` has all. */
const largestResults = 256 * 1024;
const mostRecords = 2_000;
/** Likewise, so many bytes of reasons, and then a count. */
const largestReason = 64 * 1024;

/** Where a plan was written, and its digest; empty texts where there is none. */
export interface PlanOutputs {
  readonly file: string;
  /** Path of the plan as Markdown. */
  readonly markdown: string;
  readonly digest: string;
}

/** The outputs of a step without a plan. */
export const noPlan: PlanOutputs = { file: '', markdown: '', digest: '' };

/** What an inventory adds; empty texts in every other step. */
export interface InventoryOutputs {
  /** `true` or `false`; empty without an access file. */
  readonly drift: string;
  readonly file: string;
  /** Path of the draft of an access file. */
  readonly draft: string;
}

const noInventory: InventoryOutputs = { drift: '', file: '', draft: '' };

/**
 * Sets every output of a step that got as far as knowing its grants. Returns true if it succeeded:
 * a later step must not take a green step for one that set them.
 */
export function setOutputs(
  results: readonly Result[],
  records: readonly ResultRecord[],
  resultsFile: string,
  plan: PlanOutputs,
  lack: Lack | null,
  message: string,
  inventory = noInventory,
): boolean {
  const values = (name: string): readonly string[] => records.map((record) => String(record[name] ?? ''));
  // A record is never so small that more of them would fit.
  const json = records.length > mostRecords ? null : JSON.stringify(records);
  setOutput('status', lack === null ? worstStatus(results) : ('FAILED' satisfies Status));
  setOutput('message', message);
  setOutput('changed', String(records.some((record) => record['changed'] === true)));
  setOutput('request-id', values('request-id').filter(Boolean).join('\n'));
  setOutput('failure-reason', bounded([...new Set([lack?.reason ?? '', ...values('failure-reason')].filter(Boolean))]));
  for (const name of single) setOutput(name, agreed(values(name)));
  // One step has one lease, whose release does not depend on what the step did not lease.
  setOutput('lease-id', agreed(values('lease-id').filter(Boolean)));
  setOutput('results', json === null || Buffer.byteLength(json) > largestResults ? '' : json);
  setOutput('results-file', resultsFile);
  setPlan(plan);
  setOutput('drift', inventory.drift);
  setOutput('inventory-file', inventory.file);
  setOutput('access-file-draft', inventory.draft);
  return areWritten;
}

/** Set as soon as the plan is written: a step that is refused for it has left it behind. */
export function setPlan({ file, markdown, digest }: PlanOutputs): void {
  setOutput('plan-file', file);
  setOutput('plan-markdown', markdown);
  setOutput('plan-digest', digest);
}

function agreed(values: readonly string[]): string {
  const [first = ''] = values;
  return values.every((value) => value === first) ? first : '';
}

/** As many whole reasons as fit, at least one of them or its beginning, and how many more there are. */
function bounded(reasons: readonly string[]): string {
  let room = largestReason;
  const shown: string[] = [];
  for (const reason of reasons) {
    room -= Buffer.byteLength(reason) + 1;
    if (room < 0) break;
    shown.push(reason);
  }
  const more = reasons.length - shown.length;
  if (more === 0) return shown.join('\n');
  const [first = ''] = reasons;
  if (shown.length > 0) return [...shown, `and ${more} more`].join('\n');
  return [`${beginning(first)}…`, ...(more > 1 ? [`and ${more - 1} more`] : [])].join('\n');
}

/** Of at most four bytes a character, and no half of one at the end. */
function beginning(text: string): string {
  return text.slice(0, largestReason / 4).replace(/[\ud800-\udbff]$/u, '');
}

/**
 * Sets request ids as soon as they are known, so that a step that is killed has left them behind. An output that is set
 * again is written again whole: with many grants that is done whenever their number has doubled.
 */
export function startedOutputs(): (operation: Operation) => void {
  const ids: string[] = [];
  const grants = new Set<string>();
  return ({ requestId, assignmentId, change: { grant } }) => {
    ids.push(requestId);
    const before = grants.size;
    grants.add(idsOf(grant));
    // Of several grants there is no one assignment.
    if (grants.size === 1 && assignmentId !== null) setOutput('assignment-id', assignmentId);
    if (grants.size === 2 && before === 1) setOutput('assignment-id', '');
    if (!Number.isInteger(Math.log2(ids.length))) return;
    setOutput('status', 'IN_PROGRESS' satisfies Status);
    setOutput('request-id', ids.join('\n'));
  };
}

function idsOf(grant: Grant): string {
  const principal = grant.kind === 'assignment' ? grant.principal.id : '';
  return JSON.stringify([principal, grant.role.id, grant.target.id]);
}

/** The outputs of a step with an input fault, or with a bug of this action: these and nothing else. */
export function setFault(reason: string, message: string): void {
  setOutput('status', 'FAILED' satisfies Status);
  setOutput('message', message);
  setOutput('failure-reason', bounded(reason.split('\n')));
}

/** The outputs of a step that ended before it knew its grants: nothing was changed. */
export function setRefused(reason: string, message: string, resultsFile: string): void {
  setFault(reason, message);
  setOutput('changed', 'false');
  setOutput('results', '[]');
  setOutput('results-file', resultsFile);
}
