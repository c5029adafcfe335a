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

/** Larger than whatever is read: of GitHub's events, which have at most 25 MB, plans and settings. */
const longestFile = 32 * 1024 * 1024;

/**
 * The text of a file, `null` where there is none that can be read. Regular files only, and none without an end: a pipe that
 * nobody writes to would hold the step for ever.
 */
export function readFile(path: string): FileText {
  // Where tools are told that there is no file.
  if (path === devNull) return '';
  try {
    const kind = kindOf(statSync(path));
    if (kind !== null) return { problem: kind };
    // It may be another one by now.
    const file = openSync(path, constants.O_RDONLY | nonBlocking);
    try {
      const opened = kindOf(fstatSync(file));
      return opened === null ? readWhole(file) : { problem: opened };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    // Some files of `/proc` call themselves regular, and are read like a pipe.
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? { problem: 'has no end yet, as a pipe has' } : null;
  }
}

/** The same where it does not matter why there is none. */
export function readTextOrNothing(path: string): string | null {
  const text = readFile(path);
  return typeof text === 'string' ? text : null;
}

function kindOf(stats: Stats): string | null {
  if (stats.isFile()) return null;
  if (stats.isDirectory()) return 'is a folder';
  if (stats.isFIFO()) return 'is a pipe, not a regular file';
  return stats.isSocket() ? 'is a socket, not a regular file' : 'is a device, not a regular file';
}

/** What the system says of its length is not believed: files of `/proc` call themselves empty. */
function readWhole(file: number): FileText {
  const parts: Buffer[] = [];
  for (let length = 0; ;) {
    const part = Buffer.alloc(65_536);
    const read = readSync(file, part);
    if (read === 0) break;
    parts.push(part.subarray(0, read));
    length += read;
    if (length > longestFile) return { problem: 'is longer than 32 MiB' };
  }
  const text = Buffer.concat(parts).toString();
  return text.includes('\0') ? { problem: 'is not text' } : text;
}

/** Where SDKs look for shared files: in the very order in which they look. */
export function homeFolder(variables: ReadonlyMap<string, string>): string {
  const path = variables.get('HOMEPATH');
  const onDrive = path === undefined ? undefined : `${variables.get('HOMEDRIVE') ?? 'C:\\'}${path}`;
  return variables.get('HOME') ?? variables.get('USERPROFILE') ?? onDrive ?? homedir();
}
