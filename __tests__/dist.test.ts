import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Step, StepResult } from '../rehearsal/runner/step.ts';
import { startWorld, type World } from '../rehearsal/world.ts';
import { azureByIds, azureByNames, azureStep } from './scenario/azure-support.ts';
import { stepWithFiles } from './scenario/access-files.ts';
import { listing } from './scenario/lease-support.ts';
import { byIds, byNames, pushOne, signIn, step } from './scenario/support.ts';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const names = readdirSync(dist);
const read = (name: string): string => readFileSync(dist + name, 'utf8');

/** A preload that records every file that is loaded, as a module or by `require`. */
const spy = (say: string): string => `
  import { appendFileSync } from 'node:fs';
  import { registerHooks } from 'node:module';
  registerHooks({ load: (url, context, next) => { ${say}; return next(url, context); } });
`;

/** The files of dist that a stage opens, as the runner would start it. */
function loaded(stage: 'main' | 'post', env: NodeJS.ProcessEnv): readonly string[] {
  const preload = `data:text/javascript,${encodeURIComponent(spy("process.stderr.write('loaded ' + url + '\\n')"))}`;
  const { stderr } = spawnSync(process.execPath, ['--import', preload, `${dist}${stage}.js`], {
    env,
    encoding: 'utf8',
  });
  return [...stderr.matchAll(/^loaded .*\/dist\/(?<name>[^/\n]+)$/gmu)].map(({ groups }) => groups?.['name'] ?? '');
}

/** A mark of a chunk of one cloud's SDK. */
const signs = {
  aws: /amazonaws\.com|AmazonSSO|AWSSSO|sso-admin|AssumeRoleWithWebIdentity/u,
  azure: /roleAssignments\/\{roleAssignmentName\}|client_assertion|azsdk-js|msal\.js|getByIds/u,
} as const;

describe('dist', () => {
  it('holds only scripts that some file loads', () => {
    const texts = names.filter((name) => name.endsWith('.js')).map(read);
    const orphans = names.filter((name) => {
      if (['main.js', 'post.js', 'index.js', 'package.json', 'licenses.txt'].includes(name)) return false;
      const chunk = /^(?<id>\d+)\.index\.js$/u.exec(name)?.groups?.['id'];
      return chunk === undefined || !texts.some((text) => new RegExp(`\\b${chunk}\\b`, 'u').test(text));
    });
    expect(orphans).toEqual([]);
  });

  it('has the license of every package in it, and all of them allow its distribution', () => {
    const lines = read('licenses.txt').split('\n');
    const manifest = JSON.parse(readFileSync(`${dist}../package.json`, 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    expect(lines).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
    // A package's name is on a line of its own, with its license on the next.
    const named = lines.flatMap((line, index) =>
      /^@?[\w.-]+(?:\/[\w.-]+)?$/u.test(line) && (index === 0 || lines[index - 1] === '')
        ? [lines[index + 1] ?? '']
        : [],
    );
    expect(named.length).toBeGreaterThan(50);
    for (const licence of new Set(named))
      expect(['MIT', 'Apache-2.0', 'ISC', '0BSD', 'BSD-3-Clause']).toContain(licence);
  });

  it.each([
    ['the HTTP client of @actions/core', /undici/iu],
    ['the methods of Octokit', /\/repos\/\{owner\}\/\{repo\}\/branches/u],
    ['signing of tokens', /JsonWebTokenError/u],
    ['opening a browser', /xdg-open/u],
    ['recognizing a browser', /SeaMonkey/u],
  ])('leaves out %s, which nothing calls', (_, sign) => {
    expect(names.filter((name) => sign.test(read(name)))).toEqual([]);
  });

  it("has one copy of the pipeline below Azure's clients", () => {
    const everything = names.filter((name) => name.endsWith('.js')).map(read);
    expect(everything.join('').match(/Access-Control-Expose-Headers/gu)).toHaveLength(1);
  });

  it('has one set of chunks for main and post, of which an idle post loads almost nothing', () => {
    const post = loaded('post', {});
    expect(post).toEqual(expect.arrayContaining(['post.js', 'index.js']));
    const bytes = post.reduce((sum, name) => sum + read(name).length, 0);
    expect(bytes).toBeLessThan(10_000);
    expect(loaded('main', {})).toContain('index.js');
  });

  it.each(['aws', 'azure'])('loads no cloud for a step of %s with an input fault', (cloud) => {
    const bytes = loaded('main', { INPUT_CLOUD: cloud }).reduce((sum, name) => sum + read(name).length, 0);
    expect(bytes).toBeLessThan(183_000);
  });
});

describe('a step without access files', () => {
  /** A code of the parser's errors. */
  const yaml = 'BLOCK_AS_IMPLICIT_KEY';
  const parsers = (inputs: NodeJS.ProcessEnv): readonly string[] =>
    loaded('main', { INPUT_CLOUD: 'aws', ...inputs }).filter((name) => read(name).includes(yaml));

  it('loads no parser of YAML, and one with such files does', () => {
    expect(parsers({})).toEqual([]);
    expect(parsers({ INPUT_PRINCIPAL: 'group:A', 'INPUT_ACCESS-FILE': ' ' })).toEqual([]);
    expect(parsers({ 'INPUT_ACCESS-FILE': 'none.yml' })).toHaveLength(1);
  });
});

describe('a whole run', () => {
  let world: World;
  let folder: string;
  beforeAll(async () => {
    world = await startWorld({ clouds: ['aws', 'azure'] });
    folder = await mkdtemp(join(tmpdir(), 'loaded-'));
    const list = pathToFileURL(join(folder, 'loaded.txt')).href;
    const say = `if (url.startsWith('file:')) appendFileSync(new URL(${JSON.stringify(list)}), url + '\\n')`;
    const atEnd = `process.on('exit', () => appendFileSync(new URL(${JSON.stringify(list)}), process.moduleLoadList.join('\\n')));`;
    await writeFile(join(folder, 'spy.mjs'), spy(say) + atEnd);
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  type Run = (more: Omit<Step, 'inputs'>) => Promise<StepResult>;
  const known = new Map<Run, Promise<readonly string[]>>();

  /** The scripts that a step opened, all of them in dist; each step runs once. */
  function opened(run: Run): Promise<readonly string[]> {
    const modules = known.get(run) ?? openedNow(run);
    known.set(run, modules);
    return modules;
  }

  async function openedNow(run: Run): Promise<readonly string[]> {
    const list = join(folder, 'loaded.txt');
    await writeFile(list, '');
    const result = await run({ env: { NODE_OPTIONS: `--import ${pathToFileURL(join(folder, 'spy.mjs')).href}` } });
    expect(result.exitCode).toBe(0);
    const lines = (await readFile(list, 'utf8')).split('\n');
    // It takes as long to load as a cloud's client does, and nothing is asked through it.
    expect(lines.filter((line) => line.startsWith('NativeModule internal/deps/undici'))).toEqual([]);
    expect(lines).toContain('NativeModule https');
    const files = lines.filter((url) => url.includes('/dist/'));
    const modules = [...new Set(files.map((url) => url.split('/').at(-1) ?? ''))];
    expect(modules).toEqual(expect.arrayContaining(['main.js', 'index.js']));
    return modules;
  }
  const onAws =
    (inputs: Step['inputs']): Run =>
    (more) =>
      step(world, inputs, more);
  const onAzure =
    (inputs: Step['inputs']): Run =>
    (more) =>
      azureStep(world, inputs, more);
  const aws = {
    byIds: onAws(byIds),
    revoke: onAws({ ...byNames, operation: 'revoke' }),
    push: onAws(pushOne),
    list: onAws(listing),
  };
  const azure = {
    byIds: onAzure(azureByIds),
    byNames: onAzure(azureByNames),
    revoke: onAzure({ ...azureByNames, operation: 'revoke' }),
  };
  const withSign = (modules: readonly string[], sign: RegExp): readonly string[] =>
    modules.filter((name) => name.endsWith('.index.js') && sign.test(read(name)));

  /** The chunk of all inputs names both clouds: the chunks that an input fault loads are no cloud's code. */
  const shared = loaded('main', { INPUT_CLOUD: 'aws' });

  it("on AWS opens none of Azure's code", async () => {
    for (const run of [aws.byIds, aws.revoke, aws.push]) {
      const own = (await opened(run)).filter((name) => !shared.includes(name));
      expect(withSign(own, signs.aws)).not.toEqual([]);
      expect(withSign(own, signs.azure)).toEqual([]);
    }
  });

  it("on Azure opens none of AWS's code", async () => {
    for (const run of [azure.byIds, azure.revoke]) {
      const own = (await opened(run)).filter((name) => !shared.includes(name));
      expect(withSign(own, signs.azure)).not.toEqual([]);
      expect(withSign(own, signs.aws)).toEqual([]);
    }
  });

  it('without access files opens no code of them, and with one all of it', async () => {
    const ofFiles = [/A merge key of YAML/u, /BLOCK_AS_IMPLICIT_KEY/u, /has expired, and its lines/u];
    const chunksOf = async (run: Run): Promise<readonly boolean[]> => {
      const modules = await opened(run);
      return ofFiles.map((sign) => withSign(modules, sign).length > 0);
    };
    for (const run of [aws.byIds, azure.byIds, aws.list]) expect(await chunksOf(run)).toEqual([false, false, false]);
    expect(await chunksOf(onAws({ ...signIn, operation: 'inventory', target: byIds.target }))).toEqual([
      false,
      false,
      true,
    ]);
    const file =
      'version: 1\ncloud: aws\nowns: { roles: [ReadOnlyAccess], targets: [account:payments-prod] }\ngrants: []\n';
    const reconciling = { ...signIn, operation: 'reconcile', 'access-file': 'access.yml', 'dry-run': 'true' };
    const withFile: Run = (more) => stepWithFiles(world, { 'access.yml': file }, reconciling, more);
    expect(await chunksOf(withFile)).toEqual([true, true, true]);
  });

  it('leaves no chunk of dist that no run and no other chunk opens', async () => {
    const runs = [aws.byIds, aws.revoke, azure.byNames];
    const seen = new Set([...loaded('post', {}), ...loaded('main', { STATE_x: 'y' })]);
    for (const run of runs) for (const name of await opened(run)) seen.add(name);
    // The remaining chunks are opened by these: branches that these runs did not take.
    const openedBy = (name: string): readonly string[] =>
      [...read(name).matchAll(/\.e\((?<id>\d+)\)/gu)].map(({ groups }) => `${groups?.['id'] ?? ''}.index.js`);
    const reached = new Set([...seen].filter((name) => name.endsWith('.js')));
    for (const name of reached) for (const next of openedBy(name)) if (names.includes(next)) reached.add(next);
    expect(names.filter((name) => name.endsWith('.index.js') && !reached.has(name))).toEqual([]);
  });

  it("opens a chunk of the cloud's SDK only when it is needed: with IDs no more than with names", async () => {
    const size = (modules: readonly string[]): number => modules.reduce((sum, name) => sum + read(name).length, 0);
    const byId = await opened(azure.byIds);
    const byName = await opened(azure.revoke);
    expect(size(byId)).toBeLessThanOrEqual(size(byName));
    expect(size(byId)).toBeLessThan(1_000_000);
  });
});
