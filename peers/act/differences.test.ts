import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { startWorld, type World } from '../../rehearsal/world.ts';
import type { ActRun } from './run.ts';
import { describeAct, printedBy, runAct, told } from './support.ts';
import { followedBy, workflow } from './workflows.ts';

interface Seen {
  readonly run: ActRun;
  /** Of a `run` step. */
  readonly variables: Readonly<Record<string, string>>;
  readonly expressions: Readonly<Record<string, unknown>>;
  readonly world: World;
}

/** Where act is known to differ from GitHub's runner, each in a line with what it means here; one that act mends is red. */
const differences: readonly (readonly [difference: string, shown: (seen: Seen) => void])[] = [
  [
    '`job.check_run_id` is empty: whether the job has ended cannot be asked, and a sweep goes by time',
    ({ expressions }) => {
      expect(expressions['checkRun']).toBe('');
    },
  ],
  [
    '`github.triggering_actor` is empty: workflows are given it as text',
    ({ expressions }) => {
      expect(expressions['triggeringActor']).toBe('');
    },
  ],
  [
    'GITHUB_REPOSITORY_ID is missing: holders and session names go without',
    ({ variables, run }) => {
      expect(variables).not.toHaveProperty('GITHUB_REPOSITORY_ID');
      expect(run.text).toContain(':assumed-role/access-broker/cloud-access--1-1 ');
    },
  ],
  [
    'every run is run 1, attempt 1, and its commit is empty: holders differ by their random part alone',
    ({ variables }) => {
      expect(variables).toMatchObject({ GITHUB_RUN_ID: '1', GITHUB_RUN_ATTEMPT: '1', GITHUB_SHA: '' });
    },
  ],
  [
    'it issues no ID tokens: the request variables come by --env, the same for all jobs, with or without `id-token: write`',
    ({ variables, world }) => {
      const { ACTIONS_ID_TOKEN_REQUEST_URL: url = '' } = world.env;
      expect(variables['ACTIONS_ID_TOKEN_REQUEST_URL']).toBe(url);
    },
  ],
  [
    'host mode hands the whole environment of act to the steps: it is started with nothing but what a run needs',
    ({ variables }) => {
      expect(variables['HOME']).toMatch(/cloud-access-act-/u);
    },
  ],
  [
    'its JSON has workflow commands as they came, masks too: only what it shows is held against secrets',
    ({ run }) => {
      expect(told(run, 'add-mask').length).toBeGreaterThan(0);
    },
  ],
];

describeAct('act is known to differ:', () => {
  let seen: Seen | null = null;
  beforeAll(async () => {
    const world = await startWorld({ clock: 'real' });
    const asking = followedBy(workflow('docs/setup-by-hand.md', 'Payments on call'), 'assign', {
      name: 'ask',
      run: `node -p 'JSON.stringify({ variables: process.env, expressions: { checkRun: "\${{ job.check_run_id }}", triggeringActor: "\${{ github['triggering_actor'] }}" } })'`,
    });
    const run = await runAct(world, asking);
    seen = { ...(JSON.parse(printedBy(run, 'Main', 'ask')) as Pick<Seen, 'variables' | 'expressions'>), run, world };
  });
  afterAll(() => seen?.world.close());

  it.each(differences)('%s', (_difference, shown) => {
    if (seen === null) throw new TypeError('act was not run');
    shown(seen);
  });
});
