import { loadConfig, nodeDualstackConfigSelectors, nodeFipsConfigSelectors } from '@smithy/core/config';
import { resolveEndpointConfig } from '@smithy/core/endpoints';

/** The services that are asked, as the SDK calls them. */
const services = ['STS', 'SSO Admin', 'identitystore', 'Organizations', 'Scheduler'] as const;
export type ServiceId = (typeof services)[number];

/** Where requests go besides the Region: what the SDK takes from environment and shared files, looked up once. */
export interface Routing {
  readonly fips: boolean;
  readonly dualStack: boolean;
  /** Addresses that were set from outside the step. */
  readonly endpoints: Readonly<Partial<Record<ServiceId, string>>>;
}

/** What is in force now, by the SDK's own rules. */
export async function readRouting(): Promise<Routing> {
  const [fips, dualStack, ...endpoints] = await Promise.all([
    loadConfig(nodeFipsConfigSelectors)(),
    loadConfig(nodeDualstackConfigSelectors)(),
    ...services.map(configuredEndpoint),
  ]);
  const set = endpoints.filter((it) => it !== null);
  return { fips: fips ?? false, dualStack: dualStack ?? false, endpoints: Object.fromEntries(set) };
}

async function configuredEndpoint(serviceId: ServiceId): Promise<readonly [ServiceId, string] | null> {
  const neverAsked = (): never => {
    throw new TypeError('nothing is sent through this configuration');
  };
  const config = resolveEndpointConfig({ serviceId, urlParser: neverAsked, endpointProvider: neverAsked });
  const url = await config.serviceConfiguredEndpoint?.();
  return url === undefined ? null : [serviceId, url];
}

/** What a client is made with so that it looks for nothing by itself: neither in the environment nor in a file. */
export function routed({ fips, dualStack, endpoints }: Routing, service: ServiceId): RoutedConfig {
  const endpoint = endpoints[service];
  return {
    useFipsEndpoint: fips,
    useDualstackEndpoint: dualStack,
    ignoreConfiguredEndpointUrls: true,
    ...(endpoint === undefined ? {} : { endpoint }),
    // With `auto` the SDK would ask the machine where it is.
    defaultsMode: 'legacy',
    retryMode: 'standard',
    authSchemePreference: [],
    disableClockSkewCorrection: false,
    sigv4aSigningRegionSet: nothing,
    userAgentAppId: nothing,
  };
}

/** For what is not set: of a setting that is merely missing the SDK looks in the environment and in files. */
const nothing = (): Promise<undefined> => Promise.resolve(undefined);

export interface RoutedConfig {
  readonly useFipsEndpoint: boolean;
  readonly useDualstackEndpoint: boolean;
  readonly ignoreConfiguredEndpointUrls: true;
  readonly endpoint?: string;
  readonly defaultsMode: 'legacy';
  readonly retryMode: 'standard';
  readonly authSchemePreference: string[];
  readonly disableClockSkewCorrection: false;
  readonly sigv4aSigningRegionSet: () => Promise<undefined>;
  readonly userAgentAppId: () => Promise<undefined>;
}

/** Whether what post was handed is a routing. */
export function isRouting(value: unknown): value is Routing {
  if (typeof value !== 'object' || value === null) return false;
  const { fips, dualStack, endpoints } = value as Partial<Record<keyof Routing, unknown>>;
  if (typeof fips !== 'boolean' || typeof dualStack !== 'boolean') return false;
  if (typeof endpoints !== 'object' || endpoints === null) return false;
  return Object.values(endpoints).every((it) => typeof it === 'string');
}
