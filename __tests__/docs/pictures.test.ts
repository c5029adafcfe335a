import { describe, expect, it } from '@jest/globals';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pictures } from '../../scripts/pictures.ts';
import { documents, readText, root } from './repository.ts';

/** Pictures in a document: what is said instead of them, and where they are in the repository. */
function picturesIn(name: string): readonly { readonly alt: string; readonly path: string }[] {
  return [...readText(name).matchAll(/!\[(?<alt>[^\]]*)\]\((?<path>[^)\s]+)\)/gu)]
    .map(({ groups }) => ({ alt: groups?.['alt'] ?? '', path: groups?.['path'] ?? '' }))
    .filter(({ path }) => !path.includes('://'))
    .map(({ alt, path }) => ({ alt, path: join(dirname(name), path) }));
}

describe('the pictures', () => {
  it('show what the action says: `npm run pictures` makes them anew', async () => {
    const all = Object.entries(await pictures());
    expect(all.length).toBeGreaterThan(1);
    for (const [file, text] of all) expect([file, readText(file)]).toEqual([file, text]);
  });

  it('that documents show are there, small, and described in words', () => {
    const shown = documents.flatMap(picturesIn);
    expect(shown.length).toBeGreaterThan(1);
    for (const { alt, path } of shown) {
      expect(alt.length).toBeGreaterThan(40);
      expect({ path, exists: existsSync(join(root, path)) }).toEqual({ path, exists: true });
      expect(statSync(join(root, path)).size).toBeLessThan(150_000);
    }
  });
});
