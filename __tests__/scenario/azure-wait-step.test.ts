import { spawnSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { World } from '../../rehearsal/world.ts';
import { yamlExamplesIn } from '../docs/yaml-examples.ts';
import { optionsOf, runScript, type Call, type Ended, type Said } from '../setup/cli/programs.ts';
import { describeScript } from '../setup/cli/set-up.ts';
import { azureIds, azureStep, inAzure, scopes } from './azure-support.ts';

interface Documented {
  readonly name: string;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly steps: readonly {
          readonly name?: string;
          readonly with?: Readonly<Record<string, unknown>>;
          readonly env?: Readonly<Record<string, string>>;
          readonly run?: string;
        }[];
      }
    >
  >;
}

const deploy = yamlExamplesIn('docs/leases.md')
  .map(({ text }) => parse(text) as Documented)
  .find(({ name }) => name === 'Deploy');
const lease = Object.entries(deploy?.jobs['access']?.steps[0]?.with ?? {});
const wait = deploy?.jobs['deploy']?.steps.find(({ name = '' }) => name.startsWith('Sign in'));

const leased = {
  scope: scopes.resourceGroup,
  role: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  principalId: azureIds.deploy,
};

/** Turns the clock of Bash instead of waiting. */
const noWait = 'sleep() { SECONDS=$((SECONDS + $1)); }\n';

const fine: Said = { code: 0 };
const failed = (error: string): Said => ({ code: 1, err: `ERROR: ${error}\n` });
const noSubscription = failed(`No subscriptions found for ${azureIds.deployClientId}.`);
const denied = (code: string): Said =>
  failed(`(${code}) The client '${azureIds.deployClientId}' does not have authorization to perform action.`);

interface Waited extends Ended {
  /** Claims of the ID tokens that `az login` got, in order. */
  readonly claims: readonly Readonly<Record<string, unknown>>[];
}

/** Runs the step as GitHub's runner does, with the rehearsal's issuer and an `az` whose answers depend on the number of sign-ins. */
async function waited(
  world: World,
  az: (command: string, signIns: number) => Said,
  more: Readonly<Record<string, string>> = {},
): Promise<Waited> {
  const claims: Readonly<Record<string, unknown>>[] = [];
  const program = ({ args }: Call): Said => {
    const { command, options } = optionsOf(args);
    if (command === 'login') claims.push(claimsOf(options['federated-token'] ?? ''));
    return az(command, claims.length);
  };
  const identity = ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
  const ended = await runScript(
    'wait.sh',
    [],
    { az: program },
    {
      scripts: 'own',
      prepare: async (folder) => {
        for (const it of ['curl', 'jq']) await symlink(whereIs(it), join(folder, 'bin', it));
        await writeFile(join(folder, 'no-wait.sh'), noWait);
        await mkdir(join(folder, 'own', 'setup'), { recursive: true });
        await writeFile(join(folder, 'own', 'setup', 'wait.sh'), `set -eo pipefail\n${wait?.run ?? 'exit 9'}`);
      },
      env: {
        ...wait?.env,
        ...Object.fromEntries(identity.map((name) => [name, world.env[name] ?? ''])),
        BASH_ENV: 'no-wait.sh',
        ...more,
      },
    },
  );
  return { ...ended, claims };
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>;
}

function whereIs(program: string): string {
  return spawnSync('bash', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
}

const inRealTime = <T>(scene: (world: World) => Promise<T>): Promise<T> =>
  inAzure({ clock: 'real', azure: { proxy: true } }, scene);

describeScript('the step of docs/leases.md that waits until a leased role works', () => {
  it('signs in again and again with new ID tokens, until Azure enforces the role that the job before leased', () =>
    inRealTime(async (world) => {
      const main = await azureStep(world, Object.fromEntries(lease.map(([name, value]) => [name, String(value)])));
      expect(main.outputs).toMatchObject({ status: 'SUCCEEDED', 'lease-state': 'leased' });
      const ended = await waited(world, (command, signIns) => {
        if (!world.azure.estate.has(leased)) return failed('there is no lease');
        if (command === 'login') return signIns < 3 ? noSubscription : fine;
        return signIns < 5 ? denied('AuthorizationFailed') : fine;
      });
      expect(ended).toMatchObject({ code: 0 });
      expect(ended.text.match(/Trying again/gu)).toHaveLength(4);
      expect(ended.calls.filter((it) => it.startsWith('az group show'))).toEqual(
        Array.from({ length: 3 }, () => expect.stringContaining(` --name payments-prod `) as unknown),
      );
      expect(new Set(ended.claims.map(({ jti }) => jti)).size).toBe(5);
      for (const { aud } of ended.claims) expect(aud).toBe('api://AzureADTokenExchange');
      // No line but those that mask them has a token.
      expect(ended.text.replaceAll(/^::add-mask::.+$/gmu, '')).not.toContain('eyJ');
    }));

  it('gives up after ten minutes, with the last error of az', () =>
    inRealTime(async (world) => {
      const ended = await waited(world, (command) => (command === 'login' ? fine : denied('AuthorizationFailed')));
      expect(ended).toMatchObject({ code: 1 });
      expect(ended.text).toMatch(/\(AuthorizationFailed\)[^]*::error::The role does not work after 6\d\d seconds\./u);
      expect(ended.claims.length).toBeGreaterThan(30);
      expect(ended.claims.length).toBeLessThanOrEqual(41);
    }));

  it.each([
    ['a sign-in that is refused', failed('AADSTS700213: No matching federated identity record found.'), fine],
    ['a deny assignment', fine, denied('DenyAssignmentAuthorizationFailed')],
    ['a resource that is missing', fine, failed("(ResourceGroupNotFound) Resource group 'x' could not be found.")],
  ])('fails at once at %s, with the words of az', (_what, login, show) =>
    inRealTime(async (world) => {
      const ended = await waited(world, (command) => (command === 'login' ? login : show));
      expect(ended).toMatchObject({ code: 1 });
      expect(ended.claims).toHaveLength(1);
      expect(ended.text).toContain(login.err ?? show.err);
      expect(ended.text).not.toContain('Trying again');
    }),
  );

  it('fails at once without an ID token, with the words of curl', () =>
    inRealTime(async (world) => {
      const ended = await waited(world, () => fine, { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'none' });
      expect(ended).toMatchObject({ code: 1, calls: [], text: expect.stringContaining('403') as unknown });
    }));
});
