/** The shapes of Azure's identifiers. */
const hex = '[0-9a-f]';

export const guid = new RegExp(`^${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}$`, 'iu');

/** Source: Azure Resource Manager, naming rules for Microsoft.Resources. */
export const resourceGroupName = /^(?!.*\.$)[\p{L}\p{N}_().-]{1,90}$/u;

/** Source: Azure Resource Manager, naming rules for Microsoft.Management. */
export const managementGroupId = /^(?!.*\.$)[A-Za-z0-9_().-]{1,90}$/u;

/** A role definition's id, at whatever scope it was read. */
export const roleDefinitionId = new RegExp(
  `^(?<scope>.*)/providers/Microsoft\\.Authorization/roleDefinitions/(?<guid>${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12})$`,
  'iu',
);

/**
 * The GUID at the end of a role definition's id: the same role has one id at each scope. Source:
 * docs/design/azure.md#role-assignments.
 */
export function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** A GUID is the same in any letter case. */
export function isSameGuid(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
