import { describe, expect, test } from '@jest/globals';

import type { Change } from '../../../src/access/cloud.ts';
import { createHealth } from '../../../src/access/engine/health.ts';
import { createEngine } from './engine.ts';
import { assignmentsOn, cloudError } from '../fixtures.ts';

describe('createHealth', () => {
  test('gives up after eight in a row, and one answer gives hope again', () => {
    const health = createHealth();
    for (let times = 1; times < 8; times += 1) health.silent('no answer');
    expect(health.isDown()).toBeNull();
    health.answered();
    for (let times = 1; times <= 8; times += 1) health.silent(`no answer ${times}`);
    expect(health.isDown()).toMatch(/^the last 8 changes got no answer.*no answer 8$/u);
    health.answered();
    expect(health.isDown()).toBeNull();
  });
});

describe('an outage in the middle of many', () => {
  const laneOf = ({ grant }: Change): string => grant.target.id;
  const limits = { inFlight: 100, outstanding: { create: 4 } } as const;

  test('begins nothing more: a grant that was not begun is FAILED, not started, and never unknown', async () => {
    let starts = 0;
    const { results, cloud, clock } = createEngine({
      grants: assignmentsOn(60, 4),
      limits,
      laneOf,
      timeoutMs: 60_000,
      answers: () => {
        starts += 1;
        return starts <= 8 ? null : { kind: 'refuse', error: cloudError('unavailable') };
      },
    });
    const all = (await results()).map(({ outcome }) => outcome);
    const notStarted = all.filter((it) => it.status === 'FAILED' && it.reason.startsWith('Not started: the last 8'));
    expect(all.filter(({ status }) => status === 'SUCCEEDED')).toHaveLength(8);
    expect(notStarted.length).toBeGreaterThanOrEqual(60 - 8 - 8 - 4);
    expect(all).toHaveLength(60);
    // Two rounds of four and a little, and not fifteen.
    expect(clock.elapsed()).toBeLessThan(5 * 60_000);
    expect(cloud.starts.length).toBeGreaterThan(8);
  });

  test('is not assumed where other requests are answered meanwhile', async () => {
    const { results } = createEngine({
      grants: assignmentsOn(60, 6),
      limits,
      laneOf,
      timeoutMs: 60_000,
      answers: ({ grant }) => (grant.target.id === 't-0' ? { kind: 'refuse', error: cloudError('unavailable') } : null),
    });
    const good = (await results()).filter(({ outcome }) => outcome.status === 'SUCCEEDED');
    expect(good).toHaveLength(50);
  });
});
