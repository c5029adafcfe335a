import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';

import type { Step } from '../runner/step.ts';
import { Misuse } from './options.ts';

/** Texts of files, by their paths in the workspace of a job. */
export type Files = NonNullable<Step['files']>;

/** Folders that no checkout has. */
const notCheckedOut = /^(?:\.git|node_modules)$/u;

/** The files of the repository's folder, without a folder none. Throws Misuse. */
export function repositoryFiles(folder: string | null): Files {
  if (folder === null) return {};
  try {
    return Object.fromEntries(
      filesBelow(folder).map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]),
    );
  } catch (error) {
    throw new Misuse(`--files requires a folder that can be read: ${(error as Error).message}`);
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notCheckedOut.test(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

/** The files that a step of this action left in the workspace. */
export function leftInWorkspace(files: Files): Files {
  const workspace = 'work/repository/';
  return Object.fromEntries(
    Object.entries(files).flatMap(([path, text]) =>
      path.startsWith(workspace) ? [[path.slice(workspace.length), text]] : [],
    ),
  );
}

/** An artifact of one file, by its path in the workspace; `null` where the path names no file. */
export function artifactOf(workspace: Files, path: string): Files | null {
  const text = workspace[path.replace(/^\.\//u, '')];
  return text === undefined ? null : { [basename(path)]: text };
}

/** The files of an artifact in the folder into which a job downloads it. */
export function downloaded(artifact: Files, folder: string): Files {
  return Object.fromEntries(
    Object.entries(artifact).map(([name, text]) => [join(folder, name).split(sep).join('/'), text]),
  );
}
