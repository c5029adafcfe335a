import { build, type Plugin } from 'esbuild';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { applyEdit, type FileEdit } from '../../mutations/edit.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Exports of a module where some of the files that it loads are edited.
 *
 * @param entry its path from the root of the project
 */
export async function mutated<Exports>(entry: string, edits: readonly FileEdit[]): Promise<Exports> {
  const sources = editedSources(edits);
  const loaded = new Set<string>();
  const plugin: Plugin = {
    name: 'mutate',
    setup(esbuild) {
      esbuild.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        loaded.add(path);
        const contents = sources.get(path);
        return contents === undefined ? null : { contents, loader: 'ts' };
      });
    },
  };
  const folder = await mkdtemp(join(tmpdir(), 'cloud-access-model-'));
  try {
    const outfile = join(folder, 'steps.mjs');
    await build({
      entryPoints: [join(root, entry)],
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile,
      plugins: [plugin],
    });
    const unused = [...sources.keys()].filter((path) => !loaded.has(path));
    if (unused.length > 0) throw new Error(`nothing loads ${unused.join(', ')}`);
    return (await import(pathToFileURL(outfile).href)) as Exports;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The text of each file that is edited, by its path. */
function editedSources(edits: readonly FileEdit[]): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const edit of edits) {
    const path = join(root, edit.file);
    sources.set(path, applyEdit(sources.get(path) ?? readFileSync(path, 'utf8'), edit));
  }
  return sources;
}
