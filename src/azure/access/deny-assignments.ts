import type { DenyAssignment, DenyAssignmentPermission } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { matchesInAnyCase } from '#access/wildcard';
import { assignmentActions } from '../assignments/assignment-writes.ts';
import { isDenied } from '../messages/access.ts';
import { pagesOf } from '../pages.ts';
import { isSameScope, scopePath } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';

const action = 'Microsoft.Authorization/denyAssignments/read';

/**
 * Why role assignments at a scope must stay: a deny assignment that Azure protects denies deleting them; `null` where none
 * does. Exclusions of identities do not count: what Azure protects belongs to another service. Source:
 * docs/design/azure.md#deny-assignments.
 */
export async function whyDenied(session: AzureSession, scope: string, budget: Budget): Promise<string | null> {
  const all = await pagesOf(session, action, scope, budget, isWhole, (client, options, settings) =>
    client.denyAssignments.listForScope(scopePath(scope), { ...options, filter: 'atScope()' }).byPage(settings),
  );
  const [found] = all.filter(
    (it) =>
      it.isSystemProtected === true &&
      (it.doNotApplyToChildScopes !== true || isSameScope(it.scope ?? '', scope)) &&
      (it.permissions ?? []).some(deniesDeletion),
  );
  return found === undefined ? null : isDenied(found.denyAssignmentName ?? found.name ?? '', found.scope ?? '');
}

function deniesDeletion({ actions, notActions }: DenyAssignmentPermission): boolean {
  const matches = (pattern: string): boolean => matchesInAnyCase(pattern, assignmentActions.delete);
  return (actions ?? []).some(matches) && !(notActions ?? []).some(matches);
}

function isWhole({ scope, permissions }: DenyAssignment): boolean {
  return typeof scope === 'string' && Array.isArray(permissions);
}
