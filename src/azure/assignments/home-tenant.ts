import type { Budget } from '#access/clock';
import type { Assignment } from '#access/grant';
import { notAsDocumented } from '../answer.ts';
import { rememberedFor } from '#access/remembered';
import { subscriptionOf } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';

/** The `tenantId` of reads and deletes, if they need one. */
export interface HomeTenant {
  readonly tenantId?: string;
}

/**
 * An assignment of a delegated identity is only found with the directory of its scope, which the subscription names. Each
 * subscription is asked once. Source: docs/design/azure.md#delegated-identities.
 */
export function homeTenants(
  session: AzureSession,
  isDelegated: (grant: Assignment) => boolean = () => false,
): (grant: Assignment, budget: Budget) => Promise<HomeTenant> {
  const { properties } = session.settings;
  const tenant = tenantsOfScopes(session);
  return async (grant, budget) =>
    properties.delegatedManagedIdentityResourceId === null && !isDelegated(grant)
      ? {}
      : tenant(grant.target.id, budget);
}

/** The directory of a scope; empty where it is unknown. */
export function tenantsOfScopes(session: AzureSession): (scope: string, budget: Budget) => Promise<HomeTenant> {
  const { signIn } = session.settings;
  const tenant = rememberedFor((subscription, budget) => tenantOf(session, subscription, budget));
  return async (scope, budget) => {
    const subscription = subscriptionOf(scope);
    if (subscription === null) return signIn.tenantId === null ? {} : { tenantId: signIn.tenantId };
    return { tenantId: await tenant(subscription, budget) };
  };
}

function tenantOf(session: AzureSession, subscription: string, budget: Budget): Promise<string> {
  const path = `/subscriptions/${subscription}?api-version=2022-12-01`;
  return session.get('Microsoft.Resources/subscriptions/read', path, budget, (answer) => {
    const { tenantId } = answer as { readonly tenantId?: unknown };
    if (typeof tenantId !== 'string') throw notAsDocumented();
    return tenantId;
  });
}
