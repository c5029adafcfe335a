import { fileProblems } from './messages/surroundings.ts';
import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { devNull, homedir } from 'node:os';
import type { FileText } from '#access/declaration';
import { inputOf } from './inputs/values.ts';

/**
 * The step's environment variables that are set and not empty, and what may be inputs, empty or not: read once, here. An
 * input that is misspelt is one also where an expression gave nothing for it.
 */
export function readVariables(): ReadonlyMap<string, string> {
  const set = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new Map(set.filter(([name, value]) => value !== '' || inputOf(name) !== null));
}

/** Windows has none. */
const nonBlocking = (constants as Partial<typeof constants>).O_NONBLOCK ?? 0;

/** Maximum length of a file, in bytes: more than GitHub's events, which have at most 25 MB, plans and settings. */
const longestFile = 32 * 1024 * 1024;

/**
 * The text of a file, `null` where it cannot be read. Only regular files with an end: a pipe without a writer would hold
 * the step forever.
 */
export function readFile(path: string): FileText {
  // This path says to tools that there is no file.
  if (path === devNull) return '';
  try {
    const kind = kindOf(statSync(path));
    if (kind !== null) return { problem: kind };
    // The path may lead to another file by now.
    const file = openSync(path, constants.O_RDONLY | nonBlocking);
    try {
      const opened = kindOf(fstatSync(file));
      return opened === null ? readWhole(file) : { problem: opened };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    // Some files of `/proc` are reported as regular, and are read like a pipe.
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? { problem: fileProblems.endless } : null;
  }
}

/** The same without the reason. */
export function readTextOrNothing(path: string): string | null {
  const text = readFile(path);
  return typeof text === 'string' ? text : null;
}

/** What a file is that is not a regular one, such as `is a pipe`; `null` for a regular file. */
export function kindOf(stats: Stats): string | null {
  if (stats.isFile()) return null;
  if (stats.isDirectory()) return fileProblems.folder;
  if (stats.isFIFO()) return fileProblems.pipe;
  return stats.isSocket() ? fileProblems.socket : fileProblems.device;
}

/** Ignores the length that the system reports: files of `/proc` are reported as empty. */
function readWhole(file: number): FileText {
  const parts: Buffer[] = [];
  for (let length = 0; ;) {
    const part = Buffer.alloc(65_536);
    const read = readSync(file, part);
    if (read === 0) break;
    parts.push(part.subarray(0, read));
    length += read;
    if (length > longestFile) return { problem: fileProblems.tooLong };
  }
  const text = Buffer.concat(parts).toString();
  return text.includes('\0') ? { problem: fileProblems.notText } : text;
}

/** The folder in which SDKs look for shared files, in their order of looking. */
export function homeFolder(variables: ReadonlyMap<string, string>): string {
  const path = variables.get('HOMEPATH');
  const onDrive = path === undefined ? undefined : `${variables.get('HOMEDRIVE') ?? 'C:\\'}${path}`;
  return variables.get('HOME') ?? variables.get('USERPROFILE') ?? onDrive ?? homedir();
}
