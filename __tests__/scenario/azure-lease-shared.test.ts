import { describe, expect, it } from '@jest/globals';
import {
  changesIn,
  describeByHand,
  holdersIn,
  inAzureLeases,
  isGranted,
  leasedAssignment,
  leasedOnAzure,
  overwriteSoon,
  postOnAzure,
  recordOf,
  slowWire,
  takeOnAzure,
} from './azure-lease-support.ts';
import { hour, job, minute, summaryText, told } from './lease-support.ts';
import { errors } from './support.ts';

const [one, two, three] = [job(1), job(2), job(3)];
const shorter = { ...leasedOnAzure, lifetime: '1h', reason: 'deploy' } as const;
const longer = { ...leasedOnAzure, lifetime: '3h', reason: 'deploy' } as const;
const settleMs = 35_000;
const first = 'octo-org/infra run 7001 (job 4501) until 2026-11-21 22:00 UTC';

describe('a lease on Azure of access with another holder', () => {
  it('is added to the other one in the same assignment, and names its other holders', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      const was = leasedAssignment(world)?.id;
      const second = await takeOnAzure(world, longer, two);
      expect(second.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'lease-state': 'shared',
        'expires-at': '2026-11-21T23:00:00Z',
        'ends-at-latest': '',
        'expiry-guarantee': 'sweep',
        'assignment-id': was,
      });
      expect(summaryText(second)).toContain(`The access has one other holder: ${first}.`);
      expect([told(second, 'warning'), holdersIn(world)]).toEqual([[], [1, 2]]);
    }));

  it('is green only after a read that no write on its way can invalidate, and reports its wait (P1)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      const second = await takeOnAzure(world, longer, two);
      expect(second.log).toMatch(
        /The access has other holders\. Waiting 3\d s until no earlier request can overwrite/u,
      );
      expect(second.virtualMs).toBeGreaterThanOrEqual(settleMs);
      expect(second.virtualMs).toBeLessThan(settleMs + 5_000);
      const put = second.requests.find(({ operation }) => operation === 'roleAssignments.put');
      const read = second.requests.findLast(({ operation }) => operation === 'roleAssignments.list');
      expect((read?.at ?? 0) - (put?.at ?? 0)).toBeGreaterThanOrEqual(settleMs);
    }));

  it('with an entry that another job overwrote from an older read is written again before it is green (P1)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      overwriteSoon(world, 3_000);
      const second = await takeOnAzure(world, longer, two);
      expect(changesIn(second)).toEqual(['put 201', 'put 201']);
      expect([holdersIn(world), second.outputs['lease-state']]).toEqual([[1, 2], 'shared']);
    }));

  it('keeps the text of the first one, with any description and reason of the others', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, description: 'Incident [4711]' }, one);
      const second = await takeOnAzure(world, { ...longer, description: 'Mine now' }, two);
      expect(recordOf(world)?.text).toBe('Incident [4711] INC-1');
      await postOnAzure(world, main, one);
      expect(recordOf(world)?.text).toBe('Incident [4711] INC-1');
      await postOnAzure(world, second, two);
      expect(isGranted(world)).toBe(false);
    }));

  it('by three overlapping jobs, each until its own end or release (P5)', () =>
    inAzureLeases({}, async (world) => {
      const mains = [];
      for (const [inputs, who] of [
        [leasedOnAzure, one],
        [shorter, two],
        [longer, three],
      ] as const)
        mains.push({ main: await takeOnAzure(world, inputs, who), who });
      expect(holdersIn(world)).toEqual([1, 2, 3]);
      const third = mains.at(-1);
      expect(summaryText(third?.main ?? { summary: '' })).toContain('2 other holders until 2026-11-21 22:00 UTC');
      for (const [index, { main, who }] of mains.entries()) {
        const ended = await postOnAzure(world, main, who);
        expect([ended.exitCode, told(ended, 'warning'), isGranted(world)]).toEqual([0, [], index < 2]);
      }
    }));

  it('does not count an expired holder, and clears that entry', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, shorter, one);
      await world.advance(hour + 2 * minute);
      const second = await takeOnAzure(world, longer, two);
      expect([second.outputs['lease-state'], holdersIn(world)]).toEqual(['leased', [2]]);
      expect(second.log).not.toContain('has other holders');
    }));
});

describe('a release on Azure with other holders', () => {
  it('leaves it to them, green and without a warning, and the last one ends it (P5)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      const second = await takeOnAzure(world, longer, two);
      const left = await postOnAzure(world, main, one);
      expect([left.exitCode, told(left, 'warning'), changesIn(left), holdersIn(world)]).toEqual([
        0,
        [],
        ['put 201'],
        [2],
      ]);
      const stays = 'The access stays for octo-org/infra run 7002 (job 4502) until 2026-11-21 23:00 UTC.';
      expect(left.log).toContain(stays);
      expect(summaryText(left)).toContain(stays);
      const last = await postOnAzure(world, second, two);
      expect([last.exitCode, changesIn(last), isGranted(world)]).toEqual([0, ['delete 200'], false]);
      expect(summaryText(last)).toContain('Revoked');
    }));

  it('waits once, for the full time, since a write on its way can restore its entry (P5)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      await takeOnAzure(world, longer, two);
      overwriteSoon(world, 4_000);
      const left = await postOnAzure(world, main, one);
      expect([left.exitCode, changesIn(left), holdersIn(world)]).toEqual([0, ['put 201', 'put 201'], [2]]);
      expect(left.log).toMatch(/Waiting 3\d s until a read is certain to show the final state/u);
    }));

  it.each([0, 1, 2, 3])('by two at the same time ends the access with the last one (%i) (P5)', (seed) =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      const second = await takeOnAzure(world, leasedOnAzure, two);
      slowWire(world, 200 + 150 * seed);
      const ends = await Promise.all([postOnAzure(world, main, one), postOnAzure(world, second, two)]);
      expect([ends.map(errors), isGranted(world)]).toEqual([['', ''], false]);
    }),
  );

  it.each([0, 1, 2, 3])('keeps the access for those that joined at the same time (%i) (P5)', (seed) =>
    inAzureLeases({}, async (world) => {
      slowWire(world, 200 + 150 * seed);
      const all = await Promise.all([one, two, three].map((it) => takeOnAzure(world, leasedOnAzure, it)));
      expect([all.map(errors), holdersIn(world).toSorted()]).toEqual([
        ['', '', ''],
        [1, 2, 3],
      ]);
      // One leaves while another one comes.
      const [left, fourth] = await Promise.all([
        postOnAzure(world, all[0] ?? { state: {} }, one),
        takeOnAzure(world, longer, job(4)),
      ]);
      expect([errors(left), errors(fourth), holdersIn(world).toSorted()]).toEqual(['', '', [2, 3, 4]]);
    }),
  );

  it('that removes an entry which no read had shown names its holder, and restores nothing', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      const second = await takeOnAzure(world, longer, two);
      const both = leasedAssignment(world)?.description ?? '';
      await postOnAzure(world, second, two);
      world.script.onRequest({ operation: 'roleAssignments.delete', nth: 1 }, () => {
        describeByHand(world, () => both);
      });
      const left = await postOnAzure(world, main, one);
      expect([left.exitCode, isGranted(world)]).toEqual([0, false]);
      expect(told(left, 'warning').join()).toMatch(
        /entry of .*run 7001 \(job 4501\) also deleted the entry of .*run 7002 \(job 4502\)/u,
      );
    }));

  it('of the last one, during a join, keeps the access of the new holder (P5)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      slowWire(world, 900);
      const [left, second] = await Promise.all([postOnAzure(world, main, one), takeOnAzure(world, longer, two)]);
      expect([errors(left), errors(second), isGranted(world), holdersIn(world).includes(2)]).toEqual([
        '',
        '',
        true,
        true,
      ]);
      const last = await postOnAzure(world, second, two);
      // An entry that a join has restored is a ghost: it stays until its end and the next sweep.
      expect([last.exitCode, holdersIn(world).includes(2)]).toEqual([0, false]);
    }));
});
