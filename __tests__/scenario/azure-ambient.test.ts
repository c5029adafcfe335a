import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { jobToken } from '../../rehearsal/runner/context.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureByIds, azureByNames, azureIds, azureStep, inAzure, onCallBlobReader } from './azure-support.ts';
import { calls, errors } from './support.ts';

/** The double of the Azure CLI is a shell script. */
const describeCli = process.platform === 'win32' ? describe.skip : describe;

const minute = 60_000;
const ambient = { 'azure-client-id': 'none', 'azure-audience': '' } as const;

/** A step that uses the session that Azure/login left in the job, and needs no `id-token: write`. */
function cliStep(world: World, inputs: Step['inputs'], more: Omit<Step, 'inputs'> = {}): Promise<StepResult> {
  const env = { ...world.azure.cli, ...more.env };
  return azureStep(world, { ...inputs, ...ambient }, { idToken: false, ...more, env });
}
const cli = ({ requests }: StepResult): readonly unknown[] =>
  requests.filter(({ service }) => service === 'cli').map(({ body }) => body);

describeCli('the session of the Azure CLI', () => {
  it.each([
    ['ids', azureByIds, 1],
    ['names', azureByNames, 2],
  ])('makes a grant by %s, without a request to GitHub or Entra', (_, inputs, tokens) =>
    inAzure({}, async (world) => {
      const result = await cliStep(world, inputs);
      expect(errors(result)).toBe('');
      expect(result.exitCode).toBe(0);
      expect(result.requests.filter(({ service }) => service === 'oidc' || service === 'entra')).toEqual([]);
      expect(cli(result)).toHaveLength(tokens);
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
      expect(result.log).toMatch(/Signed in to Rehearsal as client ID a9900000-\S+, object ID 5e000000-/u);
      // And the job's own token, which the runner gives to every step.
      const masked = world.secrets().filter((secret) => result.masks.includes(secret));
      expect(masked).toContain(jobToken);
      expect(masked).toHaveLength(tokens + 1);
    }),
  );

  it("requests tokens for the named tenant, and for the session's own without one", () =>
    inAzure({}, async (world) => {
      const named = await cliStep(world, azureByIds);
      expect(cli(named)).toEqual([expect.objectContaining({ tenant: azureIds.tenant, subscription: null })]);
      const unnamed = await cliStep(world, { ...azureByIds, 'azure-tenant-id': '' });
      expect(unnamed.exitCode).toBe(0);
      expect(cli(unnamed)).toEqual([expect.objectContaining({ tenant: null })]);
    }));

  it("of another tenant is reported in the CLI's words", () =>
    inAzure({}, async (world) => {
      const result = await cliStep(world, { ...azureByIds, 'azure-tenant-id': azureIds.onCall });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain(`Failed to resolve tenant '${azureIds.onCall}'`);
      expect(errors(result)).toMatch(/What to do: .*(?:azure\/login|azure-tenant-id)/su);
      expect(result.annotations).toHaveLength(1);
    }));

  it('without a login reports it, and both remedies', () =>
    inAzure({}, async (world) => {
      world.azure.logoutCli();
      const result = await cliStep(world, azureByIds);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(/no Azure CLI session/u);
      expect(errors(result)).toMatch(/What to do: .*azure\/login.*azure-client-id.*id-token: write/su);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    }));

  it('without the CLI reports it, and both remedies', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'no-az-'));
    try {
      await inAzure({}, async (world) => {
        const result = await cliStep(world, azureByIds, { env: { PATH: empty } });
        expect(result.exitCode).toBe(1);
        expect(errors(result)).toMatch(/no Azure CLI, and azure-client-id is none/u);
        expect(errors(result)).toMatch(/What to do: .*azure\/login.*azure-client-id/su);
        expect(result.requests.filter(({ operation }) => operation !== 'metadata')).toEqual([]);
      });
    } finally {
      await rm(empty, { recursive: true });
    }
  });
});

describeCli('five minutes after Azure/login', () => {
  // The CLI has the token that Azure/login asked it for, Resource Manager's; Graph is new to it.

  it('IDs with their type still work, since the token for Resource Manager exists', () =>
    inAzure({}, async (world) => {
      await world.advance(6 * minute);
      const result = await cliStep(world, { ...azureByIds, lifetime: 'permanent' });
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expect(result.annotations).toEqual([]);
    }));

  it.each(['group:Payments On-Call', 'user:alice@example.com', 'app:a9900000-0000-4000-8000-000000000001'])(
    'names fail with the limits of the session explained: %s',
    (principal) =>
      inAzure({}, async (world) => {
        await world.advance(6 * minute);
        const result = await cliStep(world, { ...azureByIds, principal });
        expect(result.exitCode).toBe(1);
        expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
        expect(errors(result)).toContain('AADSTS700024');
        expect(errors(result)).toMatch(/What to do: .*five minutes.*azure-client-id/su);
        expect(errors(result)).not.toMatch(/bug in|undefined/u);
        expect(world.azure.estate.effectiveChanges()).toEqual([]);
        expect(result.virtualMs).toBeLessThan(10_000);
      }),
  );

  it('an ID without a type still works, with a warning about the missing look-up and its cause', () =>
    inAzure({}, async (world) => {
      await world.advance(6 * minute);
      const result = await cliStep(world, { ...azureByIds, principal: azureIds.onCall, lifetime: 'permanent' });
      expect(result.exitCode).toBe(0);
      expect(result.annotations).toEqual([expect.objectContaining({ level: 'warning' })]);
      expect(result.annotations[0]?.message).toMatch(
        /Could not look up the type of 96000000-\S+: .*Azure CLI session/su,
      );
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
    }));

  it('a session that was renewed by Azure/login looks up names again', () =>
    inAzure({}, async (world) => {
      await world.advance(6 * minute);
      world.azure.loginCli();
      expect(await cliStep(world, azureByNames)).toMatchObject({ exitCode: 0 });
    }));

  it('a token that has expired too is reported with the limits of the session', () =>
    inAzure({}, async (world) => {
      await world.advance(61 * minute);
      const result = await cliStep(world, azureByIds);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(/AADSTS700024/u);
      expect(errors(result)).toMatch(/What to do: .*five minutes.*azure-client-id/su);
    }));

  it('a session that ends while the step waits leaves the known results, and is never green', () =>
    inAzure({}, async (world) => {
      world.script.fault({ operation: 'roleAssignments.put', times: 99 }, { kind: 'throttle', retryAfterSeconds: 60 });
      const result = await cliStep(world, { ...azureByIds, timeout: '2h' });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
      expect(errors(result)).toMatch(/AADSTS700024/u);
      expect(result.virtualMs).toBeLessThan(62 * minute);
      expect(world.azure.estate.effectiveChanges()).toEqual([]);
    }));
});

describeCli('a CLI that behaves strangely', () => {
  it.each([
    [
      'an error of its own',
      { kind: 'error', status: 400, code: 'x', message: 'ERROR: The cache is corrupt.' } as const,
    ],
    ['words that are no JSON', { kind: 'answer', body: 'WARNING: hello' } as const],
    ['an empty answer', { kind: 'answer', body: '' } as const],
    ['an invalid token', { kind: 'answer', body: { accessToken: 5 } } as const],
  ])('ends the step red with a message, and nothing is changed: %s', (_, effect) =>
    inAzure({}, async (world) => {
      world.script.fault({ service: 'cli', times: 9 }, effect);
      const result = await cliStep(world, azureByIds);
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(/Azure CLI/u);
      expect(errors(result)).toMatch(/What to do: /u);
      expect(errors(result)).not.toMatch(/bug in|internal error/u);
      expect(calls(result)['roleAssignments.put']).toBeUndefined();
    }),
  );

  it("and does not receive the step's hostile values: only a resource and a tenant are its arguments", () =>
    inAzure({}, async (world) => {
      const result = await cliStep(world, { ...azureByIds, principal: 'group:$(touch /tmp/x); `id`' });
      expect(result.exitCode).toBe(1);
      for (const body of cli(result)) {
        const { resource, tenant } = body as { readonly resource: string; readonly tenant: string };
        expect([resource, tenant]).toEqual([expect.stringMatching(/^https:\/\/[\w.:-]+\/?$/u), azureIds.tenant]);
      }
    }));
});
