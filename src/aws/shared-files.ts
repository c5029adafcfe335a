import type { Surroundings } from '../access/declaration.ts';
import type { Fault } from '../access/errors.ts';

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
    if (text === null || typeof text === 'string') return [];
    const what = named ? `names ${path}, which` : `is not set, and ${path}, which is read then,`;
    const advice = `Name a regular file in ${variable}${named ? ', or unset it' : ''}.`;
    return [{ input: variable, problem: `${what} ${text.problem}`, example: { advice } }];
  });
}
