import type { EndpointSetting } from '../access/endpoints.ts';
import { sharedFiles, type Around } from './shared-files.ts';

/** Whether an environment variable of this name sets one. */
export function isEndpointVariable(name: string): boolean {
  return /^AWS_(?:ENDPOINT_URL(?:_.*)?|EC2_METADATA_SERVICE_ENDPOINT)$/iu.test(name);
}

/**
 * Every endpoint that the SDK would take from outside the step: `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>` (in
 * any letter case, as Windows reads them), and `endpoint_url` in the shared config and credentials files, whatever the
 * profile or section; and where the default chain asks for an instance's credentials. Source: AWS SDKs and Tools
 * Reference Guide, service-specific endpoints, IMDS credential provider.
 */
export function endpointSettings(around: Around): readonly EndpointSetting[] {
  const fromVariables = [...around.variables]
    .filter(([name]) => isEndpointVariable(name))
    .map(([source, url]) => ({ source, url }));
  const fromFiles = sharedFiles(around).flatMap(({ path }) => {
    const text = around.file(path);
    return typeof text === 'string' ? fromFile(path, text) : [];
  });
  const all = [...fromVariables, ...fromFiles];
  return all.filter((setting) => !isMetadataService(setting));
}

/**
 * Reads lines as the SDK does: comments cut, trimmed, split at the first `=`, the rest of the line being the value. Any
 * key that ends in `endpoint_url` counts, since `services` sections also take it with a service's name before a dot.
 */
function fromFile(path: string, text: string): readonly EndpointSetting[] {
  return text.split(/\r?\n/u).flatMap((line) => {
    const [content = ''] = line.split(/(?:^|\s)[;#]/u);
    const [key = '', ...value] = content.split('=');
    const name = ['endpoint_url', 'ec2_metadata_service_endpoint'].find((ending) => key.trim().endsWith(ending));
    if (name === undefined) return [];
    return [{ source: `${name} in ${path}`, url: value.join('=').trim() }];
  });
}

/** The instance metadata service at its own two addresses, which are link-local and plain http. */
function isMetadataService({ source, url }: EndpointSetting): boolean {
  if (!/EC2_METADATA_SERVICE_ENDPOINT/iu.test(source)) return false;
  return ['169.254.169.254', '[fd00:ec2::254]'].includes(URL.parse(url)?.hostname ?? '');
}
