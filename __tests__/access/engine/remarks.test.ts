import { describe, expect, test } from '@jest/globals';

import type { Ended } from '../../../src/access/cloud.ts';
import type { Grant } from '../../../src/access/grant.ts';
import type { CloudWithLeases } from '../../../src/access/leases/port.ts';
import type { Outcome, Result } from '../../../src/access/outcome.ts';
import { remarksOn } from '../../../src/access/engine/remarks.ts';
import { createEngine } from './engine.ts';
import { assignmentsOn, cloudError } from '../fixtures.ts';
import { noJournal } from '../no-journal.ts';

const done: Outcome = { status: 'SUCCEEDED', changed: true, requestId: 'own-1', remark: null };
const kept: Outcome = { status: 'SUCCEEDED', changed: false, requestId: null, remark: null };
const unended: Outcome = { status: 'IN_PROGRESS', requestId: 'own-1', reason: 'the time limit passed', hint: null };
const failed: Outcome = { status: 'FAILED', changed: false, requestId: null, reason: '', hint: null, failure: null };

interface Rig {
  readonly asked: readonly Ended[];
  readonly remarks: (outcomes?: readonly Outcome[], signal?: AbortSignal) => Promise<readonly string[]>;
}

/** Grants that were made, and the cloud's remark on each by its number. */
function setUp(many: number, remark: (index: number) => string | null | Error): Rig {
  const grants: readonly Grant[] = assignmentsOn(many, many);
  const { cloud, clock, log } = createEngine({ grants });
  const asked: Ended[] = [];
  const remarking: CloudWithLeases = {
    ...cloud,
    remarkOn(ended) {
      asked.push(ended);
      const it = remark(grants.indexOf(ended.grant));
      return it instanceof Error ? Promise.reject(it) : Promise.resolve(it);
    },
  };
  return {
    asked,
    remarks(outcomes = grants.map(() => done), signal = new AbortController().signal) {
      const results = grants.map((grant, index): Result => {
        const outcome = outcomes[index] ?? done;
        return { grant, action: 'create', outcome, seen: null, lease: null, startedAt: 0, endedAt: 0 };
      });
      const planning = { cloud: 'test', wanted: false, expected: null, planFor: null, onPlan: () => undefined };
      const doing = { random: () => 0.5, onStarted: () => undefined, journal: noJournal };
      const tools = { cloud: remarking, clock, log, signal, planning, ...doing };
      return remarksOn(results, 'create', tools);
    },
  };
}

describe('a remark about a state that no read shows', () => {
  test('is reported once, and without a grant, where it applies to all', async () => {
    expect(await setUp(40, () => 'Sessions go on.').remarks()).toEqual(['Sessions go on.']);
    expect(await setUp(1, () => 'Sessions go on.').remarks()).toEqual(['Sessions go on.']);
  });

  test('about some grants names them', async () => {
    const remarks = await setUp(
      5,
      (index) => ['One.', 'Several.', 'Several.', 'Several.', null][index] ?? null,
    ).remarks();
    expect(remarks).toHaveLength(2);
    expect(remarks[0]).toMatch(/^GROUP .*g-0.*t-0.*: One\.$/iu);
    expect(remarks[1]).toMatch(/^3 grants, such as .*g-1.*t-1.*: Several\.$/iu);
  });

  test('of very many is cut short, with a count', async () => {
    const remarks = await setUp(50, (index) => `Remark ${index}.`).remarks();
    expect(remarks).toHaveLength(21);
    expect(remarks.at(-1)).toBe('30 more remarks of this kind are not shown.');
  });

  test('is requested for changes that did not fail, with their results', async () => {
    const { remarks, asked } = setUp(4, () => null);
    expect(await remarks([done, kept, unended, failed])).toEqual([]);
    expect(asked.map(({ changed, verified }) => [changed, verified])).toEqual([
      [true, true],
      [false, true],
      [true, false],
    ]);
  });

  test('that cannot be requested is left out: the others are reported', async () => {
    const { remarks } = setUp(3, (index) => (index === 1 ? cloudError('denied') : `Remark ${index}.`));
    expect(await remarks()).toEqual([expect.stringContaining('Remark 0.'), expect.stringContaining('Remark 2.')]);
  });

  test('is not asked after a cancellation', async () => {
    const { remarks, asked } = setUp(3, () => 'Sessions go on.');
    expect(await remarks(undefined, AbortSignal.abort(new Error('stop')))).toEqual([]);
    expect(asked).toEqual([]);
  });
});
