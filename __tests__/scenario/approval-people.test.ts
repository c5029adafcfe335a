import { describe, expect, it } from '@jest/globals';

import type { Content } from '../../rehearsal/github/repository/branches.ts';
import type { Started } from '../../rehearsal/github/repository/world.ts';
import type { World } from '../../rehearsal/world.ts';
import { stepWithFiles } from './access-files.ts';
import { expectUnproven, populate } from './approvals.ts';
import { inLeases, leased, take } from './lease-support.ts';
import { azureByIds, azureIds, azureStep, inAzure } from './azure-support.ts';
import { byIds, errors, faultLines, ids, inWorld, onCallAssignment, step } from './support.ts';

const path = '.github/people.yml';
const asks = { ...byIds, principal: 'requester', 'people-file': path };
const compares = { ...byIds, 'require-approval': 'environment', 'people-file': path };
const ofAlice = { ...onCallAssignment, principalType: 'USER', principalId: ids.alice } as const;

/** Rows with these lines for these people, as they are numbered now. */
function rows({ github: { people } }: World, lines: Readonly<Record<string, string>>): string {
  const each = Object.entries(lines).map(([login, line]) => `  - github: ${people.named(login).id}\n    ${line}`);
  return `version: 1\npeople:\n${each.join('\n')}\n`;
}

/** A run that alice dispatched, of a commit with this people-file. */
function dispatched(world: World, content: Content, by = 'alice'): Started {
  const { repository } = world.github;
  repository.push({ by: 'octocat', commits: [{ files: { [path]: content, '.github/real.yml': 'version: 1\n' } }] });
  return repository.dispatch({ by });
}

const usual = { alice: 'aws: user:alice@example.com', bob: 'aws: user:bob@example.com', carol: '# no principal' };

/** Such a run with a row for everybody. */
function prepared(world: World, lines: Readonly<Record<string, string>> = usual, by = 'alice'): Started {
  populate(world);
  return dispatched(world, rows(world, lines), by);
}

/** A run that alice dispatched and that another approved. */
function approved(world: World, by = 'bob', lines: Readonly<Record<string, string>> = usual): Started {
  const context = prepared(world, lines);
  world.github.repository.environment('production-access', { reviewers: [by] });
  world.github.repository.approve({ by, runId: context.runId });
  return context;
}

describe('principal: requester', () => {
  it('is the person who started the run, and asks GitHub four things (P10)', () =>
    inWorld({}, async (world) => {
      const result = await step(world, asks, { context: prepared(world) });
      expect(errors(result)).toBe('');
      expect(world.aws.estate.has(ofAlice)).toBe(true);
      const { id } = world.github.people.named('alice');
      expect(result.log).toContain(`requester is alice (${id}): user:alice@example.com`);
      const asked = result.requests.filter(({ service }) => service === 'github').map(({ operation }) => operation);
      expect(asked.toSorted()).toEqual(['getContent', 'getContent', 'getRepository', 'getWorkflowRun']);
    }));

  it('with an approval asks once who runs (P10, P12)', () =>
    inWorld({}, async (world) => {
      const both = { ...asks, 'require-approval': 'environment' };
      const result = await step(world, both, { context: approved(world) });
      expect(errors(result)).toBe('');
      expect(world.aws.estate.has(ofAlice)).toBe(true);
      expect(result.requests.filter(({ operation }) => operation === 'getWorkflowRun')).toHaveLength(1);
      expect(result.log).toContain('Approved by bob');
    }));

  it('is named by a plan, which changes nothing (P11)', () =>
    inWorld({}, async (world) => {
      const result = await step(world, { ...asks, 'dry-run': 'true' }, { context: prepared(world) });
      expect(result.exitCode).toBe(0);
      expect(result.summary).toContain('Would be granted: user &quot;alice');
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
    }));

  it.each<readonly [string, (world: World) => Started, string]>([
    ['has no row', (world) => prepared(world, { bob: usual.bob }), 'has no row for alice (7000001), who started'],
    ['has no principal in this cloud', (world) => prepared(world, usual, 'carol'), 'has no aws in .github/people.yml'],
    [
      'has the login of another who has a row',
      (world) => {
        populate(world);
        const text = rows(world, usual);
        world.github.people.rename('alice', 'alice-liddell');
        world.github.people.add('alice');
        return dispatched(world, text);
      },
      'has no row for alice (7000004)',
    ],
    [
      'is a bot',
      (world) => (world.github.people.add('bot[bot]'), prepared(world, usual, 'bot[bot]')),
      'It is not a person',
    ],
    [
      'pushed',
      (world) => (prepared(world), world.github.repository.push({ by: 'alice' }).run),
      '"push" started this workflow',
    ],
    ['ran it again', (world) => ({ ...prepared(world), runAttempt: '2' }), 'This is attempt 2 of the run'],
    [
      'is on a branch of their own, with a file of their own',
      (world) => {
        const { repository } = (populate(world), world.github);
        const text = rows(world, { alice: 'aws: user:bob@example.com' });
        repository.push({ branch: 'mine', by: 'alice', commits: [{ files: { [path]: text } }] });
        return repository.dispatch({ by: 'alice', branch: 'mine' });
      },
      'not of the default branch',
    ],
    [
      'has no file',
      (world) => (populate(world), dispatched(world, null)),
      'GitHub has not the file .github/people.yml',
    ],
    [
      'has a link in the place of the file',
      (world) => (populate(world), dispatched(world, { symlink: 'real.yml' })),
      'as an ordinary file',
    ],
    [
      'has a job without contents: read',
      (world) => {
        const context = prepared(world);
        world.github.allow({ contents: 'none' });
        return context;
      },
      'permissions: contents: read',
    ],
  ])('is red where the person %s (P10)', (_, arrange, reason) =>
    inWorld({}, async (world) => {
      const context = arrange(world);
      expectUnproven(world, await step(world, asks, { context }), reason);
    }),
  );

  it('is never what an earlier step has put into the workspace (P10)', () =>
    inWorld({}, async (world) => {
      const context = prepared(world);
      const forged = rows(world, { alice: 'aws: user:bob@example.com' });
      await stepWithFiles(world, { [path]: forged }, asks, { context });
      expect(world.aws.estate.effectiveChanges()).toHaveLength(1);
      expect(world.aws.estate.has(ofAlice)).toBe(true);
    }));

  it('shows the faults of the file by line and column, and all rules for principals (P6)', () =>
    inWorld({}, async (world) => {
      populate(world);
      const context = dispatched(world, 'version: 1\npeople:\n  - github: alice\n  - github: 7\n    aws: alice\n');
      const result = await step(world, asks, { context });
      expect(faultLines(result).filter((line) => line.startsWith('.github'))).toEqual([
        expect.stringContaining('.github/people.yml:3:13: The value of github is not the numeric ID of an account.'),
        expect.stringContaining('.github/people.yml:5:10: The principal is not written as this cloud requires it.'),
      ]);
      const guarded = { ...asks, 'allowed-principals': 'user:bob@example.com' };
      expectUnproven(
        world,
        await step(world, guarded, { context: dispatched(world, rows(world, usual)) }),
        'does not cover',
      );
    }));
});

describe('an approver with a people-file', () => {
  const toBob = { ...compares, principal: 'user:2448f4a8-70a1-7026-1c37-9a40cf1c0f5b' } as const;

  it.each(['bob', 'carol'])('can approve access for others, with principals or without: %s (P12)', (by) =>
    inWorld({}, async (world) => {
      const result = await step(world, compares, { context: approved(world, by) });
      expect([errors(result), result.outputs['status']]).toEqual(['', 'SUCCEEDED']);
    }),
  );

  it.each<readonly [string, Readonly<Record<string, string>>, (world: World) => Started, string]>([
    [
      'gets the access, by another name of theirs',
      toBob,
      approved,
      'bob approved this step, and would get access by it',
    ],
    [
      'has no row',
      compares,
      (world) => approved(world, 'bob', { alice: usual.alice }),
      'people-file has no row for bob',
    ],
    [
      'has a principal that does not exist',
      compares,
      (world) => approved(world, 'bob', { ...usual, bob: 'aws: user:nobody@example.com' }),
      'Could not compare bob, who approved this step',
    ],
  ])('that %s is none (P12)', (_, inputs, arrange, reason) =>
    inWorld({}, async (world) => {
      const context = arrange(world);
      expectUnproven(world, await step(world, inputs, { context }), reason);
    }),
  );

  it.each(['assign', 'reconcile'])('cannot get what %s makes of an access file (P12)', (operation) =>
    inWorld({}, async (world) => {
      const file = `version: 1
cloud: aws
owns:
  roles: ['${ids.incidentAdmin}']
  targets: ['${ids.prod}']
grants:
  - principal: user:bob@example.com
    role: '${ids.incidentAdmin}'
    target: '${ids.prod}'
`;
      const rowless = { ...compares, principal: '', role: '', target: '' };
      const inputs = { ...rowless, operation, 'access-file': 'access/a.yml' };
      const result = await stepWithFiles(world, { 'access/a.yml': file }, inputs, { context: approved(world) });
      expectUnproven(world, result, 'bob approved this step, and would get access by it');
    }),
  );

  it('cannot extend a lease of their own (P12)', () =>
    inLeases({}, async (world) => {
      const own = { ...leased, principal: toBob.principal, 'keep-after-job': 'true' };
      const main = await take(world, own);
      const context = approved(world);
      const extending = {
        ...{ cloud: 'aws', 'aws-role-to-assume': ids.broker, operation: 'extend', lifetime: '4h' },
        ...{ 'lease-id': main.outputs['lease-id'] ?? '', 'require-approval': 'environment', 'people-file': path },
      };
      const before = world.aws.estate.effectiveChanges().length;
      const result = await step(world, extending, { context });
      expect([result.exitCode, world.aws.estate.effectiveChanges().length]).toEqual([1, before]);
      expect(errors(result)).toContain('bob approved this step, and would get access by it');
    }));

  it('cannot get access on Azure by another name of theirs, and others can (P12)', () =>
    inAzure({}, async (world) => {
      const lines = { alice: 'azure: user:Alice@example.com', bob: 'azure: user:bob@example.com' };
      const inputs = { ...azureByIds, 'require-approval': 'environment', 'people-file': path };
      const context = prepared(world, lines, 'carol');
      world.github.repository.approve({ by: 'alice', runId: context.runId });
      const own = await azureStep(world, { ...inputs, principal: `user:${azureIds.alice}` }, { context });
      expect(errors(own)).toContain('alice approved this step, and would get access by it');
      expect(own.outputs['changed']).toBe('false');
      expect((await azureStep(world, inputs, { context })).outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
      });
    }));
});
