import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { runStep, type Step, type StepResult } from './runner/step.ts';
import { makeStyle, page } from './show/page.ts';
import { scenes, type Scene } from './show/scenes.ts';
import { startWorld, type World } from './world.ts';

/** Shows the action at work on a local cloud: no account, no network, a few seconds. */
async function rehearse(): Promise<number> {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  if (!existsSync(main)) {
    console.error('There is no dist/main.js yet: run `npm run build` first.');
    return 1;
  }
  const style = makeStyle(process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '');
  console.log(
    'The action on a local Identity Center and a local Azure, as GitHub would show it. Nothing here leaves this machine.\n',
  );
  const failed: string[] = [];
  const shared = await startWorld({ clouds: ['aws', 'azure'] });
  try {
    for (const [index, scene] of scenes.entries()) {
      const world = scene.world === undefined ? shared : await startWorld(scene.world);
      try {
        const { inputs, result, faults } = await play(world, scene);
        console.log(page(index + 1, { ...scene, inputs }, result, faults, style));
        if (faults.length > 0) failed.push(`${index + 1}. ${scene.title}`);
      } finally {
        if (world !== shared) await world.close();
      }
    }
  } finally {
    await shared.close();
  }
  console.log(
    failed.length === 0
      ? style.good(`All ${scenes.length} scenes ended as expected.`)
      : style.bad(`Not as expected: ${failed.join(', ')}`),
  );
  return failed.length === 0 ? 0 : 1;
}

interface Played {
  readonly inputs: Step['inputs'];
  readonly result: StepResult;
  readonly faults: readonly string[];
}

async function play(world: World, scene: Scene): Promise<Played> {
  scene.before?.(world);
  const inputs = typeof scene.inputs === 'function' ? scene.inputs(world) : scene.inputs;
  const changed = (): number =>
    inputs['cloud'] === 'azure' ? world.azure.estate.effectiveChanges().length : world.estate.effectiveChanges().length;
  const before = changed();
  const result = await runStep(world, { inputs });
  return { inputs, result, faults: faultsOf(scene, result, changed() - before, world.secrets()) };
}

function faultsOf(scene: Scene, result: StepResult, changes: number, secrets: readonly string[]): readonly string[] {
  const { expected } = scene;
  const faults: string[] = [];
  if (result.exitCode !== expected.exitCode)
    faults.push(`exit code ${String(result.exitCode)} instead of ${expected.exitCode}`);
  for (const [name, value] of Object.entries(expected.outputs)) {
    const actual = result.outputs[name] ?? '';
    const right = typeof value === 'string' ? actual === value : value.test(actual);
    if (!right) faults.push(`output ${name} is ${JSON.stringify(actual)} instead of ${String(value)}`);
  }
  if (changes !== expected.changes) faults.push(`${changes} changes in the cloud instead of ${expected.changes}`);
  return [...faults, ...result.fileProblems, ...result.leaked(secrets)];
}

process.exitCode = await rehearse();
