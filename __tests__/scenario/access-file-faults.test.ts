import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { azureStep, inAzure } from './azure-support.ts';
import { inWorld, signIn, step } from './support.ts';

const secret = 'Zq7secretXw';

let workspace: string;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
  mkdirSync(join(workspace, 'access'));
});

afterEach(() => {
  rmSync(workspace, { recursive: true });
});

const write = (name: string, text: string): void => {
  writeFileSync(join(workspace, name), text);
};

/** All texts of a step, from log, summary, outputs and files. */
const said = ({ stdout, stderr, summary, outputs, annotations, state }: StepResult): string =>
  JSON.stringify({ stdout, stderr, summary, outputs, annotations, state });

describe('faults of access files', () => {
  it.each(['assign', 'revoke', 'reconcile', 'inventory'])(
    'of two files and an input come together, before any request of %s, and repeat no content (P6, P7)',
    async (operation) => {
      write(
        'access/a.yml',
        `version: 1\ncloud: aws\ngrants:\n  - principal: ${secret}\n    role: R\n    target: account:a\n`,
      );
      write('access/b.yml', `version: 1\ncloud: aws\ngrant: [${secret}]\ngrants:\n`);
      write('other.txt', secret);
      await inWorld({}, async (world) => {
        const inputs = { ...signIn, operation, 'access-file': 'access/*.yml\nother.txt', 'allow-event': 'nO' };
        const result = await step(world, inputs, { env: { GITHUB_WORKSPACE: workspace } });
        expect(result.exitCode).toBe(1);
        expect(result.requests).toEqual([]);
        expect(said(result)).not.toContain(secret);
        const [{ message } = { message: '' }] = result.annotations;
        expect(message.split('\n').filter((line) => line.startsWith('- '))).toEqual([
          '- allow-event: "nO" is not an event name. Use lower-case letters and underscores, one name per line. Example: allow-event: push',
          '- access/a.yml:4:16: The principal is not written as this cloud requires it. Example: principal: group:Payments On-Call',
          '- access/b.yml:3:1: This key does not exist here. Did you mean "grants"? Example: grants:',
          '- access/b.yml:4:8: The value of grants is empty. An empty list is written as []. Example: grants:',
          '- other.txt:1:1: The value of the file is not a mapping. Example: version: 1',
        ]);
        expect(result.annotations[0]?.title).toBe(
          'cloud-access: One input and 4 places of files are wrong. Nothing was requested.',
        );
      });
    },
  );

  it('of a file on Azure name its keys (P6)', async () => {
    write(
      'a.yml',
      'version: 1\ncloud: azure\ngrants:\n- {principal: group:A, role: Reader, target: resource-group:a, conditon: x}\n',
    );
    await inAzure({}, async (world) => {
      const result = await azureStep(
        world,
        {
          cloud: 'azure',
          operation: 'assign',
          'access-file': 'a.yml',
          'azure-client-id': '0a1b2c3d-1111-4222-8333-444455556666',
          'azure-tenant-id': '72f988bf-1111-4222-8333-444455556666',
          'azure-subscription-id': '11111111-2222-4333-8444-555555555555',
        },
        { env: { GITHUB_WORKSPACE: workspace } },
      );
      expect(result.exitCode).toBe(1);
      expect(result.requests).toEqual([]);
      expect(result.annotations[0]?.message).toContain(
        'a.yml:4:64: This key does not exist here. Did you mean "condition"?',
      );
    });
  });
});
