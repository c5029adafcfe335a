import { describe, expect, it } from '@jest/globals';
import {
  changesIn,
  holdersIn,
  inAzureLeases,
  isGranted,
  leasedOnAzure,
  postOnAzure,
  takeOnAzure,
} from './azure-lease-support.ts';
import { asked, endJob, job, summaryText, told } from './lease-support.ts';

const [one, two, three] = [job(1), job(2), job(3)];
const longer = { ...leasedOnAzure, lifetime: '3h' } as const;
const settleMs = 35_000;

describe('a release on Azure', () => {
  it('does not count a holder whose job has ended, and so ends the lease of a lost runner (P5)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, longer, one);
      const second = await takeOnAzure(world, leasedOnAzure, two);
      endJob(world, 1);
      const left = await postOnAzure(world, second, two);
      expect([left.exitCode, told(left, 'warning'), isGranted(world)]).toEqual([0, [], false]);
      expect(left.log).toContain(
        'The job of octo-org/infra run 7001 (job 4501) has ended, so its entry no longer counts.',
      );
      expect(summaryText(left)).toContain('Revoked');
    }));

  it('removes such an entry together with its own where other holders stay (P5)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, longer, one);
      const second = await takeOnAzure(world, leasedOnAzure, two);
      await takeOnAzure(world, leasedOnAzure, three);
      endJob(world, 1);
      const left = await postOnAzure(world, second, two);
      expect([left.exitCode, changesIn(left), holdersIn(world)]).toEqual([0, ['put 201'], [3]]);
    }));

  it('sends no request to GitHub without other holders', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      const left = await postOnAzure(world, main, one);
      expect([left.exitCode, asked(left, 'github'), isGranted(world)]).toEqual([0, [], false]);
    }));

  it.each(['none', 'forgotten'])('counts all holders where GitHub does not answer (%s) (P5)', (how) =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, longer, one);
      const second = await takeOnAzure(world, leasedOnAzure, two);
      endJob(world, 1);
      if (how === 'none') world.github.allow('none');
      else world.github.forget('7001');
      const left = await postOnAzure(world, second, two);
      expect([left.exitCode, holdersIn(world)]).toEqual([0, [1]]);
      expect(left.log).toContain('The access stays for octo-org/infra run 7001 (job 4501)');
    }),
  );

  it('counts a holder that keeps the lease after its job (P5)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, { ...longer, 'keep-after-job': 'true' }, one);
      const second = await takeOnAzure(world, leasedOnAzure, two);
      endJob(world, 1);
      const left = await postOnAzure(world, second, two);
      expect([left.exitCode, asked(left, 'github'), holdersIn(world)]).toEqual([0, [], [1]]);
    }));

  it('uses the GitHub of its main step, with any exports of a later step (P10)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, longer, one);
      const second = await takeOnAzure(world, leasedOnAzure, two);
      endJob(world, 1);
      const elsewhere = { GITHUB_API_URL: 'https://github.example.net/api/v3' };
      const left = await postOnAzure(world, second, { ...two, env: elsewhere });
      expect([left.exitCode, asked(left, 'github').length > 0, isGranted(world)]).toEqual([0, true, false]);
    }));

  it('waits for writes on their way where its main step had other holders, even though none is left (P5)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      const second = await takeOnAzure(world, longer, two);
      await postOnAzure(world, main, one);
      const last = await postOnAzure(world, second, two);
      expect([last.exitCode, changesIn(last), isGranted(world)]).toEqual([0, ['delete 200'], false]);
      expect(last.virtualMs).toBeGreaterThanOrEqual(settleMs);
    }));
});
