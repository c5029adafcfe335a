import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { certify, type Certificate } from './certificate.ts';
import { startProxy, startTls, type Proxy, type Route } from './proxies.ts';
import { inWorld } from './support.ts';

export const issuerHost = 'pipelines.actions.githubusercontent.com';
const apiHost = 'api.github.com';
const domains: Readonly<Record<string, string>> = {
  'us-east-1': 'amazonaws.com',
  'eu-west-1': 'amazonaws.com',
  'us-gov-west-1': 'amazonaws.com',
  'cn-north-1': 'amazonaws.com.cn',
};
const services = ['sts', 'sso', 'identitystore', 'scheduler'];
const organizations = [
  'organizations.us-east-1.amazonaws.com',
  'organizations.us-gov-west-1.amazonaws.com',
  'organizations.cn-northwest-1.amazonaws.com.cn',
];

let made: { readonly certificate: Certificate; readonly path: string } | undefined;

/** A certificate for all the real names, and the file with the authority to trust. */
export function realCertificate(): NonNullable<typeof made> {
  if (made !== undefined) return made;
  const aws = Object.entries(domains).flatMap(([region, domain]) => services.map((it) => `${it}.${region}.${domain}`));
  const certificate = certify([issuerHost, apiHost, ...aws, ...organizations, 'sso.internal.example']);
  const folder = mkdtempSync(join(tmpdir(), 'real-hosts-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const path = join(folder, 'ca.pem');
  writeFileSync(path, certificate.cert);
  made = { certificate, path };
  return made;
}

export const portOf = (url: string | undefined): number => Number(new URL(url ?? 'http://none').port);

/** Removes a world's own endpoints from a step's environment, so that the built-in ones count. */
export const noEndpoints = Object.fromEntries(
  ['SSO_ADMIN', 'IDENTITYSTORE', 'ORGANIZATIONS', 'SCHEDULER', 'STS'].map((name) => [
    `AWS_ENDPOINT_URL_${name}`,
    undefined,
  ]),
);

export interface Network {
  readonly world: World;
  readonly proxy: Proxy;
  /** Address at which AWS speaks TLS. */
  readonly awsPort: number;
  /** Environment of a step with the real names of GitHub and AWS, which no resolver here knows. */
  readonly real: Readonly<Record<string, string | undefined>>;
}

/** A world whose GitHub and AWS speak TLS under their real names, reached only through a proxy. */
export async function behindProxy(
  options: WorldOptions,
  scene: (network: Network) => Promise<void>,
  refuse?: Route,
): Promise<void> {
  await inWorld(options, async (world) => {
    const { certificate, path } = realCertificate();
    const issuer = new URL(world.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '');
    const aws = await startTls(certificate, portOf(world.env['AWS_ENDPOINT_URL_STS']));
    const github = await startTls(certificate, Number(issuer.port));
    const api = await startTls(certificate, portOf(world.github.url));
    const route: Route = (host) =>
      host.startsWith(issuerHost) ? github.port : host.startsWith(apiHost) ? api.port : aws.port;
    const proxy = await startProxy(refuse ?? route);
    const real = {
      ...noEndpoints,
      ACTIONS_ID_TOKEN_REQUEST_URL: `https://${issuerHost}${issuer.pathname}${issuer.search}`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: world.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
      GITHUB_API_URL: `https://${apiHost}`,
      NODE_EXTRA_CA_CERTS: path,
    };
    try {
      await scene({ world, proxy, awsPort: aws.port, real });
    } finally {
      for (const server of [proxy, aws, github, api]) await server.close();
    }
  });
}
