import type { RoleAssignmentScheduleInstance, RoleEligibilityScheduleInstance } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { CloudError } from '#access/errors';
import type { Assignment } from '#access/grant';
import { keyOfGrant } from '../assignments/assignment-lists.ts';
import { grantOf } from '../leases/finding/catalogue.ts';
import {
  filterFor,
  instancesAt,
  isWholeInstance,
  patient,
  plainScope,
  type Filter,
} from '../leases/pim/service/service.ts';
import { pagesOf } from '../pages.ts';
import { scopePath } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';

const readEligible = 'Microsoft.Authorization/roleEligibilityScheduleInstances/read';

/** Active access of which Privileged Identity Management knows, at a scope and above it, or below it too. */
export function activeAt(
  session: AzureSession,
  scope: string,
  whole: boolean,
  budget: Budget,
): Promise<readonly RoleAssignmentScheduleInstance[]> {
  return active(session, scope, levelsOf(whole), budget);
}

/** True if Privileged Identity Management governs this access now. */
export async function isGoverned(session: AzureSession, grant: Assignment, budget: Budget): Promise<boolean> {
  const rows = await active(session, grant.target.id, filterFor(grant), budget);
  return rows.some((row) => governs(row) && keyOfGrant(grantOf(row)) === keyOfGrant(grant));
}

async function active(
  session: AzureSession,
  scope: string,
  filter: Filter,
  budget: Budget,
): Promise<readonly RoleAssignmentScheduleInstance[]> {
  const rows = await instancesAt(session, scope, filter, budget).catch(noneWithoutLicense);
  return rows.map((row) => ({ ...row, scope: plainScope(row.scope ?? '') }));
}

/** Access that principals can activate. */
export async function eligibleAt(
  session: AzureSession,
  scope: string,
  whole: boolean,
  budget: Budget,
): Promise<readonly RoleEligibilityScheduleInstance[]> {
  const rows = await pagesOf(
    session,
    readEligible,
    scope,
    patient(budget),
    isWholeInstance,
    (client, options, settings) =>
      client.roleEligibilityScheduleInstances
        .listForScope(scopePath(scope), { ...options, ...levelsOf(whole) })
        .byPage(settings),
  ).catch(noneWithoutLicense);
  return rows.map((row) => ({ ...row, scope: plainScope(row.scope ?? '') }));
}

/** Whether an instance governs its access: it was activated, or it ends. All others are permanent. */
export function governs({ assignmentType, endDateTime }: RoleAssignmentScheduleInstance): boolean {
  return assignmentType?.toLowerCase() === 'activated' || endDateTime instanceof Date;
}

function levelsOf(whole: boolean): Filter {
  return whole ? {} : { filter: 'atScope()' };
}

/** A directory without a license has no such access. Source: docs/design/azure.md#pim-error-codes. */
function noneWithoutLicense(error: unknown): readonly [] {
  if (error instanceof CloudError && error.failure.code === 'AadPremiumLicenseRequired') return [];
  throw error;
}
