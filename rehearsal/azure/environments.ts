import type { AzureOptions } from './options.ts';

/** A cloud as its clients see it. Hosts are as in a Host header: with a port where it is not 443. */
export interface CloudEnvironment {
  readonly name: string;
  /** The first one in the metadata; the tokens come from any of them. */
  readonly loginHosts: readonly string[];
  /** The one in every discovery document (for China: smallstep/certificates#1309, MSAL's AuthorityMetadata). */
  readonly preferredLoginHost: string;
  readonly armHost: string;
  readonly graphHost: string;
  /** As the metadata lists them. */
  readonly armAudiences: readonly string[];
  /** The audience that a workflow's ID token has to have, unless a federated credential says otherwise. */
  readonly exchangeAudience: string;
}

/**
 * Hosts: docs/design/azure.md#clouds; audiences: azure-cli cloud.py; login aliases: what /common/discovery/instance
 * lists.
 */
const wellKnown: readonly CloudEnvironment[] = [
  {
    name: 'AzureCloud',
    loginHosts: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com'],
    preferredLoginHost: 'login.microsoftonline.com',
    armHost: 'management.azure.com',
    graphHost: 'graph.microsoft.com',
    armAudiences: ['https://management.core.windows.net/', 'https://management.azure.com/'],
    exchangeAudience: 'api://AzureADTokenExchange',
  },
  {
    name: 'AzureUSGovernment',
    loginHosts: ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
    preferredLoginHost: 'login.microsoftonline.us',
    armHost: 'management.usgovcloudapi.net',
    graphHost: 'graph.microsoft.us',
    armAudiences: ['https://management.core.usgovcloudapi.net/', 'https://management.usgovcloudapi.net/'],
    exchangeAudience: 'api://AzureADTokenExchangeUSGov',
  },
  {
    name: 'AzureChinaCloud',
    loginHosts: ['login.chinacloudapi.cn', 'login.partner.microsoftonline.cn'],
    preferredLoginHost: 'login.partner.microsoftonline.cn',
    armHost: 'management.chinacloudapi.cn',
    graphHost: 'microsoftgraph.chinacloudapi.cn',
    armAudiences: ['https://management.core.chinacloudapi.cn/', 'https://management.chinacloudapi.cn/'],
    exchangeAudience: 'api://AzureADTokenExchangeChina',
  },
];

/** ARM of a private cloud need not go by its address (Azure Stack does not): this one does not. */
const OWN_AUDIENCES = ['https://management.rehearsal.test/'];

export type WellKnownCloud = 'AzureCloud' | 'AzureUSGovernment' | 'AzureChinaCloud';

export interface OwnHosts {
  readonly login: string;
  readonly arm: string;
  readonly graph: string;
}

export interface Environments {
  /** This rehearsal's own. */
  readonly own: CloudEnvironment;
  /** The cloud that a host belongs to; any host that is not well known is this rehearsal's own. */
  of(host: string): CloudEnvironment;
  /** By the name that `azure-environment` takes. */
  named(name: WellKnownCloud): CloudEnvironment;
  /** The well-known cloud of a login host; undefined for any other host. */
  wellKnownLogin(host: string): CloudEnvironment | undefined;
}

export function makeEnvironments(hosts: OwnHosts, options: AzureOptions): Environments {
  const own: CloudEnvironment = {
    name: 'Rehearsal',
    loginHosts: [hosts.login],
    preferredLoginHost: hosts.login,
    armHost: hosts.arm,
    graphHost: hosts.graph,
    armAudiences: options.armAudiences ?? OWN_AUDIENCES,
    exchangeAudience: 'api://AzureADTokenExchange',
  };
  return {
    own,
    of: (host) => wellKnown.find((cloud) => hostsOf(cloud).includes(host.toLowerCase())) ?? own,
    named: (name) => wellKnown.find((cloud) => cloud.name === name) ?? own,
    wellKnownLogin: (host) => wellKnown.find(({ loginHosts }) => loginHosts.includes(host.toLowerCase())),
  };
}

export type ServerKind = keyof OwnHosts;

/** Every well-known host and the server that plays it. */
export const wellKnownHosts: ReadonlyMap<string, ServerKind> = new Map(
  wellKnown.flatMap(({ loginHosts, armHost, graphHost }): [string, ServerKind][] => [
    ...loginHosts.map((host): [string, ServerKind] => [host, 'login']),
    [armHost, 'arm'],
    [graphHost, 'graph'],
  ]),
);

function hostsOf({ loginHosts, armHost, graphHost }: CloudEnvironment): readonly string[] {
  return [...loginHosts, armHost, graphHost];
}

/** The identifiers under which Entra issues tokens for ARM and Graph of a cloud. */
export function resourcesOf({ armAudiences, graphHost }: CloudEnvironment): readonly string[] {
  return [...armAudiences, `https://${graphHost}/`];
}

/** Audiences differ by more than a slash at the end. */
export function sameAudience(one: string, other: string): boolean {
  return one.replace(/\/$/, '') === other.replace(/\/$/, '');
}
