import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { readCommand, usage } from './command-line.ts';
import { Misuse } from './own/options.ts';
import { rehearseStep } from './own/rehearse-step.ts';
import { rehearseWorkflows } from './own/workflow/rehearse-workflows.ts';
import { rehearseScenes, sceneList } from './show/rehearse-scenes.ts';
import { makeSay, Unheard } from './show/saying.ts';
import { scenes } from './show/scenes.ts';
import { makeStyle } from './show/style.ts';

/** The exit code that a shell reports of a program which SIGPIPE ended. */
const BROKEN_PIPE = 141;
const say = makeSay(process.stdout);

/** Shows the action at work on a local cloud: no account, no network, less than half a minute. Returns whether all went well. */
async function rehearse(): Promise<boolean> {
  // npm runs its scripts in the folder of the package: paths begin where the person is.
  const folder = process.env['INIT_CWD'] ?? process.cwd();
  const command = readCommand(process.argv.slice(2), folder, scenes.length);
  if (command.kind === 'help' || command.kind === 'list') {
    say(command.kind === 'help' ? usage : sceneList(scenes));
    return true;
  }
  if (!existsSync(fileURLToPath(new URL('../dist/main.js', import.meta.url)))) {
    console.error('dist/main.js does not exist. Run `npm run build` first.');
    return false;
  }
  const style = makeStyle(process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '');
  if (command.kind === 'scenes') return await rehearseScenes(scenes, command, style, say);
  return command.kind === 'step'
    ? await rehearseStep(command, style, say)
    : await rehearseWorkflows(command, style, say);
}

try {
  process.exitCode = (await rehearse()) ? 0 : 1;
} catch (error) {
  if (error instanceof Misuse) {
    console.error(error.message);
    process.exitCode = 2;
  } else if (error instanceof Unheard) {
    process.exitCode = BROKEN_PIPE;
  } else throw error;
}
