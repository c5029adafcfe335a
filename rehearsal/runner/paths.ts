import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';

/** The folders and files of one step on a runner, all fresh. */
export interface RunnerPaths {
  readonly root: string;
  readonly home: string;
  readonly temp: string;
  readonly work: string;
  readonly workspace: string;
  readonly toolCache: string;
  readonly event: string;
  /** The report on the process, by witness.mjs. */
  readonly witness: string;
  readonly commandFiles: Readonly<Record<CommandFile, string>>;
}

export type CommandFile = 'output' | 'state' | 'env' | 'path' | 'summary';

/** Remaining files of a process: relative path → content or permission bits. */
export interface Tree {
  readonly files: Readonly<Record<string, string>>;
  readonly modes: Readonly<Record<string, number>>;
}

/** Makes the folders the way the runner lays them out; the command files are empty [runner:FileCommandManager.cs]. */
export async function makePaths(event: unknown): Promise<RunnerPaths> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'rehearsal-')));
  const commands = join(root, 'temp', '_runner_file_commands');
  const paths: RunnerPaths = {
    root,
    home: join(root, 'home'),
    temp: join(root, 'temp'),
    work: join(root, 'work'),
    workspace: join(root, 'work', 'repository'),
    toolCache: join(root, 'tools'),
    event: join(root, 'temp', '_github_workflow', 'event.json'),
    witness: join(root, 'witness'),
    commandFiles: {
      output: join(commands, 'set_output'),
      state: join(commands, 'save_state'),
      env: join(commands, 'set_env'),
      path: join(commands, 'add_path'),
      summary: join(commands, 'step_summary'),
    },
  };
  for (const folder of [paths.home, paths.workspace, paths.toolCache, commands, join(paths.temp, '_github_workflow')])
    await mkdir(folder, { recursive: true });
  for (const file of Object.values(paths.commandFiles)) await writeFile(file, '');
  await writeFile(paths.event, JSON.stringify(event));
  return paths;
}

/** Puts files into the workspace, as an earlier step of the job does. */
export async function checkOut({ workspace }: RunnerPaths, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), text);
  }
}

/** Reads everything below the root that the harness did not put there itself. */
export async function readTree(paths: RunnerPaths): Promise<Tree> {
  const files: Record<string, string> = {};
  const modes: Record<string, number> = {};
  const own = new Set([paths.event, paths.witness, ...Object.values(paths.commandFiles)]);
  for (const entry of await readdir(paths.root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || own.has(path)) continue;
    const name = relative(paths.root, path).split(sep).join('/');
    files[name] = await readFile(path, 'utf8');
    modes[name] = (await stat(path)).mode & 0o777;
  }
  return { files, modes };
}

export async function removePaths(paths: RunnerPaths): Promise<void> {
  await rm(paths.root, { recursive: true, force: true });
}
