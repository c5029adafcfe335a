import type {
  AuthorizationManagementClient,
  RoleAssignmentSchedule,
  RoleAssignmentScheduleInstance,
  RoleAssignmentScheduleRequest,
} from '@azure/arm-authorization';
import { budgetWith, type Budget } from '#access/clock';
import { CloudError } from '#access/errors';
import type { Assignment } from '#access/grant';
import { notAsDocumented } from '#azure/answer';
import { pagesOf } from '#azure/pages';
import { isSameGuid, isSameRole, isSameScope, scopePath } from '#azure/resolve/ids';
import type { AzureSession } from '#azure/session';
import { timeIn } from './reading.ts';

/** Actions, as Azure's permissions name them. */
export const pimActions = {
  write: 'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
  cancel: 'Microsoft.Authorization/roleAssignmentScheduleRequests/cancel/action',
  readRequests: 'Microsoft.Authorization/roleAssignmentScheduleRequests/read',
  readSchedules: 'Microsoft.Authorization/roleAssignmentSchedules/read',
  readInstances: 'Microsoft.Authorization/roleAssignmentScheduleInstances/read',
} as const;

export type RequestBody = Parameters<AuthorizationManagementClient['roleAssignmentScheduleRequests']['create']>[2];

/** Privileged Identity Management's requests, about one grant each. */
export interface PimService {
  /** The requests about exactly this principal, role and scope. */
  requestsOf(grant: Assignment, budget: Budget): Promise<readonly RoleAssignmentScheduleRequest[]>;
  schedulesOf(grant: Assignment, budget: Budget): Promise<readonly RoleAssignmentSchedule[]>;
  /** Active access. */
  instancesOf(grant: Assignment, budget: Budget): Promise<readonly RoleAssignmentScheduleInstance[]>;
  /** All requests at a scope, above it and below it. */
  requestsAround(scope: string, budget: Budget): Promise<readonly RoleAssignmentScheduleRequest[]>;
  schedulesAround(scope: string, budget: Budget): Promise<readonly RoleAssignmentSchedule[]>;
  /** Exactly one PUT. */
  send(grant: Assignment, name: string, body: RequestBody, budget: Budget): Promise<RoleAssignmentScheduleRequest>;
  /** Reads a request; `null` where nothing has this name. */
  ask(grant: Assignment, name: string, budget: Budget): Promise<RoleAssignmentScheduleRequest | null>;
  /** Exactly one POST. */
  cancel(grant: Assignment, name: string, budget: Budget): Promise<void>;
}

/**
 * Time limit of lists of active access, in milliseconds. They were seen to take up to half a minute. Source:
 * docs/design/azure.md#pim-lists.
 */
const slowListMs = 45_000;

export function openPimService(session: AzureSession): PimService {
  const requestsAt = (
    scope: string,
    filter: Filter,
    budget: Budget,
  ): Promise<readonly RoleAssignmentScheduleRequest[]> =>
    pagesOf(session, pimActions.readRequests, scope, budget, isWholeRequest, (client, options, settings) =>
      client.roleAssignmentScheduleRequests.listForScope(scopePath(scope), { ...options, ...filter }).byPage(settings),
    );
  const schedulesAt = (scope: string, filter: Filter, budget: Budget): Promise<readonly RoleAssignmentSchedule[]> =>
    pagesOf(session, pimActions.readSchedules, scope, patient(budget), isWholeSchedule, (client, options, settings) =>
      client.roleAssignmentSchedules.listForScope(scopePath(scope), { ...options, ...filter }).byPage(settings),
    );
  return {
    requestsOf: async (grant, budget) => only(grant, await requestsAt(grant.target.id, filterFor(grant), budget)),
    schedulesOf: async (grant, budget) => only(grant, await schedulesAt(grant.target.id, filterFor(grant), budget)),
    async instancesOf(grant, budget) {
      return only(grant, await instancesAt(session, grant.target.id, filterFor(grant), budget));
    },
    requestsAround: (scope, budget) => requestsAt(scope, {}, budget),
    schedulesAround: (scope, budget) => schedulesAt(scope, {}, budget),
    send: ({ target }, name, body, budget) =>
      session.once(pimActions.write, target.id, budget, async (client, options) => {
        // A 200 is thrown too, and counts as no answer: the request is then read by its name. Source:
        // docs/design/azure.md#sdk-behavior.
        const made = await client.roleAssignmentScheduleRequests.create(scopePath(target.id), name, body, options);
        if (!isWholeRequest(made)) throw notAsDocumented(201);
        return made;
      }),
    async ask({ target }, name, budget) {
      try {
        return await session.read(pimActions.readRequests, target.id, budget, async (client, options) => {
          const found = await client.roleAssignmentScheduleRequests.get(scopePath(target.id), name, options);
          if (!isWholeRequest(found)) throw notAsDocumented();
          return found;
        });
      } catch (error) {
        if (error instanceof CloudError && error.failure.kind === 'not-found') return null;
        throw error;
      }
    },
    cancel: ({ target }, name, budget) =>
      session.once(pimActions.cancel, target.id, budget, (client, options) =>
        client.roleAssignmentScheduleRequests.cancel(scopePath(target.id), name, options),
      ),
  };
}

/** Active access at, above and below a scope. */
export function instancesAt(
  session: AzureSession,
  scope: string,
  filter: Filter,
  budget: Budget,
): Promise<readonly RoleAssignmentScheduleInstance[]> {
  return pagesOf(
    session,
    pimActions.readInstances,
    scope,
    patient(budget),
    isWholeInstance,
    (client, options, settings) =>
      client.roleAssignmentScheduleInstances.listForScope(scopePath(scope), { ...options, ...filter }).byPage(settings),
  );
}

/** Filter of a list, in OData. */
export interface Filter {
  readonly filter?: string;
}

/** Filter for the principal of a grant. */
export function filterFor({ principal }: Assignment): Filter {
  return { filter: `principalId eq '${principal.id}'` };
}

/** Budget for slow answers. */
export function patient(budget: Budget): Budget {
  return budgetWith(budget, { patienceMs: slowListMs });
}

interface Row {
  readonly scope?: string;
  readonly principalId?: string;
  readonly roleDefinitionId?: string;
}

/** Lists also contain rows above and below the scope, and of other roles. Source: docs/design/azure.md#pim-lists. */
function only<T extends Row>({ principal, role, target }: Assignment, rows: readonly T[]): readonly T[] {
  return rows.filter(
    ({ scope = '', principalId, roleDefinitionId = '' }) =>
      isSameGuid(principalId, principal.id) &&
      isSameRole(roleDefinitionId, role.id) &&
      isSameScope(plainScope(scope), target.id),
  );
}

/** Answers have another prefix for subscriptions. Source: docs/design/azure.md#scopes. */
export function plainScope(scope: string): string {
  return scope.replace(/^\/providers\/Microsoft\.Subscription(?=\/subscriptions\/)/iu, '');
}

function isWholeSchedule(schedule: RoleAssignmentSchedule): boolean {
  const request: unknown = schedule.roleAssignmentScheduleRequestId ?? '';
  return isWholeInstance(schedule) && typeof request === 'string';
}

/** Access with an unreadable end time is neither permanent nor over. */
export function isWholeInstance(
  row: Row & Pick<RoleAssignmentScheduleInstance, 'startDateTime' | 'endDateTime'>,
): boolean {
  const { startDateTime, endDateTime } = row;
  return isWholeRow(row) && [startDateTime, endDateTime].every((it) => it == null || timeIn(it) !== null);
}

function isWholeRow({ scope, principalId, roleDefinitionId }: Row): boolean {
  return [scope, principalId, roleDefinitionId].every((it) => typeof it === 'string');
}

function isWholeRequest(request: RoleAssignmentScheduleRequest): boolean {
  const { name, status, requestType, createdOn } = request;
  const texts = [name, status, requestType].every((it) => typeof it === 'string');
  return isWholeRow(request) && texts && timeIn(createdOn) !== null;
}
