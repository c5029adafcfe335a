import type { Answer, ReceivedRequest } from '../serving/dialect.ts';
import type { CloudEnvironment, Environments } from './environments.ts';

/** OpenID Connect Discovery 1.0 as Entra fills it in; quoted in Azure/azure-workload-identity#682. */
export function configuration(cloud: CloudEnvironment, tenant: string, tenantId: string): unknown {
  const base = `https://${cloud.preferredLoginHost}`;
  return {
    token_endpoint: `${base}/${tenant}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${base}/${tenant}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${base}/${tenantId}/v2.0`,
    request_uri_parameter_supported: false,
    userinfo_endpoint: `https://${cloud.graphHost}/oidc/userinfo`,
    authorization_endpoint: `${base}/${tenant}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${base}/${tenant}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${base}/${tenant}/oauth2/v2.0/logout`,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'tid', 'ver'],
    tenant_region_scope: 'EU',
    cloud_instance_name: cloud.preferredLoginHost,
    msgraph_host: cloud.graphHost,
  };
}

/**
 * True if Microsoft knows an authority: only the well-known ones, and a private cloud that is asked about itself. Null:
 * it does not.
 */
export function instances(
  environments: Environments,
  asked: CloudEnvironment,
  request: ReceivedRequest,
): Answer | null {
  const endpoint = new URL(request.url, 'https://localhost').searchParams.get('authorization_endpoint') ?? '';
  if (!URL.canParse(endpoint)) return null;
  const { host } = new URL(endpoint);
  const cloud = environments.wellKnownLogin(host) ?? (asked.loginHosts.includes(host) ? asked : undefined);
  if (cloud === undefined) return null;
  const { preferredLoginHost, loginHosts } = cloud;
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      tenant_discovery_endpoint: endpoint.replace(
        /\/oauth2\/v2\.0\/authorize$/,
        '/v2.0/.well-known/openid-configuration',
      ),
      'api-version': '1.1',
      metadata: [{ preferred_network: preferredLoginHost, preferred_cache: preferredLoginHost, aliases: loginHosts }],
    }),
  };
}
