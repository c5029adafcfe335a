import { isIPv4 } from 'node:net';
import { isLoopback, withoutUserInfo, type EndpointSetting, type Restored } from '#access/endpoints';

/** One cloud of Azure: where to sign in, where to ask, and for whom tokens are. No address ends with a slash. */
export interface Environment {
  readonly name: string;
  /** Where tokens are exchanged. */
  readonly authority: string;
  /** Other addresses of the same, to which the sign-in library may turn. */
  readonly authorityAliases: readonly string[];
  /** Azure Resource Manager. */
  readonly arm: string;
  readonly armTokenScope: string;
  /** For a CLI session: the very one whose token it got when it logged in, slashes included. Source: azure-cli#28708. */
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
 * Of clouds that can only be named by their address, which anybody may have: there it takes an audience of one's own.
 * Source: docs/design/azure.md#clouds.
 */
const otherIdTokenAudiences = ['api://AzureADTokenExchangeUSNat', 'api://AzureADTokenExchangeUSSec'];

export type EnvironmentName = keyof typeof idTokenAudiences;

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

/** What `azure-environment` names: a cloud that is known, or the ARM address of one that says itself what it is. */
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

/** Trailing slashes of addresses mean nothing. */
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

/** Where their logins are, and nobody else has a name: below `azure.com` and `windows.net` anybody can have a machine. */
const loginDomains = [
  ...['microsoftonline.com', 'microsoftonline.de', 'microsoftonline.us', 'microsoftonline.cn', 'login.microsoft.com'],
  ...['login.windows.net', 'sts.windows.net', 'login.usgovcloudapi.net', 'login.chinacloudapi.cn'],
  ...['sovcloud-identity.fr', 'sovcloud-identity.de', 'sovcloud-identity.sg'],
];

/** Whether a host name is, or lies below, one of these domains. */
function isBelow(host: string, domains: readonly string[]): boolean {
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}

/**
 * Whether a token for this resource could open something in a well-known cloud: a custom cloud never gets one (P10).
 * Where a well-known login gives the token, the resource has to be at the very host of the custom cloud, or an
 * application of the directory, as Azure Stack has. What is no address may be an application's id there.
 *
 * @param issuer the address of who gives the token
 */
export function isWithheld(resource: string, issuer: string, arm: URL): boolean {
  const host = hostOf(resource);
  if (host === null || isBelow(host, knownDomains)) return true;
  const isKnown = isBelow(hostOf(issuer) ?? '', knownDomains);
  return isKnown && !isBelow(host, ['onmicrosoft.com', hostOf(arm.href) ?? '']);
}

/**
 * Whether a custom cloud's login may be handed an ID token: a well-known one, or one in the domain of the address that
 * the user gave. Any other could redeem it at a well-known login for itself.
 */
export function isOwnLogin(login: string, arm: URL): boolean {
  const host = hostOf(login);
  const own = hostOf(arm.href) ?? '';
  const domain = own.slice(own.indexOf('.') + 1);
  const isDomain = domain.includes('.') && !isIPv4(own);
  return host !== null && isBelow(host, [...loginDomains, own, ...(isDomain ? [domain] : [])]);
}

/** A dot at the end of a name changes nothing but its spelling. */
function hostOf(address: string): string | null {
  return URL.parse(address)?.hostname.toLowerCase().replace(/\.$/u, '') ?? null;
}

/** The same cloud, signed in to somewhere else. */
export function withAuthority(environment: Environment, authority: string): Environment {
  return { ...environment, authority, authorityAliases: [] };
}

/** Whether an ID token for this audience would be taken by a known cloud. */
export function isKnownIdTokenAudience(audience: string): boolean {
  return [...Object.values(idTokenAudiences), ...otherIdTokenAudiences].includes(audience);
}

/** A cloud on this machine is a rehearsal: it may have the audiences of a real one. */
export function isRehearsal(choice: EnvironmentChoice): boolean {
  return choice.kind === 'custom' && isLoopback(choice.arm.hostname);
}

export const defaultIdTokenAudience = idTokenAudiences.AzureCloud;

/** What would send the sign-in to another host, and is a fault in the main step. Source: MSAL Node, @azure/identity. */
export function isRegionVariable(name: string): boolean {
  return /^(?:AZURE_REGIONAL_AUTHORITY_NAME|MSAL_FORCE_REGION)$/iu.test(name);
}

export function isAuthorityVariable(name: string): boolean {
  return /^AZURE_AUTHORITY_HOST$/iu.test(name);
}

/** What makes a later step of the job sign in where the earlier one did: the authority itself is part of what was saved. */
export function restoredVariables(
  before: readonly EndpointSetting[],
  variables: ReadonlyMap<string, string>,
): readonly Restored[] {
  const regions = [...variables.keys()].filter(isRegionVariable).map((variable) => ({
    variable,
    value: undefined,
    warning: `${variable} was set after the main step: it is not heeded, since what that step used is used.`,
  }));
  const was = before.find(({ source }) => isAuthorityVariable(source));
  const is = [...variables].find(([name]) => isAuthorityVariable(name));
  const variable = was?.source ?? is?.[0];
  if (variable === undefined || was?.url === is?.[1]) return regions;
  const used = was === undefined ? 'nothing' : withoutUserInfo(was.url);
  const warning = `${variable} has changed since the main step: what that step used is used (${used}).`;
  return [...regions, { variable, value: was?.url, warning }];
}
