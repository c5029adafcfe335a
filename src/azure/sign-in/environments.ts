import { isIPv4 } from 'node:net';
import type { Portal } from '#access/cloud';
import { isLoopback, withoutUserInfo, type EndpointSetting, type Restored } from '#access/endpoints';
import { authorityChanged, regionIgnored } from '../messages/environments.ts';

/** One cloud of Azure: its addresses, and the scopes of its tokens. No address ends with a slash. */
export interface Environment {
  readonly name: string;
  /** Address where tokens are exchanged. */
  readonly authority: string;
  /** Other addresses of the authority, which the sign-in library can use. */
  readonly authorityAliases: readonly string[];
  /** Azure Resource Manager. */
  readonly arm: string;
  readonly armTokenScope: string;
  /** Scope for a CLI session: exactly the scope of its token at login, slashes included. Source: azure-cli#28708. */
  readonly cliTokenScope: string;
  /** Microsoft Graph, `null` where there is none: names of principals cannot be looked up there. */
  readonly graph: string | null;
}

/** The audience of ID tokens for federated credentials, by cloud. Source: docs/design/azure.md#clouds. */
const idTokenAudiences = {
  AzureCloud: 'api://AzureADTokenExchange',
  AzureUSGovernment: 'api://AzureADTokenExchangeUSGov',
  AzureChinaCloud: 'api://AzureADTokenExchangeChina',
} as const;

/**
 * Audiences of clouds that can only be named by their address, which anyone can choose: a step there needs an audience of
 * its own. Source: docs/design/azure.md#clouds.
 */
const otherIdTokenAudiences = ['api://AzureADTokenExchangeUSNat', 'api://AzureADTokenExchangeUSSec'];

type EnvironmentName = keyof typeof idTokenAudiences;

function environment(
  name: EnvironmentName,
  [authority, ...aliases]: readonly [string, ...string[]],
  arm: string,
  graph: string,
  cliResource: string,
): Environment {
  return {
    name,
    authority: `https://${authority}`,
    authorityAliases: aliases.map((host) => `https://${host}`),
    arm: `https://${arm}`,
    armTokenScope: `https://${arm}/.default`,
    cliTokenScope: `https://${cliResource}//.default`,
    graph: `https://${graph}`,
  };
}

/** Source: docs/design/azure.md#clouds. */
export const environments: Readonly<Record<EnvironmentName, Environment>> = {
  AzureCloud: environment(
    'AzureCloud',
    // The library signs in at the first, whichever is named.
    ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
    'management.azure.com',
    'graph.microsoft.com',
    'management.core.windows.net',
  ),
  AzureUSGovernment: environment(
    'AzureUSGovernment',
    ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
    'management.usgovcloudapi.net',
    'graph.microsoft.us',
    'management.core.usgovcloudapi.net',
  ),
  AzureChinaCloud: environment(
    'AzureChinaCloud',
    ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
    'management.chinacloudapi.cn',
    'microsoftgraph.chinacloudapi.cn',
    'management.core.chinacloudapi.cn',
  ),
};

/** The Azure portal of each cloud. Source: docs/design/azure.md#clouds. */
const portals: Readonly<Record<string, string>> = {
  AzureCloud: 'https://portal.azure.com',
  AzureUSGovernment: 'https://portal.azure.us',
  AzureChinaCloud: 'https://portal.azure.cn',
} satisfies Readonly<Record<EnvironmentName, string>>;

/** `null` for a cloud that is known by its address only. */
export function portalOf(choice: EnvironmentChoice): Portal | null {
  const address = choice.kind === 'known' ? portals[choice.environment.name] : undefined;
  return address === undefined ? null : { address, isDefault: false };
}

/** The cloud that `azure-environment` names: a cloud that is known, or the ARM address of one that says itself what it is. */
export type EnvironmentChoice =
  | { readonly kind: 'known'; readonly environment: Environment; readonly idTokenAudience: string }
  | { readonly kind: 'custom'; readonly arm: URL };

/** `null` where the text is neither a name nor an https address without path. */
export function parseEnvironment(text: string): EnvironmentChoice | null {
  const name = (Object.keys(environments) as EnvironmentName[]).find(
    (it) => it === text || environments[it].arm === withoutTrailingSlash(text),
  );
  if (name !== undefined) {
    return { kind: 'known', environment: environments[name], idTokenAudience: idTokenAudiences[name] };
  }
  const arm = URL.parse(withoutTrailingSlash(text));
  const bare = arm !== null && arm.pathname === '/' && arm.search === '' && arm.hash === '' && arm.username === '';
  return bare && arm.protocol === 'https:' ? { kind: 'custom', arm } : null;
}

/** An address without trailing slashes, which mean nothing. */
export function withoutTrailingSlash(address: string): string {
  return address.replace(/\/+$/u, '');
}

/** Domains under which the well-known clouds have their logins and the resources that their tokens are for. */
const knownDomains = [
  ...['azure.com', 'azure.net', 'windows.net', 'microsoft.com', 'microsoftonline.com', 'microsoftonline.de'],
  ...['azure.us', 'microsoft.us', 'microsoftonline.us', 'usgovcloudapi.net'],
  ...['azure.cn', 'microsoftonline.cn', 'chinacloudapi.cn'],
  ...['sovcloud-identity.fr', 'sovcloud-identity.de', 'sovcloud-identity.sg', 'ciamlogin.com', 'b2clogin.com'],
];

/** Domains of their logins, where no one else can have a name: below `azure.com` and `windows.net` anyone can have a machine. */
const loginDomains = [
  ...['microsoftonline.com', 'microsoftonline.de', 'microsoftonline.us', 'microsoftonline.cn', 'login.microsoft.com'],
  ...['login.windows.net', 'sts.windows.net', 'login.usgovcloudapi.net', 'login.chinacloudapi.cn'],
  ...['sovcloud-identity.fr', 'sovcloud-identity.de', 'sovcloud-identity.sg'],
];

/** True if a host name is one of these domains, or is below one. */
function isBelow(host: string, domains: readonly string[]): boolean {
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}

/**
 * True if a token for this resource could open something in a well-known cloud: a custom cloud never gets one (P10).
 * If a well-known login issues the token, the resource has to be at the host of the custom cloud, or an application of the
 * directory, as Azure Stack has. A resource that is no address can be the ID of an application in a well-known cloud.
 *
 * @param issuer the address that issues the token
 */
export function isWithheld(resource: string, issuer: string, arm: URL): boolean {
  const host = hostOf(resource);
  if (host === null || isBelow(host, knownDomains)) return true;
  const isKnown = isBelow(hostOf(issuer) ?? '', knownDomains);
  return isKnown && !isBelow(host, ['onmicrosoft.com', hostOf(arm.href) ?? '']);
}

/**
 * True if a custom cloud's login can get an ID token: a well-known login, or one in the domain of the address that the
 * user gave. Any other could redeem the token at a well-known login for itself.
 */
export function isOwnLogin(login: string, arm: URL): boolean {
  const host = hostOf(login);
  const own = hostOf(arm.href) ?? '';
  const domain = own.slice(own.indexOf('.') + 1);
  const isDomain = domain.includes('.') && !isIPv4(own);
  return host !== null && isBelow(host, [...loginDomains, own, ...(isDomain ? [domain] : [])]);
}

/** A host name without the dot that can end it. */
function hostOf(address: string): string | null {
  return URL.parse(address)?.hostname.toLowerCase().replace(/\.$/u, '') ?? null;
}

/** The same cloud with another authority. */
export function withAuthority(environment: Environment, authority: string): Environment {
  return { ...environment, authority, authorityAliases: [] };
}

/** True if a known cloud accepts ID tokens for this audience. */
export function isKnownIdTokenAudience(audience: string): boolean {
  return [...Object.values(idTokenAudiences), ...otherIdTokenAudiences].includes(audience);
}

/** True if a cloud is on this machine, as in a rehearsal: it can use the audiences of a real cloud. */
export function isRehearsal(choice: EnvironmentChoice): boolean {
  return choice.kind === 'custom' && isLoopback(choice.arm.hostname);
}

export const defaultIdTokenAudience = idTokenAudiences.AzureCloud;

/** True if a variable would send the sign-in to another host, which is a fault in the main step. Source: MSAL Node, @azure/identity. */
export function isRegionVariable(name: string): boolean {
  return /^(?:AZURE_REGIONAL_AUTHORITY_NAME|MSAL_FORCE_REGION)$/iu.test(name);
}

export function isAuthorityVariable(name: string): boolean {
  return /^AZURE_AUTHORITY_HOST$/iu.test(name);
}

/** Restores the variables so that the post step signs in where the main step did: the authority is part of the saved state. */
export function restoredVariables(
  before: readonly EndpointSetting[],
  variables: ReadonlyMap<string, string>,
): readonly Restored[] {
  const regions = [...variables.keys()].filter(isRegionVariable).map((variable) => ({
    variable,
    value: undefined,
    warning: regionIgnored(variable),
  }));
  const was = before.find(({ source }) => isAuthorityVariable(source));
  const is = [...variables].find(([name]) => isAuthorityVariable(name));
  const variable = was?.source ?? is?.[0];
  if (variable === undefined || was?.url === is?.[1]) return regions;
  const warning = authorityChanged(variable, was === undefined ? null : withoutUserInfo(was.url));
  return [...regions, { variable, value: was?.url, warning }];
}
