import { describe, expect, test } from '@jest/globals';

import { Refusal } from '../../../src/access/errors.ts';
import { createConnections } from '../../../src/action/connections.ts';
import { createRepository } from '../../../src/action/github/repository.ts';
import { checkRanGreen } from '../../../src/action/github/sweep-workflow.ts';
import type { JournalEntry } from '../../../rehearsal/journal.ts';
import { defaultContext } from '../../../rehearsal/runner/context.ts';
import { startWorld, type World } from '../../../rehearsal/world.ts';
import { createFakeLog } from '../../access/fake-log.ts';
import { createHurriedClock } from '../hurried-clock.ts';
import { untilDone } from './jobs-rig.ts';

const hour = 3_600_000;
const workflow = 'sweep-leases.yml';

interface Rig {
  readonly world: World;
  /** Refusal, `null` for none. */
  readonly check: (maxAgeMs?: number) => Promise<Refusal | null>;
  readonly requests: () => readonly JournalEntry[];
}

/** @param startAt when GitHub's clock begins; this machine's is another */
async function atGitHub(use: (rig: Rig) => Promise<void>, startAt = Date.parse('2026-11-21T20:00:00Z')): Promise<void> {
  const world = await startWorld({ clouds: ['azure'], startAt });
  const connections = createConnections();
  const asker = {
    token: world.github.token(),
    apiUrl: world.github.url,
    repository: defaultContext.repository,
    runId: defaultContext.runId,
  };
  const tools = { clock: createHurriedClock(), log: createFakeLog(), connections };
  const repository = createRepository(asker, { ...tools, product: ['cloud-access', '0'] });
  world.github.repository.workflow(workflow);
  try {
    await use({
      world,
      check: (maxAgeMs = 3 * hour) =>
        checkRanGreen({ workflow, maxAgeMs }, repository, untilDone).then(
          () => null,
          (error: unknown) => {
            if (error instanceof Refusal) return error;
            throw error;
          },
        ),
      requests: () => world.journal.all().filter(({ service }) => service === 'github'),
    });
  } finally {
    connections.close();
    await world.close();
  }
}

const runIn = (world: World, ago: number, event = 'schedule', more = {}): string =>
  world.github.repository.run({ workflow, event, startedAt: world.now() - ago, ...more });

describe('a workflow ran green in time', () => {
  test.each(['schedule', 'workflow_dispatch'])("by %s, as GitHub's own clock says", (event) =>
    atGitHub(async ({ world, check, requests }) => {
      runIn(world, 2 * hour, event);
      expect(await check()).toBeNull();
      expect(requests()).toHaveLength(3);
      const list = requests().find(({ operation }) => operation === 'listWorkflowRuns');
      expect(list?.body).toMatchObject({
        workflow,
        branch: 'main',
        status: 'success',
        created: expect.stringMatching(/^>=2026-11-21T17:00:\d\dZ$/u),
      });
    }),
  );

  test('although many runs by other events are newer', () =>
    atGitHub(async ({ world, check, requests }) => {
      runIn(world, 2 * hour);
      for (let nth = 1; nth <= 150; nth += 1) runIn(world, hour - nth, 'push');
      expect(await check()).toBeNull();
      expect(requests().filter(({ operation }) => operation === 'listWorkflowRuns')).toHaveLength(2);
    }));

  test('exactly at the limit, and not before it', () =>
    atGitHub(async ({ world, check }) => {
      runIn(world, 3 * hour + 60_000);
      expect((await check())?.message).toContain('did not run green in the last 3 h');
      expect(await check(4 * hour)).toBeNull();
    }));
});

describe('a workflow that did not run green in time', () => {
  test('is reported with its last green run, its address, and what to do', () =>
    atGitHub(async ({ world, check }) => {
      runIn(world, 9 * hour);
      const id = runIn(world, 5 * hour);
      runIn(world, hour, 'schedule', { conclusion: 'failure' });
      const refusal = await check();
      expect(refusal?.message).toBe(
        `The workflow .github/workflows/sweep-leases.yml did not run green in the last 3 h. It last ran green at 2026-11-21 15:00 UTC: https://github.com/octo-org/infra/actions/runs/${id}`,
      );
      expect(refusal?.hint).toContain('gh workflow run sweep-leases.yml --ref main');
    }));

  test.each([
    ['it ran for a push only', 'push', {}],
    ['it ran on another branch', 'workflow_dispatch', { branch: 'topic' }],
    ['it failed', 'schedule', { conclusion: 'failure' }],
    ['it was canceled', 'schedule', { conclusion: 'cancelled' }],
    ['it is still running', 'schedule', { conclusion: null }],
    ['it ran for a fork', 'workflow_dispatch', { headRepository: { name: 'mallory/infra', id: '99' } }],
    ['another workflow ran', 'schedule', { workflow: 'other.yml' }],
  ])('%s', (_, event, more) =>
    atGitHub(async ({ world, check }) => {
      world.github.repository.workflow('other.yml');
      runIn(world, hour, event, more);
      expect((await check())?.message).toContain(
        'GitHub shows no green run of it on main by schedule or workflow_dispatch',
      );
    }),
  );

  test.each(['disabled_inactivity', 'disabled_manually', 'deleted'] as const)('is %s', (state) =>
    atGitHub(async ({ world, check }) => {
      world.github.repository.workflow(workflow, { state });
      runIn(world, hour);
      const refusal = await check();
      expect(refusal?.message).toContain(`is not active (${state}). It last ran green at 2026-11-21 19:00 UTC`);
      expect(refusal?.hint).toContain('gh workflow enable sweep-leases.yml');
    }),
  );
});
