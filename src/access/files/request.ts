import type { Bounds, ChangingOperation, Guards, Lifetime, Lines, Request } from '../request.ts';
import type { AccessFile, MaxRemovals, Prune } from './access-file.ts';

/** Changes that access files request. */
export interface FileRequest extends Bounds {
  readonly operation: 'assign' | 'revoke' | 'reconcile';
  /** At least one. */
  readonly files: readonly AccessFile[];
  readonly prune: Prune;
  /** `null` where none was given. */
  readonly maxRemovals: MaxRemovals | null;
  /** Of what `assign` grants; `permanent` for all others. */
  readonly lifetime: Lifetime;
  readonly reason: string | null;
  readonly wait: boolean;
  readonly allowPrivileged: boolean;
  readonly guards: Guards;
  readonly dryRun: boolean;
}

/** Show what exists. A part without lines is not narrowed. */
export interface InventoryRequest extends Lines {
  readonly operation: 'inventory';
  /** Empty where no file was given; otherwise the lines are empty. */
  readonly files: readonly AccessFile[];
  readonly prune: Prune;
}

/** The request of inputs that makes the same changes: what is below the plan knows no files. */
export function requestFor(request: FileRequest, operation: Extract<ChangingOperation, 'assign' | 'revoke'>): Request {
  const { lifetime, timeoutMs, maxInFlight, reason, wait, allowPrivileged, guards, dryRun } = request;
  return {
    operation,
    ...{ principals: [], targets: [], exclusions: [], roles: [] },
    lifetime,
    ...{ timeoutMs, maxInFlight, reason, wait, allowPrivileged, guards, dryRun },
    perTarget: true,
  };
}
