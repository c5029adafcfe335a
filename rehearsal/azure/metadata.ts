import { randomUUID } from 'node:crypto';

import type { Answer, Dialect, ReceivedRequest } from '../serving/dialect.ts';
import type { CloudEnvironment, Environments } from './environments.ts';
import type { AzureOptions } from './options.ts';

const PATH = '/metadata/endpoints';
const API_VERSION = '2022-09-01';

/** Clients have to expect a byte order mark here (hashicorp/go-azure-sdk, sdk/internal/metadata/client.go, takes it off). */
const BYTE_ORDER_MARK = '\uFEFF';

/** ARM's dialect with the anonymous description of the cloud in front of it. */
export function withMetadata(arm: Dialect, environments: () => Environments, options: AzureOptions): Dialect {
  return {
    ...arm,
    entry: (request) =>
      asksMetadata(request)
        ? { service: 'arm', operation: 'metadata', region: '', requestId: randomUUID(), url: request.url, body: null }
        : arm.entry(request),
    handle: (request, entry) => {
      if (entry.operation !== 'metadata' || !asksMetadata(request)) return arm.handle(request, entry);
      const version = new URL(request.url, 'https://localhost').searchParams.get('api-version');
      if (version !== API_VERSION) return refusal(version);
      return json(200, BYTE_ORDER_MARK + JSON.stringify(describe(environments().of(entry.host), options)));
    },
  };
}

function asksMetadata({ method, url }: ReceivedRequest): boolean {
  return method === 'GET' && new URL(url, 'https://localhost').pathname === PATH;
}

/**
 * In this version the response is one object about the server's own cloud; the list of all clouds is that of versions
 * up to 2019-05-01 and of `latest`. Source: hashicorp/go-azure-sdk, sdk/internal/metadata/client.go, which reads
 * 2022-09-01 as an object and falls back to 2019-05-01 as a list; the fields are those of its metaDataResponse and of
 * manicminer/hamilton#169, which quotes the public cloud's answer.
 */
function describe(cloud: CloudEnvironment, { withoutGraph }: AzureOptions): unknown {
  return {
    portal: 'https://portal.rehearsal.test',
    authentication: {
      loginEndpoint: `https://${cloud.loginHosts[0] ?? ''}/`,
      audiences: cloud.armAudiences,
      tenant: 'common',
      identityProvider: 'AAD',
    },
    media: 'https://rest.media.rehearsal.test',
    // Azure AD Graph, which no longer exists: not Microsoft Graph.
    graphAudience: 'https://graph.windows.net/',
    graph: 'https://graph.windows.net/',
    name: cloud.name,
    suffixes: {
      acrLoginServer: 'azurecr.rehearsal.test',
      sqlServerHostname: 'database.rehearsal.test',
      keyVaultDns: 'vault.rehearsal.test',
      storage: 'core.rehearsal.test',
    },
    batch: 'https://batch.rehearsal.test/',
    resourceManager: `https://${cloud.armHost}/`,
    gallery: 'https://gallery.rehearsal.test/',
    sqlManagement: 'https://management.core.rehearsal.test:8443/',
    ...(withoutGraph === true ? {} : { microsoftGraphResourceId: `https://${cloud.graphHost}/` }),
    logAnalyticsResourceId: 'https://api.loganalytics.rehearsal.test',
    ossrDbmsResourceId: 'https://ossrdbms-aad.database.rehearsal.test',
  };
}

/** In ARM's form, and in its words for a version that an endpoint does not have. */
function refusal(version: string | null): Answer {
  const [code, message] =
    version === null
      ? ['MissingApiVersionParameter', 'The api-version query parameter (?api-version=) is required for all requests.']
      : [
          'InvalidApiVersionParameter',
          `The api-version '${version}' is invalid. The supported versions are '${API_VERSION}'.`,
        ];
  return { ...json(400, JSON.stringify({ error: { code, message } })), code };
}

function json(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}
