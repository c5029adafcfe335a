import { describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { byLeaseId, changesIn, inAzureLeases, isGranted, leasedOnAzure, takeOnAzure } from './azure-lease-support.ts';
import { inPim, leasedByPim } from './azure-pim-support.ts';
import { azureStep } from './azure-support.ts';
import { hour, inLeases, isThere, job, leased, minute, summaryText, told } from './lease-support.ts';
import { errors, step } from './support.ts';

const file = 'sweep-leases-azure.yml';
const checked = { 'sweep-workflow': file };
const inputs = { ...leasedOnAzure, ...checked } as const;

type Run = Partial<Parameters<World['github']['repository']['run']>[0]>;

function ranGreen({ github, now }: World, ago: number, more: Run = {}): void {
  github.repository.workflow(file);
  github.repository.run({ workflow: file, event: 'schedule', startedAt: now() - ago, ...more });
}

const asked = ({ requests }: Pick<StepResult, 'requests'>): readonly string[] =>
  requests.filter(({ service }) => service === 'github').map(({ operation }) => operation);

describe('a lease on Azure with sweep-workflow', () => {
  it.each(['schedule', 'workflow_dispatch'])(
    'is taken after a green run by %s, with three requests to GitHub',
    (event) =>
      inAzureLeases({}, async (world) => {
        ranGreen(world, 2 * hour, { event });
        const plain = await azureStep(world, leasedOnAzure, job(1));
        const result = await azureStep(world, inputs, job(2));
        expect([result.exitCode, errors(result), told(result, 'notice')]).toEqual([0, '', []]);
        expect(asked(result).length - asked(plain).length).toBe(3);
        expect(isGranted(world)).toBe(true);
      }),
  );

  it('needs no further request without the input', () =>
    inAzureLeases({}, async (world) => {
      const result = await azureStep(world, leasedOnAzure);
      expect([result.exitCode, asked(result)]).toEqual([0, []]);
    }));

  it.each<[string, (world: World) => void, Step['inputs'], string]>([
    [
      'ran green too long ago',
      (world) => {
        ranGreen(world, 3 * hour + minute);
      },
      {},
      'It last ran green at 2026-11-21 16:59 UTC: https://github.com/octo-org/infra/actions/runs/',
    ],
    [
      'ran green before sweep-max-age',
      (world) => {
        ranGreen(world, hour);
      },
      { 'sweep-max-age': '30m' },
      'did not run green in the last 30 min',
    ],
    [
      'never ran',
      ({ github }) => {
        github.repository.workflow(file);
      },
      {},
      'GitHub shows no green run of it on main',
    ],
    [
      'failed',
      (world) => {
        ranGreen(world, hour, { conclusion: 'failure' });
      },
      {},
      'GitHub shows no green run of it on main',
    ],
    [
      'ran for a fork',
      (world) => {
        ranGreen(world, hour, { headRepository: { name: 'mallory/infra', id: '99' } });
      },
      {},
      'no green run of it',
    ],
    [
      'is disabled',
      (world) => {
        ranGreen(world, hour);
        world.github.repository.workflow(file, { state: 'disabled_inactivity' });
      },
      {},
      'is not active (disabled_inactivity)',
    ],
    ['does not exist', () => undefined, {}, `GitHub shows no workflow .github/workflows/${file} in this repository.`],
    [
      'may not be read',
      (world) => {
        ranGreen(world, hour);
        world.github.allow({ actions: 'none' });
      },
      {},
      'Give the job permissions: actions: read.',
    ],
    [
      'cannot be read, by the rate limit',
      (world) => {
        ranGreen(world, hour);
        world.github.leave(0);
      },
      {},
      'GitHub did not show',
    ],
    [
      'is not known to this server',
      (world) => {
        ranGreen(world, hour);
        world.github.lack('listWorkflowRuns');
      },
      {},
      'GitHub Enterprise Server must be of a version that has this endpoint',
    ],
  ])('is red and changes nothing where the workflow %s (P4)', (_, prepare, more, text) =>
    inAzureLeases({}, async (world) => {
      prepare(world);
      const result = await azureStep(world, { ...inputs, ...more });
      expect([result.exitCode, changesIn(result), isGranted(world)]).toEqual([1, [], false]);
      expect(errors(result)).toContain('If this job dies, only a sweep ends its leases, so nothing was granted.');
      expect(errors(result)).toContain(text);
    }),
  );

  it('is not extended without a green run, and stays unchanged', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' });
      const result = await azureStep(world, { ...byLeaseId('extend', main), lifetime: '3h', ...checked }, job(2));
      expect([result.exitCode, changesIn(result), isGranted(world)]).toEqual([1, [], true]);
    }));

  it('through PIM, which Azure itself ends, is taken with a notice', () =>
    inPim({}, async (world) => {
      const result = await azureStep(world, { ...leasedByPim, ...checked });
      expect([result.exitCode, errors(result)]).toEqual([0, '']);
      expect(told(result, 'notice')).toEqual([
        expect.stringContaining('The leases of this step end without a sweep, so the step continues.'),
      ]);
    }));
});

describe('a lease on AWS with sweep-workflow', () => {
  it('is taken with a notice, also in the summary, where the workflow did not run green', () =>
    inLeases({}, async (world) => {
      world.github.allow({ actions: 'none' });
      const result = await step(world, { ...leased, ...checked });
      expect([result.exitCode, errors(result), isThere(world)]).toEqual([0, '', true]);
      const notice = 'The leases of this step end without a sweep, so the step continues.';
      expect(told(result, 'notice')).toEqual([expect.stringContaining(notice)]);
      expect(summaryText(result)).toContain(notice);
    }));

  it('is taken without a notice after a green run', () =>
    inLeases({}, async (world) => {
      ranGreen(world, hour);
      const result = await step(world, { ...leased, ...checked });
      expect([result.exitCode, told(result, 'notice'), isThere(world)]).toEqual([0, [], true]);
    }));
});
