import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorld, type World } from '../rehearsal/world.ts';
import { runGreen } from './green.ts';
import { azureByIds, byIds } from './inputs.ts';
import { idOf, subjects, type Subject } from './subjects.ts';
import { atMost, median, type Row } from './table.ts';

const rounds = 5;

type Run = (args: readonly string[]) => Promise<string>;

/**
 * One whole grant by ids, by the action and by the cloud's own CLI, which do the same work: sign in with an ID token, create,
 * wait for the end, read back.
 */
interface Contest {
  readonly cli: string;
  readonly version: readonly string[];
  readonly subject: Subject;
  readonly env: (world: World, folder: string) => Readonly<Record<string, string>>;
  /** Before the clock runs. */
  readonly prepare: (run: Run, world: World) => Promise<void>;
  readonly audience: string;
  readonly grant: (run: Run, token: string, folder: string, world: World) => Promise<void>;
}

const aws: Contest = {
  cli: 'aws',
  version: ['--version'],
  subject: subjects.aws,
  env: (world) => ({ ...world.env, AWS_REGION: byIds['aws-region'], AWS_DEFAULT_REGION: byIds['aws-region'] }),
  prepare: () => Promise.resolve(),
  audience: 'sts.amazonaws.com',
  grant: async (run, token, folder) => {
    // The CLI signs in by itself, from the file, and keeps what it got.
    await rm(join(folder, '.aws', 'cli', 'cache'), { recursive: true, force: true });
    await writeFile(join(folder, 'token'), token);
    const instance = ['--instance-arn', byIds['aws-instance-arn']];
    const started = JSON.parse(
      await run([
        ...['sso-admin', 'create-account-assignment', ...instance],
        ...['--permission-set-arn', byIds.role, '--target-id', byIds.target, '--target-type', 'AWS_ACCOUNT'],
        ...['--principal-type', 'GROUP', '--principal-id', idOf(byIds)],
      ]),
    ) as { readonly AccountAssignmentCreationStatus: { readonly RequestId: string } };
    const id = ['--account-assignment-creation-request-id', started.AccountAssignmentCreationStatus.RequestId];
    const describe = ['sso-admin', 'describe-account-assignment-creation-status', ...instance, ...id];
    while (!(await run(describe)).includes('SUCCEEDED'));
    const list = ['sso-admin', 'list-account-assignments', ...instance, '--account-id', byIds.target];
    expectListed(await run([...list, '--permission-set-arn', byIds.role]), idOf(byIds));
  },
};

/** The CLI is told for whom its tokens are to be; the action reads it. */
const armAudience = 'https://management.bench.example';

const azure: Contest = {
  cli: 'az',
  version: ['version'],
  subject: { ...subjects.azure, options: { ...subjects.azure.options, azure: { armAudiences: [armAudience] } } },
  env: (world, folder) => ({
    ...world.env,
    AZURE_CONFIG_DIR: join(folder, 'azure'),
    AZURE_CORE_COLLECT_TELEMETRY: 'false',
    AZURE_CORE_INSTANCE_DISCOVERY: 'false',
    REQUESTS_CA_BUNDLE: world.env['NODE_EXTRA_CA_CERTS'] ?? '',
  }),
  prepare: async (run, { azure: { environment, login, graph } }) => {
    await run([
      ...['cloud', 'register', '--name', 'Rehearsal', '--skip-endpoint-discovery'],
      ...['--endpoint-resource-manager', environment],
      ...['--endpoint-active-directory', login, '--endpoint-active-directory-resource-id', armAudience],
      ...['--endpoint-active-directory-graph-resource-id', `${graph}/`, '--endpoint-management', environment],
      ...['--endpoint-microsoft-graph-resource-id', graph],
    ]);
    await run(['cloud', 'set', '--name', 'Rehearsal']);
  },
  audience: 'api://AzureADTokenExchange',
  grant: async (run, token, _folder, { azure: { ids } }) => {
    await run([
      ...['login', '--service-principal', '--username', ids.clientId, '--tenant', ids.tenantId],
      ...['--federated-token', token],
    ]);
    await run([
      ...['role', 'assignment', 'create', '--assignee-object-id', idOf(azureByIds)],
      ...['--assignee-principal-type', 'Group', '--role', azureByIds.role, '--scope', azureByIds.target],
    ]);
    const list = ['role', 'assignment', 'list', '--scope', azureByIds.target, '--fill-principal-name', 'false'];
    expectListed(await run([...list, '--fill-role-definition-name', 'false']), idOf(azureByIds));
  },
};

function expectListed(list: string, principal: string): void {
  if (!list.includes(principal)) throw new Error(`the CLI's grant is not listed:\n${list}`);
}

/** The action takes a third of the time. */
const goal = 0.33;

/** How long the action takes, compared with the clouds' own CLIs, against the same local servers, where those are installed. */
export async function measureCli(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const contest of [aws, azure]) rows.push(await compare(contest));
  return rows;
}

async function compare(contest: Contest): Promise<Row> {
  const { subject } = contest;
  const what = `one whole grant by ids, compared with ${contest.cli}`;
  const world = await startWorld(subject.options);
  const folder = await mkdtemp(join(tmpdir(), 'cloud-access-bench-'));
  try {
    const env = { ...environmentOf(process.env), ...contest.env(world, folder), ...roleOf(folder), HOME: folder };
    const run = runner(contest.cli, env);
    if (!(await run(contest.version).catch(isMissing))) return { what, figure: 'not installed', goal: '–', met: null };
    await contest.prepare(run, world);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const step = await runGreen(world, { inputs: subject.inputs(world) });
      subject.undo(world);
      const began = performance.now();
      await contest.grant(run, await idToken(world, contest.audience), folder, world);
      const took = performance.now() - began;
      subject.undo(world);
      if (round < 0) continue;
      ours.push(step.realMs);
      theirs.push(took);
    }
    const detail = ` (${median(ours).toFixed(0)} ms to ${median(theirs).toFixed(0)} ms)`;
    return atMost(what, median(ours) / median(theirs), goal, ' ×', detail);
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the AWS CLI signs in with; the other does not look at it. */
function roleOf(folder: string): Readonly<Record<string, string>> {
  return {
    AWS_ROLE_ARN: byIds['aws-role-to-assume'],
    AWS_ROLE_SESSION_NAME: 'bench',
    AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_PAGER: '',
  };
}

function environmentOf(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const kept = ['PATH', 'PYENV_ROOT', 'SYSTEMROOT', 'TEMP', 'TMPDIR', 'LANG'];
  return Object.fromEntries(kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function isMissing(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
  throw error;
}

/** The servers are in this process: nothing may block it. */
function runner(command: string, env: Readonly<Record<string, string>>): Run {
  return async (args) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} failed:\n${stderr}`);
    return stdout;
  };
}

async function idToken({ env }: World, audience: string): Promise<string> {
  const url = new URL(env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '');
  url.searchParams.set('audience', audience);
  const headers = { authorization: `Bearer ${env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''}` };
  const { value } = (await (await fetch(url, { headers })).json()) as { readonly value: string };
  return value;
}
