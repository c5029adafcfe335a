import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';

import { startWorld, type World } from '../../rehearsal/world.ts';
import { ARM, ask, idToken, inAzure, signIn } from './azure-support.ts';

const SCOPE = '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/payments-prod';
const ON_CALL = '96000000-0000-4000-8000-000000000001';

const repository = fileURLToPath(new URL('../../', import.meta.url));

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in an environment of the given variables only. */
async function run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { env, cwd: repository });
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as {
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    };
    return { exitCode: code, stdout, stderr };
  }
}

/** Runs a module under a world's environment and reads the JSON that it prints. */
async function under(world: World, env: Readonly<Record<string, string>>, module: string): Promise<unknown> {
  const options = ['--no-warnings', '--input-type=module', '-e', module];
  const { stdout, stderr } = await run(process.execPath, options, { ...world.env, ...env, NODE_OPTIONS: '' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as unknown;
}

describe('a world', () => {
  test('has Azure only on request, and AWS only on request', async () => {
    const plain = await startWorld();
    const other = await startWorld({ clouds: ['azure'] });
    try {
      expect(plain.env).not.toHaveProperty('NODE_EXTRA_CA_CERTS');
      expect(() => plain.azure).toThrow("This world has no azure: start it with clouds: ['azure'].");
      expect(() => other.aws).toThrow("This world has no aws: start it with clouds: ['aws'].");
      expect(Object.keys(other.env).filter((name) => name.startsWith('AWS_'))).toEqual([]);
      expect(other.azure.environment).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    } finally {
      await plain.close();
      await other.close();
    }
  });

  test('gives a step its caller, the addresses of Azure, and the authority to trust', async () => {
    const world = await startWorld({ clouds: ['aws', 'azure'] });
    const trust = world.env['NODE_EXTRA_CA_CERTS'] ?? '';
    try {
      expect(world.azure.inputs).toEqual({
        'azure-client-id': 'a9900000-0000-4000-8000-0000000000b0',
        'azure-tenant-id': '72f988bf-0000-4000-8000-000000000001',
        'azure-subscription-id': '11111111-2222-4333-8444-555555555501',
        'azure-environment': world.azure.environment,
        'azure-audience': 'api://AzureADTokenExchange',
      });
      expect(world.env['AWS_ENDPOINT_URL_STS']).toMatch(/^http:/);
      expect(world.env).not.toHaveProperty('HTTPS_PROXY');
      expect(readFileSync(trust, 'utf8')).toBe(world.azure.ca);
      const module = `
        const tried = async (url) => fetch(url).then(({ status }) => status, ({ cause }) => cause.code);
        console.log(JSON.stringify(await tried('${world.azure.environment}/metadata/endpoints?api-version=2022-09-01')));`;
      expect(await under(world, {}, module)).toBe(200);
      expect(await under(world, { NODE_EXTRA_CA_CERTS: '' }, module)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    } finally {
      await world.close();
    }
    expect(existsSync(trust)).toBe(false);
  });

  test('shows the state of Azure and allows changes as by others', () =>
    inAzure({}, async (world) => {
      const { estate } = world.azure;
      const grant = { scope: SCOPE, role: 'Reader', principalId: ON_CALL };
      expect(estate.has(grant)).toBe(false);
      const { id } = estate.add({ ...grant, description: 'by hand' });
      expect(estate.has({ ...grant, scope: SCOPE.toUpperCase(), role: estate.role('Reader').toUpperCase() })).toBe(
        true,
      );
      expect(estate.find(grant)).toMatchObject({ id, principalType: 'Group', description: 'by hand' });
      world.script.at(1000, () => {
        estate.remove(grant);
      });
      await world.advance(999);
      expect(estate.has(grant)).toBe(true);
      await world.advance(1);
      expect(estate.has(grant)).toBe(false);
      expect(estate.effectiveChanges()).toEqual([]);
      expect(estate.roles.map(({ name }) => name)).toContain('Payments Operator');
      expect(estate.users.map(({ userPrincipalName }) => userPrincipalName)).toContain('$ops@example.com');
    }));

  const NAME = '0aaaaaaa-0000-4000-8000-000000000001';

  /** Makes the on-call group a reader. */
  const put = (world: World, authorization: string): ReturnType<typeof ask> =>
    ask(
      `${world.azure.environment}${SCOPE}/providers/Microsoft.Authorization/roleAssignments/${NAME}?api-version=2022-04-01`,
      {
        method: 'PUT',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({
          properties: {
            roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${world.azure.estate.role('Reader')}`,
            principalId: ON_CALL,
            principalType: 'Group',
          },
        }),
      },
    );

  test('allows changes of ARM to a signed-in client, and not with a token for another service', () =>
    inAzure({}, async (world) => {
      expect((await put(world, `Bearer ${world.azure.token(world.azure.graph)}`)).status).toBe(401);
      const { body } = await signIn(world);
      const answer = await put(world, `Bearer ${String(body['access_token'])}`);
      expect(answer.status).toBe(201);
      const { estate } = world.azure;
      expect(estate.has({ scope: SCOPE, role: 'Reader', principalId: ON_CALL })).toBe(true);
      expect(estate.effectiveChanges()).toMatchObject([{ kind: 'create' }]);
      expect(world.journal.of('roleAssignments.put').at(-1)).toMatchObject({
        service: 'arm',
        status: 201,
        requestId: answer.headers.get('x-ms-request-id'),
      });
    }));

  test('returns a scripted body in place of that of a success, 201 too', () =>
    inAzure({}, async (world) => {
      world.script.fault({ operation: 'roleAssignments.put' }, { kind: 'answer', body: { scripted: true } });
      const { status, body } = await put(world, `Bearer ${world.azure.token()}`);
      expect([status, body]).toEqual([201, { scripted: true }]);
      expect(world.azure.estate.assignments().map(({ name }) => name)).toContain(NAME);
    }));
});

describe('the proxy', () => {
  /** Result of a request for a tunnel. */
  const connect = (world: World, target: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(world.env['HTTPS_PROXY'] ?? '');
      const socket = connectPlain(Number(port), hostname, () => {
        socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`);
      });
      socket.setEncoding('utf8');
      socket.once('data', (text: string) => {
        socket.destroy();
        resolve(text.split('\r\n')[0] ?? '');
      });
      socket.once('error', reject);
    });

  /** Signs in through the proxy with the official client, for ARM and Graph, and sends a request to both. */
  const module = (login: string, tenant: string, client: string, arm: string, graphHost: string): string => `
    import { ClientAssertionCredential } from '@azure/identity';
    import { setGlobalProxyFromEnv } from 'node:http';
    setGlobalProxyFromEnv();
    const credential = new ClientAssertionCredential('${tenant}', '${client}', () => process.env.ASSERTION, {
      authorityHost: 'https://${login}',
    });
    const ask = async (host, path) => {
      try {
        const { token } = await credential.getToken('https://' + host + '/.default');
        const { status } = await fetch('https://' + host + path, { headers: { authorization: 'Bearer ' + token } });
        return status;
      } catch (error) {
        return error.message + String(error.cause ?? '');
      }
    };
    console.log(JSON.stringify([
      await ask('${arm}', '/subscriptions?api-version=2022-12-01'),
      await ask('${graphHost}', '/v1.0/users'),
    ]));`;

  test.each([
    ['login.microsoftonline.com', 'management.azure.com', 'graph.microsoft.com', ''],
    ['login.microsoftonline.us', 'management.usgovcloudapi.net', 'graph.microsoft.us', 'USGov'],
    ['login.chinacloudapi.cn', 'management.chinacloudapi.cn', 'microsoftgraph.chinacloudapi.cn', 'China'],
    ['login.partner.microsoftonline.cn', 'management.chinacloudapi.cn', 'microsoftgraph.chinacloudapi.cn', 'China'],
  ])('leads %s, %s and %s to these servers', (login, arm, graphHost, suffix) =>
    inAzure({ proxy: true }, async (world) => {
      const { tenantId, clientId } = world.azure.ids;
      const ASSERTION = await idToken(world, `api://AzureADTokenExchange${suffix}`);
      const mark = world.journal.mark();
      expect(await under(world, { ASSERTION }, module(login, tenantId, clientId, arm, graphHost))).toEqual([200, 200]);
      const entries = world.journal.since(mark);
      const tunnels = entries.filter(({ service, operation }) => service === 'proxy' && operation === 'connect');
      expect(tunnels.map(({ host }) => host)).toEqual(expect.arrayContaining([arm, graphHost]));
      expect(tunnels.every(({ status }) => status === 200)).toBe(true);
      expect(entries.find(({ operation }) => operation === 'subscriptions.list')?.host).toBe(arm);
      expect(entries.find(({ operation }) => operation === 'users.list')?.host).toBe(graphHost);
      expect(entries.filter(({ operation }) => operation === 'token').map(({ host }) => host)).toEqual(
        suffix === 'China' ? expect.arrayContaining([expect.stringMatching(/^login\..+\.cn$/)]) : [login, login],
      );
    }),
  );

  test('an assertion for one cloud is not valid for another', () =>
    inAzure({ proxy: true }, async (world) => {
      const { tenantId, clientId } = world.azure.ids;
      const ASSERTION = await idToken(world);
      const script = module(
        'login.microsoftonline.us',
        tenantId,
        clientId,
        'management.usgovcloudapi.net',
        'graph.microsoft.us',
      );
      const refused = expect.stringContaining('AADSTS700212') as unknown;
      expect(await under(world, { ASSERTION }, script)).toEqual([refused, refused]);
    }));

  test('a token of one cloud is refused by another', () =>
    inAzure({ proxy: true }, async (world) => {
      const script = `
        import { setGlobalProxyFromEnv } from 'node:http';
        setGlobalProxyFromEnv();
        const hosts = ['management.azure.com', 'management.usgovcloudapi.net'];
        const statuses = [];
        for (const host of hosts) statuses.push((await fetch('https://' + host + '/subscriptions?api-version=2022-12-01', {
          headers: { authorization: 'Bearer ' + process.env.TOKEN },
        })).status);
        console.log(JSON.stringify(statuses));`;
      const TOKEN = world.azure.token('https://management.core.windows.net/');
      expect(await under(world, { TOKEN }, script)).toEqual([200, 401]);
    }));

  test('needs no environment, and each cloud describes itself', () =>
    inAzure({ proxy: true }, async (world) => {
      expect(Object.keys(world.azure.inputs)).toEqual(['azure-client-id', 'azure-tenant-id', 'azure-subscription-id']);
      const script = `
        import { setGlobalProxyFromEnv } from 'node:http';
        setGlobalProxyFromEnv();
        const url = 'https://management.chinacloudapi.cn/metadata/endpoints?api-version=2022-09-01';
        console.log(JSON.stringify(await (await fetch(url)).json()));`;
      expect(await under(world, {}, script)).toMatchObject({
        name: 'AzureChinaCloud',
        authentication: { loginEndpoint: 'https://login.chinacloudapi.cn/' },
        resourceManager: 'https://management.chinacloudapi.cn/',
      });
    }));

  test('opens no other tunnel, and forwards nothing', () =>
    inAzure({ proxy: true }, async (world) => {
      const refused = 'HTTP/1.1 403 Forbidden';
      expect(await connect(world, 'management.azure.com:443')).toBe('HTTP/1.1 200 Connection established');
      expect(await connect(world, 'management.azure.com:80')).toBe(refused);
      expect(await connect(world, 'example.com:443')).toBe(refused);
      expect(await connect(world, new URL(world.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '').host)).toBe(refused);
      const plain = await fetch(`${world.env['HTTPS_PROXY'] ?? ''}/`);
      expect(plain.status).toBe(403);
      await plain.text();
      expect(
        world.journal
          .all()
          .filter(({ service }) => service === 'proxy')
          .map(({ operation, host, status }) => [operation, host, status]),
      ).toEqual([
        ['connect', 'management.azure.com', 200],
        ['connect', 'management.azure.com', 403],
        ['connect', 'example.com', 403],
        ['connect', '127.0.0.1', 403],
        ['forward', new URL(world.env['HTTPS_PROXY'] ?? '').host.split(':')[0], 403],
      ]);
    }));
});

/** The command is a shell script: its tests are reported as skipped without a shell. */
const describeCommand = process.platform === 'win32' ? describe.skip : describe;

describeCommand('the az of a rehearsal', () => {
  /** Called as by AzureCliCredential, with only the world's environment. */
  const az = (world: World, resource: string, ...more: readonly string[]): Promise<Ended> =>
    run('/bin/sh', ['-c', `az account get-access-token --output json --resource ${resource} ${more.join(' ')}`], {
      ...world.azure.cli,
      NODE_OPTIONS: '--import file:///nowhere.mjs',
    });

  const afterMs = async (world: World, ms: number, resource: string): Promise<Ended> => {
    await world.advance(ms);
    return az(world, resource);
  };

  test("prints the CLI's output", () =>
    inAzure({}, async (world) => {
      const { exitCode, stdout } = await az(world, ARM);
      expect(exitCode).toBe(0);
      const printed = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
      expect(printed).toMatchObject({
        subscription: world.azure.ids.subscriptionId,
        tenant: world.azure.ids.tenantId,
        tokenType: 'Bearer',
        expiresOn: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/) as unknown,
      });
      const claims = decodeJwt(String(printed['accessToken']));
      expect(claims).toMatchObject({ aud: ARM, appid: world.azure.ids.clientId });
      expect(printed['expires_on']).toBe(claims.exp);
      expect(new Date(String(printed['expiresOn'])).getTime()).toBe(Number(printed['expires_on']) * 1000);
      expect(world.secrets()).toContain(printed['accessToken']);
      expect(world.journal.of('get-access-token')).toMatchObject([
        { service: 'cli', body: { resource: ARM, tenant: null, subscription: null }, status: 200 },
      ]);
    }));

  test('has the tenant and the subscriptions of its session', () =>
    inAzure({}, async (world) => {
      const { tenantId } = world.azure.ids;
      const byTenant = await az(world, ARM, '--tenant', tenantId);
      expect(JSON.parse(byTenant.stdout)).not.toHaveProperty('subscription');
      expect((await az(world, ARM, '--subscription', '"payments-staging"')).exitCode).toBe(0);
      expect(await az(world, ARM, '--subscription', '"nowhere"')).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("Subscription 'nowhere' not found") as unknown,
      });
      expect((await az(world, ARM, '--tenant', '11111111-0000-4000-8000-000000000000')).exitCode).toBe(1);
      expect((await az(world, ARM, '--nonsense', 'x')).exitCode).toBe(2);
    }));

  test("has ARM's token from its login, and gets others for five minutes only", () =>
    inAzure({}, async (world) => {
      const graphResource = `${world.azure.graph}/`;
      const arm = await az(world, ARM);
      expect((await afterMs(world, 301_000, ARM)).stdout).toBe(arm.stdout);
      const refused = await az(world, graphResource);
      expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
      expect(refused.stderr).toMatch(
        /^ERROR: AADSTS700024: Client assertion is not within its valid time range\. .+\nInteractive authentication is needed\. Please run:\naz login\n$/,
      );
      // The same ARM by another name is another token.
      expect((await az(world, ARM.slice(0, -1))).stderr).toContain('AADSTS700024');
      expect((await afterMs(world, 3_000_000, ARM)).stderr).toContain('AADSTS700024');
      world.azure.loginCli();
      expect((await az(world, graphResource)).exitCode).toBe(0);
      expect((await afterMs(world, 301_000, graphResource)).exitCode).toBe(0);
    }));

  test('does not know other resources, and can be without a session', () =>
    inAzure({}, async (world) => {
      expect((await az(world, 'https://management.azure.com')).stderr).toContain('AADSTS500011');
      world.azure.logoutCli();
      expect(await az(world, ARM)).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: "ERROR: Please run 'az login' to setup account.\n",
      });
    }));

  test('is signed in to a well-known cloud where there is a proxy', () =>
    inAzure({ proxy: true }, async (world) => {
      await world.advance(301_000);
      expect((await az(world, 'https://management.core.windows.net/')).exitCode).toBe(0);
      expect((await az(world, 'https://management.azure.com')).stderr).toContain('AADSTS700024');
      world.azure.loginCli('AzureUSGovernment');
      expect((await az(world, 'https://graph.microsoft.us')).exitCode).toBe(0);
      expect((await az(world, 'https://graph.microsoft.com')).stderr).toContain('AADSTS500011');
    }));
});
