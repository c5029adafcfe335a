import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where an import leads in the tree; `null` for a package. */
function placeOf(name: string, importer: string): string | null {
  if (name.startsWith('.')) return join(dirname(importer), name);
  return name.startsWith('#') ? join('src', `${name.slice(1)}.ts`) : null;
}

/** What each file of these folders imports of the tree, for its types alone too. */
function importsIn(folders: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:ts|mjs)$/u.test(name))
      .map((name) => join(folder, name)),
  );
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
      const near = importedFiles.map(({ fileName }) => placeOf(fileName, file));
      return [file, near.filter((place) => place !== null)];
    }),
  );
}

/** The loops that a walk along the imports comes upon: none where there is no loop, and not each that there may be. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    else if (!done.has(file)) {
      for (const next of imports.get(file) ?? []) walk(next, [...path, file]);
      done.add(file);
    }
  };
  for (const file of imports.keys()) walk(file, []);
  return circles;
}

/** What stands in a circle can only be understood all at once, and changed all at once. */
describe('no file comes back to itself along its imports', () => {
  test('in src and in what stands around it', () => {
    const imports = importsIn(['src', 'rehearsal', 'bench', 'scripts', 'peers']);
    expect(imports.get(join('src', 'main.ts'))).toContain(join('src', 'clouds.ts'));
    expect(imports.get(join('src', 'aws', 'cloud.ts'))).toContain(join('src', 'access', 'cloud.ts'));
    expect(circlesIn(imports)).toEqual([]);
  });

  test('and one that did would be found', () => {
    const imports = new Map([
      ['a', ['b', 'd']],
      ['b', ['c', 'd']],
      ['c', ['b']],
      ['d', []],
    ]);
    expect(circlesIn(imports)).toEqual(['b → c → b']);
  });
});
