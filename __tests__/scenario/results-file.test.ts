import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { defaultContext } from '../../rehearsal/runner/context.ts';
import { azureByIds, azureStep, inAzure } from './azure-support.ts';
import { clouds } from './clouds.ts';
import { fileOf } from './reports.ts';
import { byIds, inWorld, step } from './support.ts';

describe.each(clouds)('results-file of %s', (_, cloud) => {
  it('has the caller, the run, the commit and the environment, in the shape of its schema', async () => {
    await inWorld(cloud.world, async (world) => {
      const content = fileOf(await cloud.step(world, cloud.byIds));
      expect(Object.keys(content)).toEqual([
        'schema',
        'actor',
        'actor-id',
        'run',
        'commit',
        'environment',
        'reason',
        'approvals',
        'results',
      ]);
      expect(content).toMatchObject({
        schema: 2,
        actor: defaultContext.actor,
        'actor-id': defaultContext.actorId,
        run: `https://github.com/${defaultContext.repository}/actions/runs/${defaultContext.runId}/attempts/1`,
        commit: defaultContext.sha,
        environment: 'production-access',
        reason: null,
      });
    });
  });

  it('has the reason, as log and summary do, also where nothing was changed', async () => {
    await inWorld(cloud.world, async (world) => {
      const reason = 'Incident 4711: payments are stuck';
      const refusal = { 'expected-plan': `sha256:${'0'.repeat(64)}` };
      for (const [more, exitCode] of [
        [refusal, 1],
        [{}, 0],
      ] as const) {
        const result = await cloud.step(world, { ...cloud.byIds, ...more, reason });
        expect(result.exitCode).toBe(exitCode);
        expect(fileOf(result)).toMatchObject({ reason });
        expect(result.log).toContain(`Reason: ${reason}`);
        if (exitCode === 0) expect(result.summary).toContain(`<tr><td>Reason</td><td>${reason}</td></tr>`);
      }
    });
  });

  it('reports that a dry run was one, also with a refused plan', async () => {
    await inWorld(cloud.world, async (world) => {
      const refusal = { 'expected-plan': `sha256:${'0'.repeat(64)}` };
      for (const [more, exitCode] of [
        [refusal, 1],
        [{}, 0],
      ] as const) {
        const result = await cloud.step(world, { ...cloud.byIds, ...more, 'dry-run': 'true' });
        expect(result.exitCode).toBe(exitCode);
        expect(fileOf(result)).toMatchObject({ 'dry-run': true });
      }
    });
  });

  it("is in the runner's temp folder under a name that is impossible to guess, and only this user can read it (P7)", async () => {
    await inWorld(cloud.world, async (world) => {
      const results = [await cloud.step(world, cloud.byIds), await cloud.step(world, cloud.byIds)];
      const names = results.map(({ files }) => Object.keys(files).filter((path) => path.endsWith('.json')));
      for (const [index, [name = '', ...others]] of names.entries()) {
        expect(others).toEqual([]);
        expect(name).toMatch(/^temp\/cloud-access-[0-9a-f-]{36}\.json$/u);
        expect(results[index]?.outputs['results-file']).toContain(name);
        if (process.platform !== 'win32') expect(results[index]?.modes[name]).toBe(0o600);
      }
      expect(names[0]).not.toEqual(names[1]);
    });
  });

  it('never overwrites an existing file, and the grants are still reported', async () => {
    const temp = await mkdtemp(join(tmpdir(), 'cloud-access-test-'));
    try {
      const name = '00000000-0000-4000-8000-000000000000';
      const victim = join(temp, 'victim');
      await writeFile(victim, 'precious');
      await symlink(victim, join(temp, `cloud-access-${name}.json`));
      await writeFile(
        join(temp, 'guess.mjs'),
        `import crypto from 'node:crypto'; import { syncBuiltinESMExports } from 'node:module';\n` +
          `crypto.randomUUID = () => '${name}'; syncBuiltinESMExports();`,
      );
      await inWorld(cloud.world, async (world) => {
        const env = { RUNNER_TEMP: temp, NODE_OPTIONS: `--import ${join(temp, 'guess.mjs')}` };
        const result = await cloud.step(world, cloud.byIds, { env });
        expect(await readFile(victim, 'utf8')).toBe('precious');
        expect(cloud.has(world)).toBe(true);
        expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'results-file': '' });
      });
    } finally {
      await rm(temp, { recursive: true });
    }
  });

  it('that is not writable does not falsify the results (P1)', async () => {
    await inWorld(cloud.world, async (world) => {
      const result = await cloud.step(world, cloud.byIds, { env: { RUNNER_TEMP: '/nonexistent' } });
      expect(cloud.has(world)).toBe(true);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'results-file': '' });
      expect(result.annotations.map(({ message }) => message).join('\n')).toContain('results');
    });
  });
});

describe('results-file of an ambient sign-in', () => {
  it('has no environment on AWS, where no ID token names one', async () => {
    await inWorld({}, async (world) => {
      const env = world.aws.ambientCredentials();
      const result = await step(world, { ...byIds, 'aws-role-to-assume': 'none' }, { env, idToken: false });
      expect(result.exitCode).toBe(0);
      expect(fileOf(result)['environment']).toBeNull();
    });
  });

  it('nor on Azure', async () => {
    await inAzure({}, async (world) => {
      const inputs = { ...azureByIds, 'azure-client-id': 'none', 'azure-audience': '' };
      const result = await azureStep(world, inputs, { env: world.azure.cli, idToken: false });
      expect(result.exitCode).toBe(0);
      expect(fileOf(result)['environment']).toBeNull();
    });
  });
});
