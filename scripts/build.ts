/**
 * Builds `dist/`: TypeScript to JavaScript, one bundle with shared chunks by ncc, each file minified by esbuild.
 * With `--check` it builds elsewhere and compares byte for byte.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ncc from '@vercel/ncc';
import { transform } from 'esbuild';
import { commandLine } from './command.ts';

const usage = `npm run build
npm run check:dist

  --check  builds elsewhere, and fails where dist is not the same`;

const { values } = commandLine(usage, { check: { type: 'boolean', default: false } });

const root = fileURLToPath(new URL('..', import.meta.url));
const committed = join(root, 'dist');
const compiled = join(root, 'build');

/**
 * What packages read of those that are left out while they load: @actions/github makes an HTTP client, and builds Octokit
 * with a method for each operation of GitHub.
 */
const stub =
  'data:text/javascript,export class HttpClient{getAgent(){}getAgentDispatcher(){}};' +
  'export const exec=null,getExecOutput=null,fetch=null,restEndpointMethods=()=>({})';
/** A module that Node has loaded already, for a package of which nothing is read. */
const nothing = 'node:module';

/** Packages that other packages import and that nothing here calls. */
const leftOut = {
  // Runs commands for the platform of @actions/core: Node would load four of its modules for it at each start.
  '@actions/exec': stub,
  // Our own connections bear every request of @actions/core and @actions/github: ID tokens have bounded tries, and Octokit
  // is given our `fetch`. The client is as large as all of Octokit, and costs 95 ms at each start.
  '@actions/http-client': stub,
  '@actions/http-client/lib/auth': nothing,
  undici: stub,
  // Has a method for each operation of GitHub. Requests name their paths.
  '@octokit/plugin-rest-endpoint-methods': stub,
  // Signs with a certificate. The sign-in to Azure has a token.
  jsonwebtoken: nothing,
  // Opens a browser to sign in to Azure.
  open: nothing,
  // Names the browser that the AWS SDK runs in.
  bowser: nothing,
};

const credentials = '../../../node_modules/@azure/identity/dist/esm/credentials';

/**
 * What a package's entry would bring too much of. The client: from its CommonJS a second copy of the whole pipeline below it,
 * 40 ms of CPU at each start. The credentials: some twenty that nothing here uses.
 */
const modulesOf = [
  { of: '@azure/arm-authorization', in: null, are: '@azure/arm-authorization/dist-esm/src/index.js' },
  { of: '@azure/identity', in: 'federation.js', are: `${credentials}/clientAssertionCredential.js` },
  { of: '@azure/identity', in: 'cli-session.js', are: `${credentials}/azureCliCredential.js` },
] as const;

/**
 * Nothing here sends forms. The Azure SDK asks of each request whether it is one, and Node would load all of its `fetch`
 * to answer that.
 */
const unknown = { FormData: 'undefined' };

/**
 * The least size of a chunk of shared modules, in bytes before they are minified: smaller modules are repeated in each chunk.
 * webpack's own is 20,000.
 */
const leastShared = 3_000;

/** Makes these chunks. ncc has no setting for it, but a loader gets the compiler. */
const sharing = `module.exports = function (source) {
  const { SplitChunksPlugin } = this._compiler.webpack.optimize;
  const plugin = new SplitChunksPlugin({
    chunks: 'async',
    minSize: ${leastShared},
    minSizeReduction: 0,
    maxAsyncRequests: Infinity,
    defaultSizeTypes: ['javascript', 'unknown'],
    cacheGroups: { shared: { minChunks: 2, reuseExistingChunk: true } },
  });
  const thisCompilation = { tap: (_name, apply) => apply(this._compilation) };
  plugin.apply({ context: this._compiler.context, hooks: { thisCompilation } });
  return source;
};
`;

/** The licence of every package of which something is in the bundle. */
const licenses = 'licenses.txt';

/** The two entry points that action.yml names. */
const entries = {
  'main.js': "import { main } from './index.js';\nawait main();\n",
  'post.js': "import { post } from './index.js';\nawait post();\n",
  'package.json': '{ "type": "module" }\n',
};

async function build(into: string): Promise<void> {
  compile();
  const { code, assets } = await ncc(join(compiled, 'index.js'), {
    externals: leftOut,
    quiet: true,
    cache: false,
    license: licenses,
  });
  const scripts: Record<string, string> = { 'index.js': code };
  for (const [name, { source }] of Object.entries(assets))
    if (name.endsWith('.js')) scripts[name] = Buffer.from(source).toString();
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(into, name), await minify(text));
  for (const [name, text] of Object.entries(entries)) writeFileSync(join(into, name), text);
  writeFileSync(join(into, licenses), String(assets[licenses]?.source ?? ''));
}

function compile(): void {
  rmSync(compiled, { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('tsc failed');
  writeFileSync(join(compiled, 'package.json'), JSON.stringify({ type: 'module', imports: importsOf() }));
  for (const modules of modulesOf) importFrom(modules);
  writeFileSync(join(compiled, 'sharing.cjs'), sharing);
  writeFileSync(join(compiled, 'nothing.js'), '');
  const index = join(compiled, 'index.js');
  writeFileSync(index, `import '!!./sharing.cjs!./nothing.js';\n${readFileSync(index, 'utf8')}`);
}

/** The short names of package.json, as they lead to what was compiled. */
function importsOf(): Readonly<Record<string, string>> {
  const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly imports: Readonly<Record<string, string>>;
  };
  const compiledOf = (path: string): string => path.replace(/^\.\/src\//u, './').replace(/\.ts$/u, '.js');
  return Object.fromEntries(Object.entries(imports).map(([name, path]) => [name, compiledOf(path)]));
}

function importFrom({ of, in: importer, are }: (typeof modulesOf)[number]): void {
  const files = readdirSync(compiled, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith(importer ?? '.js'),
  );
  let found = 0;
  for (const file of files.map((it) => join(compiled, it))) {
    const text = readFileSync(file, 'utf8');
    if (!text.includes(`'${of}'`)) continue;
    found += 1;
    writeFileSync(file, text.replaceAll(`'${of}'`, `'${are}'`));
  }
  if (found === 0) throw new Error(`nothing imports ${of}`);
}

async function minify(source: string): Promise<string> {
  const { code } = await transform(source, {
    minify: true,
    format: 'esm',
    target: 'node24',
    legalComments: 'none',
    define: unknown,
  });
  return code;
}

function contents(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder).sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

async function check(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-access-dist-'));
  await build(folder);
  const [built, kept] = [contents(folder), contents(committed)];
  rmSync(folder, { recursive: true });
  const names = new Set([...built.keys(), ...kept.keys()]);
  const different = [...names].filter((name) => built.get(name) !== kept.get(name));
  console.log(
    different.length === 0 ? 'dist is what src builds.' : `dist differs from what src builds: ${different.join(', ')}`,
  );
  if (different.length > 0) process.exitCode = 1;
}

await (values.check ? check() : build(committed));
