import type { EndpointSetting } from '#access/endpoints';
import { sharedFiles, type Around } from './shared-files.ts';

/** True if an environment variable of this name sets an endpoint. */
function isEndpointVariable(name: string): boolean {
  return /^AWS_(?:ENDPOINT_URL(?:_.*)?|EC2_METADATA_SERVICE_ENDPOINT)$/iu.test(name);
}

/** Other variables that decide where the SDK sends requests. */
const switches = /^AWS_(?:USE_FIPS_ENDPOINT|USE_DUALSTACK_ENDPOINT|IGNORE_CONFIGURED_ENDPOINT_URLS)$/iu;
/** Variables that decide which credentials its default chain uses, without containing any. */
const choices = /^AWS_(?:PROFILE|CONFIG_FILE|SHARED_CREDENTIALS_FILE|EC2_METADATA_SERVICE_ENDPOINT_MODE)$/iu;

/** True if an environment variable of this name steers the SDK. @param ambient true if its default chain signs in */
export function isSteering(name: string, ambient: boolean): boolean {
  return isEndpointVariable(name) || switches.test(name) || (ambient && choices.test(name));
}

/** Everything from outside the step that steers the SDK, for the log and for the post step. */
export function steeringSettings(around: Around, ambient: boolean): readonly EndpointSetting[] {
  const inForce = endpointSettings(around);
  const variables = [...around.variables].filter(([name]) => !isEndpointVariable(name) && isSteering(name, ambient));
  return [...inForce, ...variables.map(([source, url]) => ({ source, url })), ...inFiles(around, switchLines)];
}

const endpointLines = ['endpoint_url', 'ec2_metadata_service_endpoint'];
const switchLines = ['use_fips_endpoint', 'use_dualstack_endpoint', 'ignore_configured_endpoint_urls'];

/**
 * Every endpoint that the SDK would use from outside the step: `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>` (in
 * any letter case, as Windows reads them), and `endpoint_url` in the shared config and credentials files, whatever the
 * profile or section; and the endpoint from which the default chain gets an instance's credentials. Source: AWS SDKs and Tools
 * Reference Guide, service-specific endpoints, IMDS credential provider.
 */
export function endpointSettings(around: Around): readonly EndpointSetting[] {
  const fromVariables = [...around.variables]
    .filter(([name]) => isEndpointVariable(name))
    .map(([source, url]) => ({ source, url }));
  const all = [...fromVariables, ...inFiles(around, endpointLines)];
  return all.filter((setting) => !isMetadataService(setting));
}

function inFiles(around: Around, endings: readonly string[]): readonly EndpointSetting[] {
  return sharedFiles(around).flatMap(({ path }) => {
    const text = around.file(path);
    return typeof text === 'string' ? fromFile(path, text, endings) : [];
  });
}

/**
 * Reads lines as the SDK does: comments cut, trimmed, split at the first `=`, the rest of the line being the value. Any
 * key that ends in `endpoint_url` counts, since `services` sections also take it with a service's name before a dot.
 */
function fromFile(path: string, text: string, endings: readonly string[]): readonly EndpointSetting[] {
  return text.split(/\r?\n/u).flatMap((line) => {
    const [content = ''] = line.split(/(?:^|\s)[;#]/u);
    const [key = '', ...value] = content.split('=');
    const name = endings.find((ending) => key.trim().endsWith(ending));
    if (name === undefined) return [];
    return [{ source: `${name} in ${path}`, url: value.join('=').trim() }];
  });
}

/** The instance metadata service at its own two addresses, which are link-local and plain http. */
function isMetadataService({ source, url }: EndpointSetting): boolean {
  if (!/EC2_METADATA_SERVICE_ENDPOINT/iu.test(source)) return false;
  return ['169.254.169.254', '[fd00:ec2::254]'].includes(URL.parse(url)?.hostname ?? '');
}
