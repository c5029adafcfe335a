import { json, type Call, type Handler } from '../arm/call.ts';
import { paged } from '../arm/pages.ts';
import { ArmRefusal } from '../arm/refusal.ts';
import type { Scope } from '../arm/scopes.ts';
import { parameter } from '../arm/routes.ts';
import { admitToList, admitToPim, OPERATIONS, plainly } from './authorize.ts';
import { asksForOwn, pimFilter, selects } from './filters.ts';
import type { RequestStatus, ScheduleRequest } from './model.ts';
import { requestWire } from './wire.ts';

const KIND = 'roleAssignmentScheduleRequests';

/** Requests are no longer listed after that [terraform-provider-azurerm#24118]. */
const LISTED_MS = 45 * 86_400_000;

/**
 * Statuses that Terraform cancels [tf], and the other forms of a planned beginning
 * (docs/design/azure.md#the-first-five-minutes).
 */
const CANCELLABLE: readonly RequestStatus[] = [
  'PendingApproval',
  'PendingApprovalProvisioning',
  'PendingEvaluation',
  'Granted',
  'PendingProvisioning',
  'PendingAdminDecision',
  'PendingScheduleCreation',
  'ScheduleCreated',
];

export const listRequests: Handler = (given) => {
  const call = plainly(given);
  const filter = pimFilter(parameter(call.route.query, '$filter'));
  const scope = admitToList(call, OPERATIONS.readRequests, asksForOwn(filter));
  const since = call.cloud.agenda.time() - LISTED_MS;
  const rows = call.cloud.pim.requests
    .all()
    .filter((request) => request.createdOn > since && selects(call, scope, filter, request));
  return paged(
    call,
    rows,
    ({ name }) => name,
    (request) => requestWire(call.cloud.estate, request),
  );
};

export const getRequest: Handler = (given) => {
  const call = plainly(given);
  const scope = admitToPim(call, OPERATIONS.readRequests, KIND);
  return json(200, requestWire(call.cloud.estate, named(call, scope)));
};

/** 200 without a body, while it is pending or before it begins (docs/design/azure.md#pim-requests). */
export const cancelRequest: Handler = (given) => {
  const call = plainly(given);
  const scope = admitToPim(call, OPERATIONS.cancelRequests, KIND);
  const request = named(call, scope);
  const now = call.cloud.agenda.time();
  const begun = request.status === 'Granted' && request.startsAt <= now;
  // The code is not known.
  if (!CANCELLABLE.includes(request.status) || begun)
    throw new ArmRefusal(
      400,
      'RoleAssignmentRequestNotPending',
      `The request ${request.name} is ${request.status} and cannot be cancelled.`,
    );
  call.cloud.pim.requests.decide(request.name, 'Canceled');
  return { status: 200, headers: {}, body: '' };
};

function named({ cloud, route }: Call, scope: Scope): ScheduleRequest {
  const found = cloud.pim.requests.byName(route.name);
  if (found?.scope === scope.id) return found;
  // Status and code are not known for sure.
  throw new ArmRefusal(
    404,
    'RoleAssignmentScheduleRequestNotFound',
    `The role assignment schedule request '${route.name}' is not found.`,
  );
}
