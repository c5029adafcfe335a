import type { FileRequest, InventoryRequest } from './files/request.ts';
import { isChanging, type Approver, type LeaseRequest, type Request } from './request.ts';

/** The request of one step. */
export type AnyRequest = Request | FileRequest | InventoryRequest | LeaseRequest;

/** True if the lines of inputs name the grants that a request changes. */
export function isLineRequest(request: AnyRequest): request is Request {
  return isChanging(request.operation) && !('files' in request);
}

/** True if access files name the grants that a request changes. */
export function isFileRequest(request: AnyRequest): request is FileRequest {
  return 'files' in request && request.operation !== 'inventory';
}

/** True if a step ends access: then a temporary refusal must not leave the access (P13). */
export function endsAccess(request: AnyRequest): boolean {
  switch (request.operation) {
    case 'release':
      return true;
    case 'revoke':
    case 'reconcile':
    case 'sweep':
      return !request.dryRun;
    case 'assign':
    case 'provision':
    case 'extend':
    case 'list':
    case 'inventory':
      return false;
  }
}

/** True if a step grants access, or makes it last longer. */
export function grantsAccess(request: AnyRequest): boolean {
  const { operation } = request;
  return ((operation === 'assign' || operation === 'reconcile') && !request.dryRun) || operation === 'extend';
}

/** The same request, whose grants are compared with the persons who approved it. */
export function comparedWith(approvers: readonly Approver[], request: AnyRequest): AnyRequest {
  if ('guards' in request) return { ...request, guards: { ...request.guards, approvers } };
  return request.operation === 'extend' ? { ...request, approvers } : request;
}
