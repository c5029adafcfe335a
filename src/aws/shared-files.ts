import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Surroundings } from '#access/declaration';
import type { Fault } from '#access/errors';

/** Where the files are that AWS's tools share. */
export type Around = Pick<Surroundings, 'variables' | 'file' | 'homeFolder'>;

interface SharedFile {
  readonly variable: string;
  readonly path: string;
  /** Whether the variable names it. */
  readonly named: boolean;
}

/** Settings and credentials, where the SDK looks for them. Source: AWS SDKs and Tools Reference Guide, shared files. */
export function sharedFiles({
  variables,
  homeFolder,
}: Pick<Around, 'variables' | 'homeFolder'>): readonly SharedFile[] {
  const files = [
    ['AWS_CONFIG_FILE', '~/.aws/config'],
    ['AWS_SHARED_CREDENTIALS_FILE', '~/.aws/credentials'],
  ] as const;
  return files.map(([variable, otherwise]) => {
    const path = variables.get(variable) ?? otherwise;
    const whole = path.startsWith('~/') ? `${homeFolder}${path.slice(1)}` : path;
    return { variable, path: whole, named: variables.has(variable) };
  });
}

/** Files from which the default chain takes a token. */
const tokenFiles = ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];

/** By setting, the file that the default chain reads for it, whatever the profile. Source: aws/aws-sdk-js-v3 and smithy-lang/smithy-typescript, the credential providers. */
const filesBySetting: Readonly<Record<string, (value: string, around: Around) => string>> = {
  web_identity_token_file: (path) => path,
  sso_session: ssoCache,
  sso_start_url: ssoCache,
  login_session: (session, { variables, homeFolder }) =>
    join(
      variables.get('AWS_LOGIN_CACHE_DIRECTORY') ?? join(homeFolder, '.aws', 'login', 'cache'),
      `${createHash('sha256').update(session).digest('hex')}.json`,
    ),
};

function ssoCache(name: string, { homeFolder }: Around): string {
  return join(homeFolder, '.aws', 'sso', 'cache', `${createHash('sha1').update(name).digest('hex')}.json`);
}

/** Files that a shared file leads to. */
function filesNamedIn(text: string, around: Around): readonly string[] {
  const settings = [...text.matchAll(/^[ \t]*(\w+)[ \t]*=[ \t]*(.*?)[ \t]*(?:[ \t][;#].*)?$/gmu)];
  const named = settings.flatMap(([, setting = '', value = '']) => filesBySetting[setting]?.(value, around) ?? []);
  return [...new Set(named)];
}

/**
 * Files that the SDK would read and that nobody should: it would wait for a pipe for ever.
 *
 * @param ambient whether it looks for credentials there as well
 */
export function fileFaults(around: Around, ambient: boolean): readonly Fault[] {
  const tokens = (ambient ? tokenFiles : []).flatMap((variable): readonly SharedFile[] => {
    const path = around.variables.get(variable);
    return path === undefined ? [] : [{ variable, path, named: true }];
  });
  return [...sharedFiles(around), ...tokens].flatMap(({ variable, path, named }) => {
    const text = around.file(path);
    if (text === null) return [];
    if (typeof text === 'string')
      return ambient && !tokenFiles.includes(variable) ? faultsIn(text, variable, path, around) : [];
    const what = named ? `names ${path}, which` : `is not set, and ${path}, which is read then,`;
    const advice = `Name a regular file in ${variable}${named ? ', or unset it' : ''}.`;
    return [{ input: variable, problem: `${what} ${text.problem}`, example: { advice } }];
  });
}

function faultsIn(text: string, variable: string, path: string, around: Around): readonly Fault[] {
  return filesNamedIn(text, around).flatMap((inner) => {
    const there = around.file(inner);
    if (there === null || typeof there === 'string') return [];
    const problem = `is ${path}, which leads to ${inner}, which ${there.problem}`;
    return [{ input: variable, problem, example: { advice: `Let ${path} lead to a regular file.` } }];
  });
}
