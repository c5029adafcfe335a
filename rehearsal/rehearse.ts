import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { asksForHelp, Misuse, readOptions, usage } from './own/options.ts';
import { rehearseOwn } from './own/rehearse-own.ts';
import { head, makeStyle, page, type Style } from './show/page.ts';
import { play } from './show/play.ts';
import { makeSay, Unheard } from './show/saying.ts';
import type { Scene } from './show/scene.ts';
import { scenes } from './show/scenes.ts';
import { startWorld, type World } from './world.ts';

/** As a shell reports a program that SIGPIPE ended: it is not known how the rehearsal would have gone on. */
const BROKEN_PIPE = 141;
const say = makeSay(process.stdout);

/** Shows the action at work on a local cloud: no account, no network, a few seconds. */
async function rehearse(): Promise<number> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    say(usage);
    return 0;
  }
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  if (!existsSync(main)) {
    console.error('There is no dist/main.js yet: run `npm run build` first.');
    return 1;
  }
  const style = makeStyle(process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '');
  // npm runs its scripts in the folder of the package: paths begin where the person is.
  const own = readOptions(args, process.env['INIT_CWD'] ?? process.cwd());
  return own === null ? rehearseScenes(style) : (await rehearseOwn(own, style, say)) ? 0 : 1;
}

async function rehearseScenes(style: Style): Promise<number> {
  say(
    'The action on a local Identity Center and a local Azure, as GitHub would show it. Nothing here leaves this machine.\n',
  );
  const failed: string[] = [];
  const shared = await startWorld({ clouds: ['aws', 'azure'] });
  try {
    for (const [index, scene] of scenes.entries()) {
      const world = scene.world === undefined ? shared : await startWorld(scene.world);
      try {
        say(head(index + 1, scene, style));
        if (!(await show(world, scene, style))) failed.push(`${index + 1}. ${scene.title}`);
      } finally {
        if (world !== shared) await world.close();
      }
    }
  } finally {
    await shared.close();
  }
  say(
    failed.length === 0
      ? style.good(`All ${scenes.length} scenes ended as expected.`)
      : style.bad(`Not as expected: ${failed.join(', ')}`),
  );
  return failed.length === 0 ? 0 : 1;
}

/** Returns whether all of it went as expected. */
async function show(world: World, scene: Scene, style: Style): Promise<boolean> {
  let right = true;
  for await (const played of play(world, scene)) {
    say(page(played, style));
    if (played.faults.length > 0) right = false;
  }
  return right;
}

try {
  process.exitCode = await rehearse();
} catch (error) {
  if (error instanceof Misuse) {
    console.error(error.message);
    process.exitCode = 2;
  } else if (error instanceof Unheard) {
    process.exitCode = BROKEN_PIPE;
  } else throw error;
}
