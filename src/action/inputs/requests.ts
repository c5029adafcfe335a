import type { Asked } from '#access/declaration';
import { longestReason, type CommonValues, type GivenLifetime } from '#access/inputs';
import type { AnyRequest } from '#access/any-request';
import type { AccessFile } from '#access/files/access-file';
import type { FileRequest } from '#access/files/request';
import { permanent, type Guards, type OperationName } from '#access/request';
import { shortened } from '../text.ts';

/** Default time limits, in milliseconds. Pushing to many accounts takes longer, and so does looking after all leases. */
const defaultTimeoutMs: Readonly<Record<Exclude<OperationName, 'list' | 'inventory'>, number>> = {
  assign: 5 * 60_000,
  revoke: 5 * 60_000,
  provision: 15 * 60_000,
  reconcile: 15 * 60_000,
  release: 5 * 60_000,
  extend: 5 * 60_000,
  sweep: 15 * 60_000,
};

/** The values that are read from several inputs, or from lines. */
interface Parts extends Omit<Asked, 'operation' | 'allowPrivileged' | 'isOfFiles'> {
  readonly guards: Guards;
  readonly perTarget: boolean;
  /** `null` without access files. */
  readonly files: readonly AccessFile[] | null;
}

/** Puts inputs without a fault into the request that they come to. */
export function requestOf(
  operation: OperationName,
  common: CommonValues,
  { lines, lifetime, leaseId, guards, perTarget, files }: Parts,
): AnyRequest {
  // It carries nothing out: reading has a time limit of its own.
  if (operation === 'inventory') return { operation, ...lines, files: files ?? [], prune: common.prune };
  if (operation === 'list') return { operation, ...lines };
  const bounds = { timeoutMs: common.timeout ?? defaultTimeoutMs[operation], maxInFlight: common['max-in-flight'] };
  const { reason, wait, 'allow-privileged': allowPrivileged, 'dry-run': dryRun } = common;
  if (files !== null && isOfFiles(operation)) {
    const { prune, 'max-removals': maxRemovals } = common;
    // Only what a review approved can be leased from files, and by assign.
    const changes = {
      ...bounds,
      reason: reason ?? (lifetime.kind === 'lease' ? notesOf(files) : null),
      wait,
      allowPrivileged,
      guards,
      dryRun,
      lifetime: lifetime.kind === 'lease' ? lifetime : permanent,
    };
    return { operation, files, prune, maxRemovals, ...changes };
  }
  switch (operation) {
    case 'assign':
    case 'revoke':
    case 'provision':
      return {
        operation,
        ...lines,
        ...bounds,
        lifetime: operation === 'assign' ? lifetime : permanent,
        reason,
        wait,
        allowPrivileged,
        guards,
        perTarget,
        dryRun,
      };
    case 'reconcile':
      throw new TypeError('needs access files');
    case 'release':
      return { operation, ...bounds, leaseId: given(leaseId), reason };
    case 'extend':
      return {
        operation,
        ...bounds,
        leaseId: given(leaseId),
        lifetimeMs: inTime(common.lifetime),
        reason,
        allowPrivileged,
      };
    case 'sweep':
      return { operation, ...lines, ...bounds, dryRun };
  }
}

/** The notes of the rows, each once, as the reason for a lease: reviewers approved them with the rows. */
function notesOf(files: readonly AccessFile[]): string | null {
  const notes = files.flatMap(({ grants }) => grants.flatMap(({ note }) => note?.replaceAll(/\s+/gu, ' ') ?? []));
  return notes.length === 0 ? null : shortened([...new Set(notes)].join('; '), longestReason);
}

function isOfFiles(operation: OperationName): operation is FileRequest['operation'] {
  return operation === 'assign' || operation === 'revoke' || operation === 'reconcile';
}

/** Its absence would have been a fault. */
function given<T>(value: T | null): T {
  if (value === null) throw new TypeError('an input that is demanded was not read');
  return value;
}

function inTime(lifetime: GivenLifetime): number {
  return given(typeof lifetime === 'number' ? lifetime : null);
}
