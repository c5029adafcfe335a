import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { defaultContext } from '../../rehearsal/runner/context.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { byIds, inWorld, onCallAssignment, step } from './support.ts';

function contentOf(result: StepResult): Record<string, unknown> {
  return JSON.parse(result.file(result.outputs['results-file'] ?? '') ?? 'null') as Record<string, unknown>;
}

describe('results-file', () => {
  it('says who, in which run, at which commit, for which environment, in the shape of its schema', async () => {
    await inWorld({}, async (world) => {
      const content = contentOf(await step(world, byIds));
      expect(Object.keys(content)).toEqual(['schema', 'actor', 'run', 'commit', 'environment', 'reason', 'results']);
      expect(content).toMatchObject({
        schema: 1,
        actor: defaultContext.actor,
        run: `https://github.com/${defaultContext.repository}/actions/runs/${defaultContext.runId}/attempts/1`,
        commit: defaultContext.sha,
        environment: 'production-access',
        reason: null,
      });
    });
  });

  it('knows no environment where no ID token says one', async () => {
    await inWorld({}, async (world) => {
      const env = world.ambientCredentials();
      const result = await step(world, { ...byIds, 'aws-role-to-assume': 'none' }, { env, idToken: false });
      expect(contentOf(result)['environment']).toBeNull();
    });
  });

  it('lies in the runner’s temp folder under a name that nobody can guess, and only this user can read it', async () => {
    await inWorld({}, async (world) => {
      const results = [await step(world, byIds), await step(world, byIds)];
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

  it('is never written over something that is there, and what was granted is still told', async () => {
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
      await inWorld({}, async (world) => {
        const env = { RUNNER_TEMP: temp, NODE_OPTIONS: `--import ${join(temp, 'guess.mjs')}` };
        const result = await step(world, byIds, { env });
        expect(await readFile(victim, 'utf8')).toBe('precious');
        expect(world.estate.has(onCallAssignment)).toBe(true);
        expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'results-file': '' });
      });
    } finally {
      await rm(temp, { recursive: true });
    }
  });

  it('that cannot be written makes no lie of what was done', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, byIds, { env: { RUNNER_TEMP: '/nonexistent' } });
      expect(world.estate.has(onCallAssignment)).toBe(true);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'results-file': '' });
      expect(result.annotations.map(({ message }) => message).join('\n')).toContain('results');
    });
  });
});
