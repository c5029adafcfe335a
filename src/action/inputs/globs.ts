import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

/** True for a line that names files by a pattern. */
export function isGlob(path: string): boolean {
  return /[*?]/u.test(path);
}

/** True if `*` and `?` of a pattern fit a name. Neither fits a dot at the beginning of a name. */
export function fits(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  // On a mismatch, the last `*` takes one letter more: never slower than the product of both lengths.
  let [at, next, star, after] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[next] === '*') [star, after, next] = [next, at, next + 1];
    else if (pattern[next] === '?' || pattern[next] === name[at]) [at, next] = [at + 1, next + 1];
    else if (star === -1) return false;
    else [after, at, next] = [after + 1, after + 1, star + 1];
  }
  return /^\**$/u.test(pattern.slice(next));
}

/**
 * Paths below a folder that fit the segments of a pattern, `**` standing for any number of folders. Links to folders
 * are not followed: they may lead anywhere.
 */
export function filesBelow(folder: string, pattern: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const walk = (path: string, from: number): void => {
    const key = `${from} ${path}`;
    if (seen.has(key)) return;
    seen.add(key);
    const segment = pattern[from];
    if (segment === undefined) return;
    const isLast = from === pattern.length - 1;
    const isAnyDepth = segment === '**';
    if (isAnyDepth && !isLast) walk(path, from + 1);
    for (const entry of entriesOf(path).filter(({ name }) => fits(name, isAnyDepth ? '*' : segment))) {
      const below = join(path, entry.name);
      if (entry.isDirectory()) walk(below, isAnyDepth ? from : from + 1);
      else if (isLast) found.add(below);
    }
  };
  walk(folder, 0);
  return [...found];
}

/** Nothing where the folder cannot be read, or is none. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
