import type { Budget } from '#access/clock';
import { CloudError, type Refusal } from '#access/errors';
import type { Assignment } from '#access/grant';
import { groupBy } from '#azure/resolve/gather';
import { pagesAt } from '#azure/pages';
import { isSameRole, lastSegment, tenantRoot } from '#azure/resolve/ids';
import { needsApproval, noPolicy, policyUnread } from '#azure/messages/pim-requests';
import type { AzureSession } from '#azure/session';
import { policyFaults, policyIn, type Given, type RolePolicy } from './policy.ts';

const action = 'Microsoft.Authorization/roleManagementPolicyAssignments/read';

/**
 * Checks the planned requests against the policies of the roles, each read once, and returns all refusals. A policy that
 * the caller is not allowed to read is left to Azure, which then refuses the request.
 */
export async function refusedByPolicies(
  session: AzureSession,
  grants: readonly Assignment[],
  given: Given,
  budget: Budget,
): Promise<readonly Refusal[]> {
  const places = groupBy(grants, ({ target, role }) => `${target.id} ${lastSegment(role.id)}`.toLowerCase());
  const found = await Promise.all(
    places.map(async ([grant]) => {
      const policy = await policyOf(session, grant, budget);
      return policy === null ? [] : policyFaults(policy, given, nameOf(grant));
    }),
  );
  return found.flat();
}

function nameOf({ role, target }: Assignment): string {
  return `${role.name ?? lastSegment(role.id)} at ${target.id}`;
}

interface PolicyRow {
  readonly properties: {
    readonly roleDefinitionId: string;
    readonly effectiveRules?: readonly unknown[] | null;
  };
}

function isWhole({ properties }: Partial<PolicyRow>): boolean {
  const { roleDefinitionId, effectiveRules = null }: Readonly<Record<string, unknown>> = { ...properties };
  return typeof roleDefinitionId === 'string' && (effectiveRules === null || Array.isArray(effectiveRules));
}

/**
 * `null` where the caller is not allowed to read it, or there is none. The SDK's list has no filter and returns every role.
 * Source:
 * docs/design/azure.md#pim-policies.
 */
async function policyOf(session: AzureSession, grant: Assignment, budget: Budget): Promise<RolePolicy | null> {
  const { log } = session.tools;
  const { role, target } = grant;
  const scope = target.id === tenantRoot ? '' : target.id;
  const query = `api-version=2020-10-01&$filter=${encodeURIComponent(`roleDefinitionId eq '${role.id}'`)}`;
  const path = `${scope}/providers/Microsoft.Authorization/roleManagementPolicyAssignments?${query}`;
  try {
    const all = await pagesAt<PolicyRow>(session, action, path, budget, isWhole);
    const own = all.find(({ properties }) => isSameRole(properties.roleDefinitionId, role.id));
    const rules = own?.properties.effectiveRules ?? null;
    const policy = rules === null ? null : policyIn(rules);
    if (policy === null) log.info(noPolicy(nameOf(grant)));
    else if (policy.approval !== 'none') log.info(needsApproval(nameOf(grant)));
    return policy;
  } catch (error) {
    if (!(error instanceof CloudError) || error.failure.kind !== 'denied') throw error;
    log.warning(policyUnread(nameOf(grant), error.message));
    return null;
  }
}
