import type { ChangingOperation, Request } from '../request.ts';
import type { FileRequest } from './request.ts';

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
