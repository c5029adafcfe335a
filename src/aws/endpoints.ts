import type { Surroundings } from '../access/declaration.ts';
import type { EndpointSetting } from '../access/endpoints.ts';

/**
 * Every endpoint that the SDK would take from outside the step: `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>`, and
 * `endpoint_url` in the shared config and credentials files, whatever the profile. Source: AWS SDKs and Tools
 * Reference Guide, service-specific endpoints.
 */
export function endpointSettings({ variables, file, homeFolder }: Surroundings): readonly EndpointSetting[] {
  const fromVariables = [...variables]
    .filter(([name]) => /^AWS_ENDPOINT_URL(?:_|$)/u.test(name))
    .map(([source, url]) => ({ source, url }));
  const files = [
    variables.get('AWS_CONFIG_FILE') ?? `${homeFolder}/.aws/config`,
    variables.get('AWS_SHARED_CREDENTIALS_FILE') ?? `${homeFolder}/.aws/credentials`,
  ];
  return [...fromVariables, ...files.flatMap((path) => fromFile(path, file(path)))];
}

function fromFile(path: string, text: string | null): readonly EndpointSetting[] {
  const matches = text?.matchAll(/^[ \t]*endpoint_url[ \t]*=[ \t]*(?<url>\S+)/gmu) ?? [];
  return [...matches].map((match) => ({ source: `endpoint_url in ${path}`, url: match.groups?.['url'] ?? '' }));
}
