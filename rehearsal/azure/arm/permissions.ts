import type { Permissions } from '../estate.ts';

/** True if one of a role definition's permissions has an action and does not exclude it [docs:role-definitions]. */
export function allows(permissions: readonly Permissions[], action: string): boolean {
  return permissions.some(
    ({ actions = [], notActions = [] }) =>
      actions.some((pattern) => matchesAction(pattern, action)) &&
      !notActions.some((pattern) => matchesAction(pattern, action)),
  );
}

/** `*` matches any characters, slashes too; letter case does not count. */
export function matchesAction(pattern: string, action: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 'i').test(action);
}

const WRITE = 'Microsoft.Authorization/roleAssignments/write';
const DELETE = 'Microsoft.Authorization/roleAssignments/delete';

export function handsOutAccess(permissions: readonly Permissions[]): boolean {
  return allows(permissions, WRITE);
}

/** Conditions can be added to roles with storage data actions or role assignment actions [docs:conditions-overview]. */
export function takesConditions(permissions: readonly Permissions[]): boolean {
  const storage = permissions.some(({ dataActions = [] }) =>
    dataActions.some((action) => action === '*' || /^Microsoft\.Storage\//i.test(action)),
  );
  return storage || allows(permissions, WRITE) || allows(permissions, DELETE);
}
