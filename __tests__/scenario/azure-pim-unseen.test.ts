import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { inPim, leasedByPim, leasedSchedule, postByPim, run, takeByPim } from './azure-pim-support.ts';
import { warnings } from './azure-support.ts';
import { minute, summaryText } from './lease-support.ts';
import { errors } from './support.ts';

const refused: Effect = { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'no' };

function refuseAll(world: World, prefix: string): void {
  world.script.weather(({ operation }) => (operation?.startsWith(prefix) === true ? refused : undefined));
}

describe('a lease through Privileged Identity Management that post can look at in nothing', () => {
  it('is left to Azure beside others, with the earliest end, and no other is named', () =>
    inPim({}, async (world) => {
      await takeByPim(world, { ...leasedByPim, lifetime: '3h' }, run(1));
      await world.clock.advance(10 * minute);
      const second = await takeByPim(world, { ...leasedByPim, lifetime: '30m' }, run(2));
      expect(second.outputs['ends-at-latest']).toBe('2026-11-21T23:01:30Z');
      refuseAll(world, 'roleAssignmentSchedule');
      const ended = await postByPim(world, second, run(2));
      expect([errors(ended), ended.exitCode]).toEqual(['', 0]);
      expect(warnings(ended)).toContain(
        'which ends it at 2026-11-21 20:40 UTC at the earliest: whether it lasts longer for others could not be read.',
      );
      expect(summaryText(ended)).not.toContain('at the latest');
    }));

  it('is left to Azure alone with the same words: its end is rounded up', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, lifetime: '5m' });
      const end = Date.parse(main.outputs['expires-at'] ?? '');
      refuseAll(world, 'roleAssignmentSchedule');
      const ended = await postByPim(world, main);
      expect(leasedSchedule(world)?.endAt).toBeGreaterThanOrEqual(end);
      expect(warnings(ended)).toMatch(/which ends it at 2026-11-21 20:0\d UTC at the earliest/u);
    }));
});
