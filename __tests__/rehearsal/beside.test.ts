import { describe, expect, test } from '@jest/globals';

import { runStep, type Step } from '../../rehearsal/runner/step.ts';
import { byIds, describeSignals, ids, inWorld } from '../scenario/support.ts';

const startAt = Date.UTC(2031, 2, 3, 8);
const minute = 60_000;

/** Beginning and end of a step by its own clock, in milliseconds since the epoch. */
function told({ outputs }: { readonly outputs: Readonly<Record<string, string>> }): readonly [number, number] {
  const [record] = JSON.parse(outputs['results'] ?? '[]') as readonly Readonly<Record<string, string>>[];
  return [Date.parse(record?.['started-at'] ?? ''), Date.parse(record?.['ended-at'] ?? '')];
}

describe('steps side by side on one clock', () => {
  test('each begins at its time, and its start takes no time', () =>
    inWorld({ startAt }, async (world) => {
      const after = async (ms: number, inputs: Step['inputs']): Promise<readonly [number, number]> => {
        await world.clock.sleep(ms);
        const result = await runStep(world, { inputs });
        expect(world.now()).toBeLessThan(startAt + ms + 10_000);
        return told(result);
      };
      const [one, other] = await Promise.all([
        after(1_000, byIds),
        after(20 * minute, { ...byIds, target: ids.staging }),
      ]);
      expect(one[0]).toBe(startAt + 1_000);
      expect(other[0]).toBe(startAt + 20 * minute);
    }));

  test('the wall clock of a machine can be wrong, and its durations are right', () =>
    inWorld({ startAt }, async (world) => {
      const result = await runStep(world, { inputs: byIds, skewMs: -2 * minute });
      expect(told(result)[0]).toBe(startAt - 2 * minute);
      expect(result.virtualMs).toBeLessThan(10_000);
    }));
});

describeSignals('a suspended step', () => {
  test('others continue meanwhile, and it reads the new time when it continues', () =>
    inWorld({ startAt }, async (world) => {
      const pauses = [{ when: { operation: 'DescribeAccountAssignmentCreationStatus' }, forMs: 4 * minute }];
      const stopped = runStep(world, { inputs: byIds, pauses });
      await world.clock.sleep(minute);
      const other = await runStep(world, { inputs: { ...byIds, target: ids.staging } });
      expect(other.exitCode).toBe(0);
      expect(world.now()).toBeLessThan(startAt + 2 * minute);
      const result = await stopped;
      expect(result.exitCode).toBe(0);
      expect(told(result)[1]).toBeGreaterThan(startAt + 4 * minute);
    }));
});
