import type { FederatedCredential } from '../../rehearsal/azure/options.ts';
import type { AzureOptions, CallerRole } from '../../rehearsal/azure/options.ts';
import { assignedRole, type Deployment } from '../setup/deployment.ts';

interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

interface Credential {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** What an identity of a deployment may do and who may sign in as it: role, scope, condition, credential. */
export function identityOf(deployment: Deployment, who: 'broker' | 'sweeper'): AzureOptions {
  const { assignment, definition } = assignedRole(deployment, who);
  const callerRole: CallerRole = {
    permissions: definition['permissions'] as readonly Permission[],
    scopes: definition['assignableScopes'] as readonly string[],
    condition: String(assignment['condition']),
  };
  const { properties } = deployment.resources.find(({ path }) => path === `${who}.credential`)?.body ?? {};
  const { issuer, subject, audiences } = properties as Credential;
  const federatedCredentials = audiences.map((audience): FederatedCredential => ({ issuer, subject, audience }));
  return { callerRole, federatedCredentials };
}
