import type { Ended } from '#access/cloud';
import { isManagementGroup, tenantRoot } from './resolve/scopes.ts';

/**
 * What no read shows: how long Azure may take to act on a change that can be seen. No API tells when it does. Source:
 * docs/design/azure.md#enforcement.
 */
export function remarkOnEnforcement({ kind, grant, changed, verified }: Ended): string | null {
  if (!changed || !verified) return null;
  const above = grant.target.id === tenantRoot || isManagementGroup(grant.target.id);
  const longer = above ? ', and hours for data actions at a management group or above' : '';
  return kind === 'remove'
    ? `The role assignment is gone, but the access may outlast it: Azure can take up to ten minutes to enforce that${longer}, and a managed identity’s tokens are cached for up to 24 hours.`
    : `The role assignment is visible, but may not be effective yet: Azure can take up to ten minutes to enforce it${longer}.`;
}

/** A revoke takes away what is granted to the principal itself at the scope itself, and nothing else. */
export function remarkOnRest({ kind, grant }: Ended, scopesAbove: readonly string[]): string | null {
  if (kind !== 'remove') return null;
  const above = `The principal still has this role here by inheritance, from ${scopesAbove.join(', ')}: what is granted above is not touched.`;
  const hasGroups = grant.kind === 'assignment' && !/Group$|^Device$/u.test(grant.principal.type ?? '');
  const through = 'What the principal has through groups is not touched.';
  return [...(scopesAbove.length === 0 ? [] : [above]), ...(hasGroups ? [through] : [])].join(' ') || null;
}
