/** Faults of lines of `principal`, `target`, `role` and `allowed-…`; each begins with the line. */
export const namesNoPrincipal = (line: string): string =>
  `"${line}" names no principal: nothing follows the prefix. An expression may be empty.`;

export const namesNoTarget = (line: string): string =>
  `"${line}" names no target: nothing follows the prefix. An expression may be empty.`;

export const nameOfApplication = (line: string): string =>
  `"${line}" does not have a client ID, which is a GUID, after app:.`;

export const longPrincipal = (line: string): string => `"${line}" is longer than any name in a directory.`;

export const resourceAsPrincipal = (line: string): string =>
  `"${line}" has the ID of a resource. Access is granted to a managed identity by the object ID of its service principal. The portal shows it on the page of the identity as "Object (principal) ID".`;

export const nothingBeforeAt = (line: string): string =>
  `"${line}" has nothing before its @. An expression may be empty.`;

export const principalWithoutType = (line: string): string =>
  `"${line}" does not say what it is. Write user:, group: or service-principal: before it, or set principal-type.`;

export const nameOfIdOnlyType = (line: string, type: string): string =>
  `"${line}" is not an object ID, which is a GUID. A ${type} cannot be looked up by name.`;

export const scopeAfterPrefix = (line: string, prefix: string): string =>
  `"${line}" has a full scope after its prefix. Write the scope without ${prefix}:.`;

export const widerThanPrefix = (line: string): string =>
  `"${line}" has a scope that is wider than its prefix says. An expression may be empty.`;

/** Names of resource groups seldom look so. A role at a whole subscription is more, so that comes last, and is no example. */
export const guidAsResourceGroup = (line: string, guid: string): string =>
  `"${line}" has a GUID, which is what subscriptions have. If a resource group has this name, use its full scope, /subscriptions/<ID>/resourceGroups/${guid}. Only if you mean the whole subscription, use subscription:${guid}.`;

export const notResourceGroupName = (line: string): string =>
  `"${line}" is not the name of a resource group. Such a name has 1 to 90 letters, digits, or _ - ( ) . and does not end with a period.`;

export const targetWithoutPrefix = (guid: string): string =>
  `"${guid}" does not say what it is. For a subscription, write subscription:${guid}.`;

export const notFullScope = (line: string): string =>
  `"${line}" is not a full scope, which begins with a slash. Use one, or write subscription:, resource-group: or management-group: before a name.`;

/** @param fault the fault of the scope before it */
export const roleIdAtNoScope = (line: string, fault: string): string =>
  `"${line}" is not the ID of a role definition. ${fault}`;

export const notRoleId = (line: string): string =>
  `"${line}" is not the ID of a role definition, which has the form /…/providers/Microsoft.Authorization/roleDefinitions/<GUID>.`;

export const longRole = (line: string): string => `"${line}" is longer than the name of any role.`;

export const allowedExclusion = (line: string): string =>
  `"${line}" is an exclusion, which this input cannot have. List only what is allowed.`;

export const wildcardInScope = (line: string): string =>
  `"${line}" has a wildcard, which a full scope cannot have. A scope covers everything below it without one.`;
