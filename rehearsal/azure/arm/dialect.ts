import { randomUUID } from 'node:crypto';

import type { Answer, Dialect, ReceivedRequest } from '../../serving/dialect.ts';
import type { OpenEntry } from '../../journal.ts';
import type { Effect } from '../../script.ts';
import type { AzureCloud } from '../cloud.ts';
import { brokerOf } from '../principals.ts';
import { listEligible } from '../pim/eligible.ts';
import { listInstances, listSchedules, getSchedule } from '../pim/lists.ts';
import { listPolicies } from '../pim/list-policies.ts';
import { cancelRequest, getRequest, listRequests } from '../pim/made-requests.ts';
import { putRequest, validateRequest } from '../pim/put-request.ts';
import type { Caller } from '../tokens.ts';
import { json, type Handler } from './call.ts';
import {
  getManagementGroup,
  getResourceGroup,
  getSubscription,
  listManagementGroups,
  listResourceGroups,
  listSubscriptions,
} from './containers.ts';
import { listDenyAssignments } from './deny-assignments.ts';
import { listDescendants } from './descendants.ts';
import { putAssignment } from './put-assignment.ts';
import { ArmRefusal } from './refusal.ts';
import { rightsOf } from './rights.ts';
import { deleteAssignment, getAssignment, listAssignments } from './role-assignments.ts';
import { getDefinition, listDefinitions } from './role-definitions.ts';
import { invalidApiVersion, missingApiVersion, parameter, routeOf, type ArmOperation } from './routes.ts';
import { makeThrottle, tooManyRequests } from './throttle.ts';
import { tokenFault } from './token-faults.ts';

const handlers: Readonly<Record<ArmOperation, Handler>> = {
  'roleAssignments.list': listAssignments,
  'roleAssignments.get': getAssignment,
  'roleAssignments.put': putAssignment,
  'roleAssignments.delete': deleteAssignment,
  'roleDefinitions.list': listDefinitions,
  'roleDefinitions.get': getDefinition,
  'roleAssignmentScheduleRequests.list': listRequests,
  'roleAssignmentScheduleRequests.get': getRequest,
  'roleAssignmentScheduleRequests.put': putRequest,
  'roleAssignmentScheduleRequests.cancel': cancelRequest,
  'roleAssignmentScheduleRequests.validate': validateRequest,
  'roleAssignmentSchedules.list': listSchedules,
  'roleAssignmentSchedules.get': getSchedule,
  'roleAssignmentScheduleInstances.list': listInstances,
  'roleEligibilityScheduleInstances.list': listEligible,
  'denyAssignments.list': listDenyAssignments,
  'roleManagementPolicyAssignments.list': listPolicies,
  'subscriptions.list': listSubscriptions,
  'subscriptions.get': getSubscription,
  'resourceGroups.list': listResourceGroups,
  'resourceGroups.get': getResourceGroup,
  'managementGroups.list': listManagementGroups,
  'managementGroups.get': getManagementGroup,
  'managementGroups.descendants': listDescendants,
};

/** Azure Resource Manager, as far as role assignments need it. */
export function armDialect(cloud: AzureCloud): Dialect {
  const rights = rightsOf(cloud);
  const throttle = makeThrottle(cloud.options, cloud.buckets);

  const answer = (request: ReceivedRequest, entry: OpenEntry): Answer => {
    const route = routeOf(request.method, request.url);
    const version = parameter(new URLSearchParams(request.url.split('?')[1] ?? ''), 'api-version');
    // Checked before anything else, without a token too.
    if (version === undefined || version === '') throw missingApiVersion();
    const caller = callerOf(cloud, request);
    entry.principal = caller.objectId;
    if (route === undefined) throw unknownPath(request.url);
    const { apiVersions, known, ...rest } = route;
    if (!apiVersions.includes(version)) throw invalidApiVersion(version, apiVersions);
    if (!known)
      throw new ArmRefusal(405, 'HttpMethodNotAllowed', `The HTTP method '${request.method}' is not supported here.`);
    const subscription = /^\/\/?subscriptions\/([^/?]+)/i.exec(request.url)?.[1]?.toLowerCase();
    const remaining = throttle.take(request.method, subscription, caller.objectId);
    const handled = attempt(() => handlers[route.operation]({ cloud, request, route: rest, caller, rights, entry }));
    return { ...handled, headers: { ...remaining, ...handled.headers } };
  };

  return {
    entry: (request) => {
      const route = routeOf(request.method, request.url);
      const runId = cloud.tokens.runOf(request.headers['authorization']);
      return {
        service: 'arm',
        operation: route?.known === true ? route.operation : 'unknown',
        region: '',
        requestId: randomUUID(),
        url: request.url,
        body: bodyOf(request),
        ...(runId === undefined ? {} : { runId }),
      };
    },
    handle: (request, entry) =>
      withHeaders(
        entry,
        request.headers['x-ms-correlation-request-id'] ?? randomUUID(),
        attempt(() => answer(request, entry)),
      ),
    refuse: (entry, effect) => withHeaders(entry, entry.requestId, errorAnswer(scripted(cloud, entry, effect))),
  };
}

function callerOf(cloud: AzureCloud, request: ReceivedRequest): Caller {
  const audiences = cloud.armAudiences(request.headers['host'] ?? '');
  const caller = cloud.tokens.verify(request.headers['authorization'], audiences);
  if (typeof caller === 'string') throw tokenFault(cloud, caller, audiences);
  return caller;
}

function attempt(handle: () => Answer): Answer {
  try {
    return handle();
  } catch (error) {
    if (error instanceof ArmRefusal) return errorAnswer(error);
    throw error;
  }
}

function errorAnswer({ status, code, message, headers }: ArmRefusal): Answer {
  const answer = json(status, { error: { code, message } });
  return { ...answer, code, headers: { ...answer.headers, ...headers } };
}

/** ARM's headers of every response [cli-rec]. */
function withHeaders(entry: OpenEntry, id: string, answer: Answer): Answer {
  const time = new Date(entry.at).toISOString().replace(/[-:]|\.\d+/g, '');
  return {
    ...answer,
    headers: {
      'cache-control': 'no-cache',
      pragma: 'no-cache',
      expires: '-1',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-ms-request-id': entry.requestId,
      'x-ms-correlation-request-id': id,
      'x-ms-routing-request-id': `WESTEUROPE:${time}:${id}`,
      ...answer.headers,
    },
  };
}

/** The refusals that a script can set, in ARM's words. */
function scripted(
  { estate }: AzureCloud,
  entry: OpenEntry,
  effect: Extract<Effect, { kind: 'throttle' | 'conflict' | 'error' }>,
): ArmRefusal {
  switch (effect.kind) {
    case 'throttle': {
      const kind = kindOf(entry.operation);
      const subscription = /\/subscriptions\/([^/?]+)/i.exec(entry.url ?? '')?.[1] ?? 'tenant';
      // Refused before the token is checked.
      return tooManyRequests(kind, subscription, brokerOf(estate).id, {}, effect.retryAfterSeconds);
    }
    case 'conflict':
      return new ArmRefusal(409, 'Conflict', 'Another operation on this or a dependent resource is in progress.');
    case 'error':
      return new ArmRefusal(effect.status, effect.code, effect.message ?? `${effect.code} by script`);
  }
}

function kindOf(operation: string): 'read' | 'write' | 'delete' {
  if (operation.endsWith('.delete')) return 'delete';
  return /\.(?:put|cancel|validate)$/.test(operation) ? 'write' : 'read';
}

function unknownPath(url: string): ArmRefusal {
  const [path = ''] = url.split('?');
  return new ArmRefusal(
    404,
    'InvalidResourceType',
    `The resource type could not be found for the request path '${path}'.`,
  );
}

/** The JSON of a request; its text when it is not JSON, null without a body. */
function bodyOf({ body }: ReceivedRequest): unknown {
  const text = body.toString();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
