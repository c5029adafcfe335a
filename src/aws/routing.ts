import { loadConfig, nodeDualstackConfigSelectors, nodeFipsConfigSelectors } from '@smithy/core/config';
import { resolveEndpointConfig } from '@smithy/core/endpoints';

/** The services that get requests, by the SDK's names. */
const services = ['STS', 'SSO Admin', 'identitystore', 'Organizations', 'Scheduler'] as const;
export type ServiceId = (typeof services)[number];

/** The destination of requests besides the Region: the SDK's settings from environment and shared files, read once. */
export interface Routing {
  readonly fips: boolean;
  readonly dualStack: boolean;
  /** Addresses that were set from outside the step. */
  readonly endpoints: Readonly<Partial<Record<ServiceId, string>>>;
}

/** The routing in force now, by the SDK's own rules. */
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

/** Settings that keep a client from reading any others from the environment or from files. */
export function routed({ fips, dualStack, endpoints }: Routing, service: ServiceId): RoutedConfig {
  const endpoint = endpoints[service];
  return {
    useFipsEndpoint: fips,
    useDualstackEndpoint: dualStack,
    ignoreConfiguredEndpointUrls: true,
    ...(endpoint === undefined ? {} : { endpoint }),
    // With `auto`, the SDK would query the machine for its Region.
    defaultsMode: 'legacy',
    retryMode: 'standard',
    authSchemePreference: [],
    disableClockSkewCorrection: false,
    sigv4aSigningRegionSet: nothing,
    userAgentAppId: nothing,
  };
}

/** For settings that are not set: the SDK reads a missing setting from the environment and files. */
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

/** True if a value of the saved state is a routing. */
export function isRouting(value: unknown): value is Routing {
  if (typeof value !== 'object' || value === null) return false;
  const { fips, dualStack, endpoints } = value as Partial<Record<keyof Routing, unknown>>;
  if (typeof fips !== 'boolean' || typeof dualStack !== 'boolean') return false;
  if (typeof endpoints !== 'object' || endpoints === null) return false;
  return Object.values(endpoints).every((it) => typeof it === 'string');
}
