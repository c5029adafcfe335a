import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The paths of all TypeScript below a folder, in order; none where there is no such folder. */
export function sourcesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .toSorted();
}
