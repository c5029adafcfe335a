import { build, type Plugin } from 'esbuild';
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Edit } from './edit.ts';
import type { Steps } from './steps.ts';

const sources = {
  aws: { steps: '../../src/aws/leases/steps/', entry: 'shipped.ts' },
  azure: { steps: '../../src/azure/leases/steps/', entry: 'azure/shipped.ts' },
  pim: { steps: '../../src/azure/leases/pim/steps/', entry: 'pim/shipped.ts' },
} as const;

const placeOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The shipped steps with some of their text replaced. Each text has to be there exactly once. */
export async function mutatedSteps<Shipped = Steps>(
  edits: readonly Edit[],
  protocol: keyof typeof sources = 'aws',
): Promise<Shipped> {
  const { steps, entry } = sources[protocol];
  const leases = placeOf(steps);
  const left = new Set(edits);
  const plugin: Plugin = {
    name: 'mutate',
    setup(esbuild) {
      esbuild.onLoad({ filter: /steps[\\/][\w-]+\.ts$/ }, async ({ path }) => {
        let contents = await readFile(path, 'utf8');
        for (const edit of edits) {
          if (join(leases, edit.file) !== path) continue;
          const places = contents.split(edit.find).length - 1;
          if (places !== 1) throw new Error(`${edit.file} has ${places} places instead of one: ${edit.find}`);
          contents = contents.replace(edit.find, () => edit.replace);
          left.delete(edit);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
  const folder = await mkdtemp(join(tmpdir(), 'cloud-access-model-'));
  try {
    const outfile = join(folder, 'steps.mjs');
    await build({
      entryPoints: [placeOf(entry)],
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile,
      plugins: [plugin],
    });
    if (left.size > 0) throw new Error(`nothing loads ${[...left].map(({ file }) => file).join(', ')}`);
    return (await import(pathToFileURL(outfile).href)) as Shipped;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
