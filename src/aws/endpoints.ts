import { devNull } from 'node:os';
import type { Surroundings } from '../access/declaration.ts';
import { withoutUserInfo, type EndpointSetting } from '../access/endpoints.ts';
import { Refusal } from '../access/errors.ts';

/** Where endpoints are set. */
export type Around = Pick<Surroundings, 'variables' | 'file' | 'homeFolder'>;

const isVariable = (name: string): boolean =>
  /^AWS_(?:ENDPOINT_URL(?:_.*)?|EC2_METADATA_SERVICE_ENDPOINT)$/iu.test(name);

/**
 * Every endpoint that the SDK would take from outside the step: `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>` (in
 * any letter case, as Windows reads them), and `endpoint_url` in the shared config and credentials files, whatever the
 * profile or section; and where the default chain asks for an instance's credentials. Source: AWS SDKs and Tools
 * Reference Guide, service-specific endpoints, IMDS credential provider.
 */
export function endpointSettings({ variables, file, homeFolder }: Around): readonly EndpointSetting[] {
  const fromVariables = [...variables].filter(([name]) => isVariable(name)).map(([source, url]) => ({ source, url }));
  const files = [
    variables.get('AWS_CONFIG_FILE') ?? '~/.aws/config',
    variables.get('AWS_SHARED_CREDENTIALS_FILE') ?? '~/.aws/credentials',
  ].map((path) => (path.startsWith('~/') ? `${homeFolder}${path.slice(1)}` : path));
  const all = [...fromVariables, ...files.flatMap((path) => fromFile(path, file(path) ?? ''))];
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

/** A variable that is to be set, or to be taken away, before anything is sent, and what to say about it. */
export interface Restored {
  readonly variable: string;
  readonly value: string | undefined;
  readonly warning: string;
}

/**
 * What makes a later step of the job use the endpoints that were in force before. Throws a {@link Refusal} where they were
 * lines of a file that says something else by now.
 */
export function restoredEndpoints(before: readonly EndpointSetting[], around: Around): readonly Restored[] {
  const now = endpointSettings(around);
  const was = inVariables(before);
  const is = inVariables(now);
  return [
    ...[...new Set([...was.keys(), ...is.keys()])]
      .filter((name) => was.get(name) !== is.get(name))
      .map((name) => putBack(name, was.get(name))),
    ...withoutFiles(before.filter(isInFile), now.filter(isInFile)),
  ];
}

function inVariables(settings: readonly EndpointSetting[]): ReadonlyMap<string, string> {
  return new Map(settings.filter(({ source }) => isVariable(source)).map(({ source, url }) => [source, url]));
}

function isInFile({ source }: EndpointSetting): boolean {
  return !isVariable(source);
}

function putBack(variable: string, value: string | undefined): Restored {
  const used = value === undefined ? 'nothing' : withoutUserInfo(value);
  const warning = `${variable} has changed since the main step: what that step used is used (${used}).`;
  return { variable, value, warning };
}

/** A file cannot be put back. Where it said nothing about endpoints, it can be left unread. */
function withoutFiles(before: readonly EndpointSetting[], now: readonly EndpointSetting[]): readonly Restored[] {
  const textOf = (settings: readonly EndpointSetting[]): string => settings.map(lineOf).sort().join(', ');
  if (textOf(before) === textOf(now)) return [];
  if (before.length > 0)
    throw new Refusal(
      `The main step used ${textOf(before)}; by now it is ${now.length === 0 ? 'nothing' : textOf(now)}.`,
      'Let no later step of the job write the shared AWS files, or move AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE.',
    );
  return ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'].map((variable) => ({
    variable,
    value: devNull,
    warning: `${textOf(now)} was set after the main step: the file of ${variable} is not read.`,
  }));
}

function lineOf({ source, url }: EndpointSetting): string {
  return `${source} = ${withoutUserInfo(url)}`;
}

/** The instance metadata service at its own two addresses, which are link-local and plain http. */
function isMetadataService({ source, url }: EndpointSetting): boolean {
  if (!/EC2_METADATA_SERVICE_ENDPOINT/iu.test(source)) return false;
  return ['169.254.169.254', '[fd00:ec2::254]'].includes(URL.parse(url)?.hostname ?? '');
}
