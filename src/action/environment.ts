import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { inputOf } from './inputs/values.ts';

/**
 * The step's environment variables that are set and not empty, and what may be inputs, empty or not: read once, here. An
 * input that is misspelt is one also where an expression gave nothing for it.
 */
export function readVariables(): ReadonlyMap<string, string> {
  const set = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new Map(set.filter(([name, value]) => value !== '' || inputOf(name) !== null));
}

/** The text of a file, `null` where it cannot be read. */
export function readFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Where SDKs look for shared files: in the very order in which they look. */
export function homeFolder(variables: ReadonlyMap<string, string>): string {
  const path = variables.get('HOMEPATH');
  const onDrive = path === undefined ? undefined : `${variables.get('HOMEDRIVE') ?? 'C:\\'}${path}`;
  return variables.get('HOME') ?? variables.get('USERPROFILE') ?? onDrive ?? homedir();
}
