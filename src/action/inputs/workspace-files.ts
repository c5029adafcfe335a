import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import type { Fault, Remedy } from '#access/errors';
import { maxAllFileBytes, maxFileBytes, maxFiles } from '#access/files/grammar';
import { commonInputs } from '#access/inputs';
import { hiddenIn } from '#access/odd-characters';
import { kindOf } from '../environment.ts';
import {
  hiddenInName,
  noMatch,
  noSuchFile,
  notRegular,
  outsideWorkspace,
  renameFile,
  tooLargeTogether,
  tooManyFiles,
  unreadable,
} from '../messages/access-files.ts';
import { filesBelow, isGlob } from './globs.ts';

/** A file of the workspace. */
interface WorkspaceFile {
  /** Path relative to the workspace, as it was named, with slashes. */
  readonly path: string;
  /** Path without links. */
  readonly real: string;
}

/** The files that lines name, sorted by path, each once. */
export function findFiles(
  lines: readonly string[],
  workspace: string,
): { readonly files: readonly WorkspaceFile[]; readonly faults: readonly Fault[] } {
  const root = { named: resolve(workspace), real: realOf(workspace) ?? resolve(workspace) };
  const faults: Fault[] = [];
  const files = new Map<string, WorkspaceFile>();
  const matches = lines.flatMap((line) => matchesOf(line, root, faults));
  for (const file of matches.toSorted(byPath)) if (!files.has(file.real)) files.set(file.real, file);
  if (files.size > maxFiles) {
    faults.push(faultOf(tooManyFiles(files.size, maxFiles)));
    return { files: [], faults };
  }
  // One that is too large by itself has a fault of its own.
  const bytes = [...files.values()].reduce((sum, { real }) => sum + Math.min(sizeOf(real), maxFileBytes), 0);
  if (bytes > maxAllFileBytes) {
    faults.push(faultOf(tooLargeTogether));
    return { files: [], faults };
  }
  return { files: [...files.values()], faults };
}

function byPath(one: WorkspaceFile, other: WorkspaceFile): number {
  if (one.path === other.path) return 0;
  return one.path < other.path ? -1 : 1;
}

function faultOf(problem: string, example: Remedy = commonInputs['access-file'].example): Fault {
  return { input: 'access-file', problem, example };
}

/** The workspace as it is named, and without links. */
interface Root {
  readonly named: string;
  readonly real: string;
}

function matchesOf(line: string, root: Root, faults: Fault[]): readonly WorkspaceFile[] {
  const whole = resolve(root.named, line);
  const paths = isGlob(line) && !exists(whole) ? globbed(whole, root) : [whole];
  if (paths === null) {
    faults.push(faultOf(outsideWorkspace(line)));
    return [];
  }
  if (paths.length === 0) faults.push(faultOf(noMatch(line)));
  return paths.flatMap((path) => {
    const file = fileAt(path, line, root);
    if (!('problem' in file)) return [file];
    faults.push(file);
    return [];
  });
}

/** Paths that fit a pattern, `null` where it leads out of the workspace. */
function globbed(pattern: string, root: Root): readonly string[] | null {
  if (!isInside(pattern, root.named) && !isInside(pattern, root.real)) return null;
  const segments = pattern.split(sep);
  const first = segments.findIndex(isGlob);
  const folder = segments.slice(0, first).join(sep);
  const real = realOf(folder);
  if (real === null) return [];
  if (!isInside(real, root.real) && real !== root.real) return null;
  // A link to a folder at the end of a path is no file.
  return filesBelow(folder, segments.slice(first)).filter((path) => !isFolder(path));
}

function fileAt(path: string, line: string, root: Root): WorkspaceFile | Fault {
  // Outside, not even the existence of a file is reported.
  if (!isInside(path, root.named) && !isInside(path, root.real)) return faultOf(outsideWorkspace(line));
  const real = realOf(path);
  if (real === null) return faultOf(noSuchFile(line));
  if (!isInside(real, root.real)) return faultOf(outsideWorkspace(line));
  const shown = relative(isInside(path, root.named) ? root.named : root.real, path).replaceAll(sep, '/');
  if (hiddenIn(shown, false) !== null || /[\n\r\t]/u.test(shown)) return faultOf(hiddenInName, { advice: renameFile });
  return { path: shown, real };
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function exists(path: string): boolean {
  return orNull(() => lstatSync(path)) !== null;
}

function isFolder(path: string): boolean {
  return orNull(() => statSync(path))?.isDirectory() === true;
}

function sizeOf(path: string): number {
  return orNull(() => statSync(path))?.size ?? 0;
}

/** `null` where there is no such file. */
function realOf(path: string): string | null {
  return orNull(() => realpathSync(path));
}

function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}

/** Windows has neither. */
const { O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;

/** The bytes of a file, one more than allowed at most, or its fault. A pipe without a writer would hold the step forever. */
export function readBytes({ path, real }: WorkspaceFile): Uint8Array | Fault {
  try {
    const kind = kindOf(statSync(real));
    if (kind !== null) return faultOf(notRegular(path, kind));
    const file = openSync(real, constants.O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    try {
      const opened = kindOf(fstatSync(file));
      return opened === null ? readMost(file) : faultOf(notRegular(path, opened));
    } finally {
      closeSync(file);
    }
  } catch {
    return faultOf(unreadable(path));
  }
}

function readMost(file: number): Uint8Array {
  const bytes = Buffer.alloc(maxFileBytes + 1);
  let length = 0;
  for (;;) {
    const read = readSync(file, bytes, length, bytes.length - length, null);
    length += read;
    if (read === 0 || length === bytes.length) return bytes.subarray(0, length);
  }
}
