import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** The modules of this folder that a module imports, and its other imports. */
function importsOf(name: string): readonly string[] {
  return [...readFileSync(`${folder}${name}`, 'utf8').matchAll(/from '(?<path>[^']+)'/g)].map(
    ({ groups }) => groups?.['path'] ?? '',
  );
}

function reachedFrom(name: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const path of importsOf(name)) {
    if (seen.has(path)) continue;
    seen.add(path);
    if (path.startsWith('./')) reachedFrom(path.slice(2), seen);
  }
  return seen;
}

describe('the oracles', () => {
  const names = readdirSync(folder).filter((name) => /^(?:aws|azure)-(?:oracle.*|guards)\.ts$/.test(name));

  it.each(names)('%s shares nothing with the action, through any import', (name) => {
    const strange = [...reachedFrom(name)].filter(
      (path) => !path.startsWith('./') && !path.startsWith('../../rehearsal/'),
    );
    expect(strange).toEqual([]);
    expect(names.length).toBeGreaterThanOrEqual(6);
  });
});
