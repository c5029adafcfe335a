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
  test('of one grant: who is who, and what is done', () => {
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

  test('of several: counts first, each identity once', () => {
    const lines = printed(steps(6)).at('info');
    expect(lines[0]).toBe('Plan for 6 grants: 4 create, 2 keep.');
    expect(lines.filter((line) => line === 'Role r-1.')).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('Plan: '))).toHaveLength(6);
  });

  test('of many: folded, and nothing is lost', () => {
    const log = printed(steps(120));
    expect(log.at('info')).toEqual(['Plan for 120 grants: 80 create, 40 keep.']);
    expect(log.at('group')).toHaveLength(2);
    expect(log.inGroup(/grant by grant \(120 lines\)/u)).toHaveLength(120);
    // A group and a place each, and one role.
    expect(log.inGroup(/Names and ids/u)).toHaveLength(241);
  });

  test('of none says nothing that is not so', () => {
    expect(printed([]).lines.join('\n')).not.toMatch(/create|undefined/u);
  });

  test('says what differs, and why something is refused', () => {
    const seen = unnamed;
    const lines = printed([
      { action: 'update', grant: assignmentOf(1), seen, outdated: ['description', 'condition'] },
      { action: 'refuse', grant: assignmentOf(2), seen, ...conflict },
    ]).at('info');
    expect(lines).toContain(
      'Plan: update group g-1 with role r-1 on place t-1 (not as asked: description, condition).',
    );
    expect(lines).toContain('Plan: refuse group g-2 with role r-1 on place t-2: It is there with a lock on it.');
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
