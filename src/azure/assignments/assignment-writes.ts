import type { AuthorizationManagementClient, RoleAssignment } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { asNotSent, CloudError } from '#access/errors';
import type { Assignment } from '#access/grant';
import { notAsDocumented } from '../answer.ts';
import type { ArmOptions } from '../arm.ts';
import { isWhole } from './assignment-lists.ts';
import type { HomeTenant } from './home-tenant.ts';
import type { AssignmentBody } from './properties.ts';
import { triedName, typeNotSent } from '../messages/assignments.ts';
import { scopePath } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';

/** As Azure's permissions name them. */
export const assignmentActions = {
  read: 'Microsoft.Authorization/roleAssignments/read',
  write: 'Microsoft.Authorization/roleAssignments/write',
  delete: 'Microsoft.Authorization/roleAssignments/delete',
} as const;

/** The two requests that change a role assignment: exactly one try each. */
export interface AssignmentWrites {
  /** Creates the assignment with this name at the grant's scope, or updates it. */
  put(grant: Assignment, name: string, body: AssignmentBody, budget: Budget): Promise<Answered<RoleAssignment>>;
  /** Deletes the assignment with this name at the grant's scope; without a body it did not exist. */
  remove(grant: Assignment, name: string, budget: Budget): Promise<Answered<RoleAssignment | null>>;
}

interface Answered<T> {
  readonly body: T;
  readonly requestId: string;
}

export function openAssignmentWrites(
  session: AzureSession,
  homeTenant: (grant: Assignment, budget: Budget) => Promise<HomeTenant>,
): AssignmentWrites {
  return {
    put(grant, name, body, budget) {
      const { target } = grant;
      return answerOf(session, assignmentActions.write, target.id, budget, (client, options) =>
        client.roleAssignments.create(scopePath(target.id), name, body, options),
      ).catch(adding(name, grant));
    },
    async remove(grant, name, budget) {
      const { target } = grant;
      // Without the tenant, nothing was sent: that is certain.
      const tenantId = await homeTenant(grant, budget).catch(asNotSent);
      const { body, status, requestId } = await answerOf(
        session,
        assignmentActions.delete,
        target.id,
        budget,
        (client, options) => client.roleAssignments.delete(scopePath(target.id), name, { ...options, ...tenantId }),
      );
      return { body: status === 204 ? null : body, requestId };
    },
  };
}

interface Answer<T> extends Answered<T> {
  readonly status: number;
}

async function answerOf<T extends Partial<RoleAssignment>>(
  session: AzureSession,
  action: string,
  scope: string,
  budget: Budget,
  send: (
    client: AuthorizationManagementClient,
    options: ArmOptions & { readonly onResponse: OnResponse },
  ) => Promise<T>,
): Promise<Answer<T>> {
  return session.once(action, scope, budget, async (client, options) => {
    let status = 0;
    let requestId: string | undefined;
    const body = await send(client, {
      ...options,
      onResponse: (raw) => {
        status = raw.status;
        requestId = raw.headers.get('x-ms-request-id');
      },
    });
    if (status !== 204 && !isWhole(body)) throw notAsDocumented(status, requestId ?? null);
    return { body, status, requestId: requestId ?? '' };
  });
}

type OnResponse = (raw: {
  readonly status: number;
  readonly headers: { get(name: string): string | undefined };
}) => void;

/** Adds to the hint what Azure's message omits: the taken name, the missing type. */
function adding(name: string, { principal }: Assignment): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CloudError)) throw error;
    const { code, hint } = error.failure;
    const tried = code === 'RoleAssignmentUpdateNotPermitted' ? triedName(name) : null;
    const untyped = code === 'AuthorizationFailed' && principal.type === null ? typeNotSent : null;
    const words = [tried, hint, untyped].filter((it) => it !== null).join(' ');
    throw new CloudError({ ...error.failure, hint: words }, { cause: error });
  };
}
