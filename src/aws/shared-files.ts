import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Surroundings } from '#access/declaration';
import type { Fault } from '#access/errors';
import {
  badDefaultFile,
  badFile,
  badFileInside,
  nameRegularFile,
  setToFile,
  setToFileOrUnset,
} from './messages/inputs.ts';

/** The surroundings that say where the shared files of AWS's tools are. */
export type Around = Pick<Surroundings, 'variables' | 'file' | 'homeFolder'>;

interface SharedFile {
  readonly variable: string;
  readonly path: string;
  /** True if the variable is set to this path, false if it is the default. */
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

/** Files that a shared file names. */
function filesNamedIn(text: string, around: Around): readonly string[] {
  const settings = [...text.matchAll(/^[ \t]*(\w+)[ \t]*=[ \t]*(.*?)[ \t]*(?:[ \t][;#].*)?$/gmu)];
  const named = settings.flatMap(([, setting = '', value = '']) => filesBySetting[setting]?.(value, around) ?? []);
  return [...new Set(named)];
}

/**
 * Faults of files that the SDK must not read: for example, it would wait for a pipe forever.
 *
 * @param ambient true if the SDK reads its credentials there too
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
    const problem = named ? badFile(path, text.problem) : badDefaultFile(path, text.problem);
    const advice = named ? setToFileOrUnset(variable) : setToFile(variable);
    return [{ input: variable, problem, example: { advice } }];
  });
}

function faultsIn(text: string, variable: string, path: string, around: Around): readonly Fault[] {
  return filesNamedIn(text, around).flatMap((inner) => {
    const there = around.file(inner);
    if (there === null || typeof there === 'string') return [];
    const problem = badFileInside(path, inner, there.problem);
    return [{ input: variable, problem, example: { advice: nameRegularFile(path) } }];
  });
}
