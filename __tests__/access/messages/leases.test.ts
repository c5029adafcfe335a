import { describe, expect, test } from '@jest/globals';

import type { LeaseReport } from '../../../src/access/outcome.ts';
import { endInBrief, endInWords } from '../../../src/access/messages/lease-ends.ts';
import * as say from '../../../src/access/messages/leases.ts';
import { isoSeconds, minuteInWords } from '../../../src/access/clock.ts';
import { words } from '../fixtures.ts';

const at = (time: string): number => Date.parse(`2026-11-21T${time}Z`);
const leased: LeaseReport = {
  did: 'took',
  state: 'leased',
  id: 'lease-1',
  expiresAt: at('21:35:00'),
  endsAtLatest: at('21:35:00'),
  guarantee: 'scheduler',
  keepAfterJob: false,
  sentences: [],
};

test('instants are in UTC, to the second or the minute', () => {
  expect(isoSeconds(at('21:35:07.900'))).toBe('2026-11-21T21:35:07Z');
  expect(minuteInWords(at('21:35:59'))).toBe('2026-11-21 21:35 UTC');
});

describe('end of a lease, and who guarantees it', () => {
  test.each<[string, Partial<LeaseReport>, string, string]>([
    [
      'with its job',
      {},
      'The lease ends with this job, and at 2026-11-21 21:35 UTC at the latest (guaranteed by the sky).',
      '2026-11-21 21:35 UTC (the sky), or with this job',
    ],
    [
      'kept',
      { keepAfterJob: true, endsAtLatest: at('21:37:00') },
      'The lease ends at 2026-11-21 21:37 UTC at the latest (guaranteed by the sky).',
      '2026-11-21 21:35 UTC (the sky)',
    ],
    [
      'shared',
      { state: 'shared', endsAtLatest: at('23:00:00') },
      'The lease ends with this job, and at 2026-11-21 21:35 UTC at the latest. The access has other holders too: the sky ends it at 2026-11-21 23:00 UTC at the latest.',
      '2026-11-21 21:35 UTC (the sky), or with this job',
    ],
    [
      'by the platform',
      { guarantee: 'platform', keepAfterJob: true },
      'The lease ends at 2026-11-21 21:35 UTC at the latest (guaranteed by the sky).',
      '2026-11-21 21:35 UTC (the sky)',
    ],
    [
      'released, and left to others',
      { state: 'shared', id: null, expiresAt: null, endsAtLatest: at('23:00:00') },
      'The sky ends the access at 2026-11-21 23:00 UTC at the latest.',
      '2026-11-21 23:00 UTC (the sky)',
    ],
    [
      'of others, as a list shows it',
      { state: 'shared', id: null, keepAfterJob: true, endsAtLatest: at('23:00:00') },
      'The sky ends the access at 2026-11-21 23:00 UTC at the latest.',
      '2026-11-21 21:35 UTC (the sky)',
    ],
    [
      'by a sweep',
      { guarantee: 'sweep', endsAtLatest: null },
      'The access ends with this job. If the job dies, the first sweep after 2026-11-21 21:35 UTC ends it, and nothing does if no sweep runs.',
      'first sweep after 2026-11-21 21:35 UTC, or with this job',
    ],
    [
      'kept, and by a sweep',
      { guarantee: 'sweep', endsAtLatest: null, keepAfterJob: true },
      'The access ends at the first sweep after 2026-11-21 21:35 UTC. If no sweep runs, nothing ends it.',
      'first sweep after 2026-11-21 21:35 UTC',
    ],
    [
      'by a sweep, and shared',
      { guarantee: 'sweep', endsAtLatest: null, state: 'shared' },
      'The lease ends with this job, and at 2026-11-21 21:35 UTC at the latest. The access has other holders too: it ends when the last holder releases it, or at the first sweep after the last end time.',
      'first sweep after 2026-11-21 21:35 UTC, or with this job',
    ],
    [
      'by a sweep, and held by others only',
      { guarantee: 'sweep', endsAtLatest: null, state: 'shared', id: null, keepAfterJob: true },
      'The access has holders until 2026-11-21 21:35 UTC. It ends when the last holder releases it, or at the first sweep after the last end time.',
      'first sweep after 2026-11-21 21:35 UTC',
    ],
    [
      'by the post step alone',
      { guarantee: 'post-step', expiresAt: null, endsAtLatest: null },
      'The access ends with this job. Nothing else ends it.',
      'with this job only',
    ],
    [
      'never',
      { state: 'permanent', guarantee: null, id: null, expiresAt: null, endsAtLatest: null },
      'The access is permanent.',
      'never',
    ],
  ])('%s', (_what, over, sentence, brief) => {
    const lease = { ...leased, ...over };
    expect(endInWords(lease, words)).toBe(sentence);
    expect(endInBrief(lease, words)).toBe(brief);
  });
});

describe('the outcomes', () => {
  const holders = [
    { name: 'org/a run 7 job deploy', until: at('22:00:00') },
    { name: 'org/b run 9 job fix', until: at('23:00:00') },
  ];
  const both = 'org/a run 7 job deploy until 2026-11-21 22:00 UTC, org/b run 9 job fix until 2026-11-21 23:00 UTC';

  test('other holders of the access, and their end times', () => {
    expect(say.heldByOthers([])).toEqual([]);
    expect(say.heldByOthers(holders.slice(0, 1))).toEqual([
      'The access has one other holder: org/a run 7 job deploy until 2026-11-21 22:00 UTC.',
    ]);
    expect(say.heldByOthers(holders)).toEqual([`The access has 2 other holders until 2026-11-21 23:00 UTC: ${both}.`]);
    const many = Array.from({ length: 20 }, (_, index) => ({ name: `h${index}`, until: at('22:00:00') }));
    expect(say.heldByOthers(many)[0]).toMatch(/^The access has 20 other holders .* and 15 more\.$/u);
  });

  test.each([
    [say.leftToOthers(holders, at('23:01:00'), words), [both, 'The sky ends it at 2026-11-21 23:01 UTC']],
    [say.leftToEnder('It was refused.', at('22:00:00'), words), ['It was refused. ', 'The sky', '22:00 UTC']],
    [say.endedBySweep(true), ['still exists']],
    [say.endedBySweep(false), ['is gone']],
    [say.madePermanent(holders), [both, 'permanent now']],
    [say.cutOff(holders), [both, 'These holders lost it']],
    [say.unrecorded('Give `x`.'), ['Overlap', 'Give `x`.']],
    [say.wasThereBefore, ['stays when this job ends']],
    [say.madePermanentUnseen, ['by hand', 'after the lease has ended']],
    [say.permanentBrokenOff, ['no end', '`operation: revoke`']],
  ])('%s', (sentence, texts) => {
    for (const text of texts) expect(sentence).toContain(text);
    expect(sentence).toMatch(/^[A-Z].*\.$/u);
  });
});
