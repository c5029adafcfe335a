import { describe, expect, test } from '@jest/globals';

import type { Step } from '../../../src/access/plan/plan.ts';
import { permanent, type Lifetime } from '../../../src/access/request.ts';
import { countActions, printPlan } from '../../../src/access/plan/log.ts';
import { createFakeLog, type FakeLog } from '../fake-log.ts';
import { assignment, assignmentOf, conflict, unnamed, words } from '../fixtures.ts';

const creation: Step = { action: 'create', grant: assignment, seen: null };
const steps = (many: number): readonly Step[] =>
  Array.from({ length: many }, (_, index) => ({
    action: index % 3 === 0 ? 'keep' : 'create',
    grant: assignmentOf(index),
    seen: null,
  }));

function printed(plan: readonly Step[], lifetime: Lifetime = permanent): FakeLog {
  const log = createFakeLog();
  printPlan(plan, lifetime, words, log);
  return log;
}

describe('printPlan', () => {
  test('of one grant: its names and its change', () => {
    expect(printed([creation]).lines).toEqual([
      'info: Group "Payments On-Call" (g-1).',
      'info: Role "Reader" (r-1).',
      'info: Place t-1.',
      'info: Plan: create group "Payments On-Call" with role "Reader" on place t-1.',
    ]);
  });

  test('of a lease: for how long, and whether it ends with the job', () => {
    const lease = { kind: 'lease', ms: 7_200_000, keepAfterJob: false, onExisting: 'keep' } as const;
    const what = 'Plan: create group "Payments On-Call" with role "Reader" on place t-1';
    expect(printed([creation], lease).at('info')).toContain(`${what} for 2 h, ends with the job.`);
    expect(printed([creation], { ...lease, keepAfterJob: true }).at('info')).toContain(
      `${what} for 2 h, kept after the job.`,
    );
    expect(printed([{ action: 'keep', grant: assignmentOf(1), seen: unnamed }], lease).at('info')).toContain(
      'Plan: keep group g-1 with role r-1 on place t-1.',
    );
  });

  test('of several: counts first, then a short line each; each identity once, folded', () => {
    const log = printed(steps(6));
    expect(log.at('info')).toEqual([
      'Plan for 6 grants: 4 create, 2 keep. 6 groups with role r-1 on 6 places.',
      'Plan for group g-0 on place t-0: keep.',
      'Plan for group g-1 on place t-1: create.',
      'Plan for group g-2 on place t-2: create.',
      'Plan for group g-3 on place t-3: keep.',
      'Plan for group g-4 on place t-4: create.',
      'Plan for group g-5 on place t-5: create.',
    ]);
    expect(log.inGroup(/Names and IDs/u).filter((line) => line === 'Role r-1.')).toHaveLength(1);
  });

  test('of many: folded, and nothing is lost', () => {
    const log = printed(steps(120));
    expect(log.at('info')).toEqual([
      'Plan for 120 grants: 80 create, 40 keep. 120 groups with role r-1 on 120 places.',
    ]);
    expect(log.at('group')).toHaveLength(2);
    expect(log.inGroup(/Plan for each grant \(120 lines\)/u)).toHaveLength(120);
    // A group and a place each, and one role.
    expect(log.inGroup(/Names and IDs/u)).toHaveLength(241);
  });

  test('of no grants shows no change', () => {
    expect(printed([]).lines.join('\n')).not.toMatch(/create|undefined/u);
  });

  test('shows the differences, and the reason of a refusal', () => {
    const seen = unnamed;
    const lines = printed([
      { action: 'update', grant: assignmentOf(1), seen, outdated: ['description', 'condition'] },
      { action: 'refuse', grant: assignmentOf(2), seen, ...conflict },
    ]).at('info');
    expect(lines).toContain(
      'Plan for group g-1 on place t-1: update (differs from the request: description, condition).',
    );
    expect(lines).toContain('Plan for group g-2 on place t-2: refuse: It is there with a lock on it.');
  });
});

describe('countActions', () => {
  test('names what there is, what matters most first', () => {
    expect(
      countActions([
        { action: 'keep' },
        { action: 'refuse' },
        { action: 'remove' },
        { action: 'create' },
        { action: 'keep' },
        { action: 'provision' },
        { action: 'update' },
      ]),
    ).toBe('1 create, 1 update, 1 provision, 1 remove, 1 refuse, 2 keep');
    expect(countActions([])).toBe('');
  });
});
