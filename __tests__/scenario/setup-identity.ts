import type { FederatedCredential } from '../../rehearsal/azure/options.ts';
import type { AzureOptions, CallerRole } from '../../rehearsal/azure/options.ts';
import { assignedRoles, type Deployment, type Who } from '../setup/deployment.ts';

interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

interface Credential {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** Rights of an identity of a deployment and its sign-in: roles, scopes, condition, credentials. */
export function identityOf(deployment: Deployment, who: Who): AzureOptions {
  const roles = assignedRoles(deployment, who);
  // A condition does not limit the permissions of the other roles: they only read.
  const condition = roles.map(({ assignment }) => assignment['condition']).find((it) => typeof it === 'string');
  const callerRole: CallerRole = {
    permissions: roles.flatMap(({ definition }) => definition['permissions'] as readonly Permission[]),
    scopes: roles.flatMap(({ definition }) => definition['assignableScopes'] as readonly string[]),
    ...(condition === undefined ? {} : { condition }),
  };
  const credentials = deployment.resources.filter(
    ({ path, type }) => type.endsWith('/federatedIdentityCredentials') && path.startsWith(who),
  );
  const federatedCredentials = credentials.flatMap(({ body }) => {
    const { issuer, subject, audiences } = body['properties'] as Credential;
    return audiences.map((audience): FederatedCredential => ({ issuer, subject, audience }));
  });
  return { callerRole, federatedCredentials };
}
