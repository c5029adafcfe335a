import type { Budget } from '#access/clock';
import { CloudError, type Refusal } from '#access/errors';
import type { Assignment } from '#access/grant';
import { groupBy } from '#azure/resolve/gather';
import { pagesAt } from '#azure/pages';
import { isSameRole, lastSegment, tenantRoot } from '#azure/resolve/ids';
import type { AzureSession } from '#azure/session';
import { policyFaults, policyIn, type Given, type RolePolicy } from './policy.ts';

const action = 'Microsoft.Authorization/roleManagementPolicyAssignments/read';

/**
 * Holds what is to be asked for against the policies of the roles, each read once: everything that stands against any of
 * the grants. What may not be read is left to Azure, which refuses then.
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
 * `null` where nobody may read it, or there is none. The SDK's list takes no filter, and has every role. Source:
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
    if (policy === null) log.info(`There is no PIM policy of role ${nameOf(grant)}: Azure decides.`);
    else if (policy.approval !== 'none') log.info(`The PIM policy of role ${nameOf(grant)} lets a person approve it.`);
    return policy;
  } catch (error) {
    if (!(error instanceof CloudError) || error.failure.kind !== 'denied') throw error;
    log.warning(
      `What the PIM policy of role ${nameOf(grant)} demands may not be read, so that Azure decides: ${error.message}`,
    );
    return null;
  }
}
