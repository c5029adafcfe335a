import { resultsNotWritten } from '../messages/report.ts';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isChanged, type Result, type LeaseReport } from '#access/outcome';
import { isoSeconds } from '#access/clock';
import { log } from '../log.ts';
import type { Approval } from '../approval/approval.ts';
import type { User } from '../github/users.ts';
import type { RunContext } from '../github/run-context.ts';
import { redact } from '../secrets.ts';

/** Version of the shape of `results` and `results-file`. */
const schema = 2;

/** One grant in the outputs' own words. Empty texts where there is nothing to say. */
export type ResultRecord = Readonly<Record<string, string | boolean>>;

/** The result of one grant, keyed like the action's outputs. */
export function toRecord(result: Result): ResultRecord {
  const { grant, action, outcome, seen, lease, startedAt, endedAt } = result;
  return {
    status: outcome.status,
    action,
    changed: isChanged(result),
    'request-id': outcome.requestId ?? '',
    'assignment-id': seen?.assignmentId ?? '',
    'principal-id': grant.kind === 'assignment' ? grant.principal.id : '',
    'principal-type': grant.kind === 'assignment' ? (grant.principal.type ?? seen?.principalType ?? '') : '',
    'principal-name': grant.kind === 'assignment' ? (grant.principal.name ?? '') : '',
    'role-id': grant.role.id,
    'role-name': grant.role.name ?? '',
    'target-id': grant.target.id,
    'target-name': grant.target.name ?? '',
    ...leaseMembers(lease),
    'failure-reason': outcome.status === 'SUCCEEDED' ? '' : outcome.reason,
    'started-at': new Date(startedAt).toISOString(),
    'ended-at': new Date(endedAt).toISOString(),
  };
}

function leaseMembers(lease: LeaseReport | null): ResultRecord {
  const instant = (ms: number | null | undefined): string => (ms === null || ms === undefined ? '' : isoSeconds(ms));
  return {
    'lease-id': lease?.id ?? '',
    'lease-state': lease?.state ?? '',
    'expires-at': instant(lease?.expiresAt),
    'ends-at-latest': instant(lease?.endsAtLatest),
    'expiry-guarantee': lease?.guarantee ?? '',
  };
}

/** The person and the run that did it, and whether it was done at all. */
export type AuditContext = Pick<RunContext, 'actor' | 'actorId' | 'run' | 'commit'> & {
  /** Of the ID token, `null` where it names none. */
  readonly environment: string | null;
  /** As in the inputs, `null` where they have none. */
  readonly reason: string | null;
  /** Nothing was done: the results say what would be. */
  readonly dryRun: boolean;
  /** The approvals that the step required, and that GitHub showed. */
  readonly approvals: readonly Approval[];
};

/** An approval keyed like outputs. For an environment GitHub has no time: `seen-at` is when this step saw it. */
function approvalRecord({ kind, approver, requester, comment, approvedAt, seenAt, url }: Approval): object {
  const account = ({ login, id }: User): object => ({ login, id });
  const times = { 'approved-at': approvedAt === null ? null : isoSeconds(approvedAt), 'seen-at': isoSeconds(seenAt) };
  return { kind, requester: account(requester), approver: account(approver), comment, ...times, url };
}

/**
 * Writes the results for audit and later steps into the runner's temp folder: under a name that is impossible to guess,
 * never over an existing file, readable by this user only. Returns its path; a file that cannot be written changes
 * nothing of what was done, so that is a warning and an empty path.
 */
export function writeResultsFile(
  records: readonly ResultRecord[],
  context: AuditContext,
  folder: string | undefined,
): string {
  const { actor, actorId, run, commit, environment, reason, dryRun, approvals } = context;
  const content = {
    schema,
    actor,
    'actor-id': actorId,
    run,
    commit,
    environment,
    reason,
    approvals: approvals.map(approvalRecord),
    ...(dryRun ? { 'dry-run': true } : {}),
  };
  try {
    return writeFresh('cloud-access', withList(content, 'results', records), folder);
  } catch (error) {
    log.warning(resultsNotWritten(error instanceof Error ? error.message : String(error)));
    return '';
  }
}

/**
 * Writes a file into a folder that others may write to as well: under a new name, readable by this user only, without any
 * secret. Returns its path; throws where that cannot be done.
 */
export function writeFresh(
  prefix: string,
  parts: Iterable<string>,
  folder: string | undefined,
  extension: 'json' | 'md' = 'json',
): string {
  const path = freshPath(prefix, extension, folder);
  writeNew(path, parts);
  return path;
}

/** A path that no other process can guess. */
export function freshPath(prefix: string, extension: string, folder: string | undefined): string {
  return join(folder ?? tmpdir(), `${prefix}-${randomUUID()}.${extension}`);
}

/** Writes a file that must not exist yet, readable by this user only, without any secret. */
export function writeNew(path: string, parts: Iterable<string>): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    for (const part of parts) writeSync(file, redact(part));
  } finally {
    closeSync(file);
  }
}

/** A document with a list as last member, a line for each item: of thousands there is never the whole text in memory. */
export function* withList(content: object, member: string, items: Iterable<object>): Generator<string> {
  yield `${JSON.stringify(content, null, 2).slice(0, -2)},\n  "${member}": [`;
  let isFirst = true;
  for (const item of items) {
    yield `${isFirst ? '' : ','}\n    ${JSON.stringify(item)}`;
    isFirst = false;
  }
  yield `${isFirst ? '' : '\n  '}]\n}\n`;
}
