import { describe, expect, test } from '@jest/globals';

import type { Result } from '../../src/access/outcome.ts';
import { summarizeFailure, summarizeFaults, summarizeResults } from '../../src/action/summary.ts';
import { useGitHub } from './github.ts';
import {
  assignment,
  failed,
  inProgress,
  provisioning,
  resultOf,
  succeeded,
  unchanged,
  words,
  lease as aLease,
} from './results.ts';

const github = useGitHub();

const notes = {
  operation: 'assign',
  words,
  reason: null,
  endpoints: [],
  remarks: [],
  notices: [],
  dryRun: false,
  digest: '',
} as const;
const times = (count: number, result: Result): readonly Result[] =>
  Array.from({ length: count }, () => ({ ...result }));
const cancelled = { ...failed, requestId: null, reason: 'Not started: The step was cancelled', hint: null } as const;
/** What stands open, and what is folded. */
const open = (): string => github.summary().replaceAll(/<details>[^]*?<\/details>/gu, '');
const folds = (): readonly string[] =>
  [...github.summary().matchAll(/<details><summary>(?<title>[^<]*)/gu)].map(({ groups }) => groups?.['title'] ?? '');
const rowsIn = (html: string): number => html.match(/<tr><td>/gu)?.length ?? 0;
/** Every tag but those that the summary is made of. */
const foreignTags = (html: string): readonly string[] =>
  html.match(/<(?!\/?(?:h3|table|tr|th|td|p|br|strong|details|summary)>)[^>]*>/gu) ?? [];
const cells = (): readonly string[] =>
  [...github.summary().matchAll(/<td>(?<cell>[^<]*)<\/td>/gu)].map(({ groups }) => groups?.['cell'] ?? '');

describe('summarizeResults', () => {
  test('one row a grant: what happened, who, what, where, request id, how long', async () => {
    await summarizeResults([resultOf(succeeded)], notes);
    expect(github.summary()).toContain('<h3>Test Cloud: assign</h3>');
    expect(cells()).toEqual([
      '✅ granted',
      'GROUP Payments On-Call (g-1)',
      'Reader (arn:aws:sso:::permissionSet/ssoins-1/ps-1)',
      '012345678901',
      'req-1',
      '4.2 s',
    ]);
  });

  test.each([
    ['create', succeeded, '✅ granted'],
    ['update', succeeded, '✅ updated'],
    ['remove', succeeded, '✅ revoked'],
    ['provision', succeeded, '✅ provisioned'],
    ['create', unchanged, '✅ unchanged'],
    ['create', inProgress, '⏳ IN&#95;PROGRESS'],
    ['create', failed, '❌ FAILED'],
  ] as const)('%s %j', async (action, outcome, verdict) => {
    await summarizeResults([resultOf(outcome, { action })], notes);
    expect(cells()[0]).toBe(verdict);
  });

  test('says when each lease ends, where there is one, and what is to be known of it', async () => {
    const sentences = ['One other holder until 2026-03-04 09:00 UTC.'];
    const lease = { ...aLease, sentences };
    await summarizeResults([resultOf(succeeded, { lease }), resultOf(failed)], {
      ...notes,
      reason: 'Incident <b>4711',
    });
    expect(github.summary()).toContain('<th>Ends</th>');
    expect(cells()).toContain('2026-03-04 07:06 UTC (the sky), or with this job');
    expect(cells()).toContain('–');
    expect(github.summary()).toContain('One other holder until 2026-03-04 09:00 UTC.');
    expect(github.summary()).toContain('<p>Reason: Incident &lt;b&gt;4711</p>');
    github.clear();
    await summarizeResults([resultOf(succeeded)], notes);
    expect(github.summary()).not.toMatch(/Ends|Reason/u);
  });

  test.each([
    ['joined', aLease, '✅ leased'],
    ['left', { ...aLease, id: null, expiresAt: null }, '✅ released'],
    ['joined without a record', { ...aLease, expiresAt: null, guarantee: 'post-step' }, '✅ leased'],
  ] as const)('access that others hold and was %s', async (_what, lease, verdict) => {
    await summarizeResults([resultOf(succeeded, { action: 'keep', lease })], notes);
    expect(cells()[0]).toBe(verdict);
  });

  test('what was left to others is released, although the access stays; what was permanent is unchanged', async () => {
    await summarizeResults([resultOf(unchanged, { action: 'keep', lease: { ...aLease, expiresAt: null } })], notes);
    const kept = { ...aLease, state: 'permanent', expiresAt: null, endsAtLatest: null, guarantee: null } as const;
    await summarizeResults([resultOf(unchanged, { action: 'keep', lease: kept })], notes);
    expect(cells().filter((cell) => cell.startsWith('✅'))).toEqual(['✅ released', '✅ unchanged']);
    expect(cells()).toContain('never');
  });

  test('green is only what succeeded', async () => {
    for (const outcome of [failed, inProgress]) await summarizeResults([resultOf(outcome)], notes);
    expect(github.summary()).not.toContain('✅');
  });

  test('says why, what to do, what outlives it, and which endpoints were set from outside', async () => {
    await summarizeResults([resultOf(failed)], {
      ...notes,
      remarks: ['Sessions that are already open go on.'],
      endpoints: [{ source: 'AWS_ENDPOINT_URL', url: 'http://127.0.0.1:4566' }],
    });
    for (const text of [
      'the USER assignee was not found',
      'What to do: check principal',
      'Sessions that are already open go on.',
      'http://127.0.0.1:4566',
    ]) {
      expect(github.summary()).toContain(text);
    }
  });

  test('a principal without a type is told by the type that was seen, or as a principal', async () => {
    const grant = { ...assignment, principal: { ...assignment.principal, type: null, name: null } };
    const seen = { assignmentId: null, principalType: 'ServicePrincipal' };
    await summarizeResults([resultOf(succeeded, { grant, seen }), resultOf(failed, { grant })], notes);
    expect(cells().filter((_cell, index) => index % 6 === 1)).toEqual(['Principal g-1', 'ServicePrincipal g-1']);
  });

  test('a push has no column for a principal', async () => {
    await summarizeResults([resultOf(succeeded, { grant: provisioning, action: 'provision' })], notes);
    expect(cells()).toHaveLength(5);
    expect(github.summary()).not.toContain('Principal');
  });

  test('of one grant there is nothing to count', async () => {
    await summarizeResults([resultOf(succeeded)], notes);
    expect(github.summary()).not.toContain('1 granted');
  });

  test('of several their number comes first, and the worst on top', async () => {
    const results = [unchanged, cancelled, inProgress, succeeded, failed].map((outcome) => resultOf(outcome));
    await summarizeResults(results, notes);
    expect(github.summary().split('\n')[1]).toBe(
      '<p><strong>1 granted, 1 unchanged, 1 not started, 1 in progress, 1 failed</strong></p>',
    );
    expect(cells().filter((_cell, index) => index % 6 === 0)).toEqual([
      '❌ FAILED',
      '⏳ IN&#95;PROGRESS',
      '❌ FAILED, not started',
      '✅ granted',
      '✅ unchanged',
    ]);
    expect(folds()).toEqual([]);
  });

  test('a reason that several share is told once, without the request ids in it', async () => {
    const results = ['a', 'b', 'c'].map((id) => {
      const reason = `Answered 404 (request id ${id})`;
      return resultOf({ ...failed, requestId: id, reason, hint: 'Look.' });
    });
    await summarizeResults([...results, resultOf(succeeded), resultOf(inProgress)], notes);
    const { groups } = /(?<reasons><\/table>[^]*)/u.exec(github.summary()) ?? {};
    expect(groups?.['reasons']?.split('\n').slice(1)).toEqual([
      '<p><strong>3 grants: </strong>Answered 404</p>',
      '<p>What to do: Look.</p>',
      expect.stringMatching(
        /^<p><strong>Group &quot;Payments On-Call&quot; with .*: <\/strong>the time limit passed<\/p>$/u,
      ),
      '',
    ]);
  });

  test('more than twenty are folded, but for what failed or is in progress', async () => {
    await summarizeResults(
      [
        ...times(15, resultOf(succeeded)),
        ...times(3, resultOf(failed)),
        ...times(30, resultOf(cancelled)),
        resultOf(inProgress),
      ],
      notes,
    );
    expect(rowsIn(open())).toBe(4);
    expect(folds()).toEqual(['15 granted, 30 not started']);
    expect(rowsIn(github.summary())).toBe(49);
  });

  test('all well of more than twenty is one fold', async () => {
    await summarizeResults(times(21, resultOf(succeeded)), notes);
    expect(rowsIn(open())).toBe(0);
    expect(open()).not.toContain('<table>');
    expect(folds()).toEqual(['21 granted']);
  });

  test('of nothing says so', async () => {
    await summarizeResults([], notes);
    expect(github.summary()).toContain('Nothing had to be done.');
    expect(github.summary()).not.toContain('<table>');
  });

  test('says what was left out and what should be known, each once', async () => {
    const remarked = resultOf({ ...succeeded, remark: 'it ended FAILED' });
    await summarizeResults([remarked, remarked], { ...notes, notices: ['Skipped 2.'], remarks: ['Sessions last.'] });
    for (const text of ['2 grants: it ended FAILED', 'Skipped 2.', 'Sessions last.']) {
      expect(github.summary().split(`<p>${text}</p>`)).toHaveLength(2);
    }
  });

  test('stays below what GitHub takes, and says how much is missing', async () => {
    const grant = { ...assignment, target: { id: '1', name: '_'.repeat(200) } };
    const reasons = Array.from({ length: 3_000 }, (_, index) =>
      resultOf({ ...failed, reason: `${index} ${'*'.repeat(2_000)}` }, { grant }),
    );
    const notices = Array.from({ length: 200 }, (_, index) => `${index} ${'_'.repeat(500)}`);
    await summarizeResults([...reasons, ...times(9_000, resultOf(succeeded, { grant }))], { ...notes, notices });
    const html = github.summary();
    expect(Buffer.byteLength(html)).toBeLessThan(1024 * 1024);
    expect(rowsIn(html)).toBeGreaterThan(300);
    const left = /<p>(?<count>\d+) more rows do not fit here: results-file has all\.<\/p>/u.exec(html)?.groups?.[
      'count'
    ];
    expect(Number(left)).toBe(12_000 - rowsIn(html));
    expect(html).toMatch(/more reasons do not fit here/u);
    expect(html.match(/<table>/gu)?.length).toBe(html.match(/<\/table>/gu)?.length);
    expect(html.match(/<details>/gu)?.length).toBe(html.match(/<\/details>/gu)?.length);
  });

  describe('a dry run', () => {
    const plan = { ...notes, dryRun: true, digest: 'sha256:12ab' };
    const kept = resultOf(unchanged, { action: 'keep' });
    const refused = resultOf({ ...failed, requestId: null }, { action: 'refuse' });

    test('is a plan: what would be, its digest, and what stays folded', async () => {
      await summarizeResults([kept, resultOf(succeeded), refused], plan);
      expect(github.summary()).toContain('<h3>Test Cloud: plan for assign</h3>');
      for (const text of ['1 would be granted, 1 unchanged, 1 refused', 'nothing was changed', 'sha256:12ab']) {
        expect(open()).toContain(text);
      }
      expect(rowsIn(open())).toBe(2);
      expect(folds()).toEqual(['1 unchanged']);
      expect(cells().filter((_cell, index) => index % 4 === 0)).toEqual([
        '❌ refused',
        'would be granted',
        'unchanged',
      ]);
      expect(github.summary()).not.toContain('✅');
    });

    test('of many folds them, but for what is refused', async () => {
      await summarizeResults([...times(40, resultOf(succeeded)), refused, ...times(5, kept)], plan);
      expect(rowsIn(open())).toBe(1);
      expect(folds()).toEqual(['40 would be granted', '5 unchanged']);
    });

    test('of nothing says so', async () => {
      await summarizeResults([], plan);
      expect(github.summary()).toContain('nothing to do');
      expect(github.summary()).toContain('sha256:12ab');
    });
  });

  test('hostile names and reasons stay text', async () => {
    const name = '</td></tr></table><img src=x onerror=1> **b** [l](https://evil) `c`\n# h';
    const hostile = resultOf(
      { ...failed, reason: `${name}<script>`, hint: name },
      { grant: { ...assignment, principal: { ...assignment.principal, name }, target: { id: '1', name } } },
    );
    const remarked = { ...hostile, outcome: { ...succeeded, remark: name } };
    for (const [results, over] of [
      [[hostile], {}],
      [[hostile, ...times(30, remarked)], {}],
      [[hostile, ...times(30, remarked)], { dryRun: true, digest: name }],
    ] as const) {
      github.clear();
      await summarizeResults(results, { ...notes, remarks: [name], notices: [name], ...over });
      expect(foreignTags(github.summary())).toEqual([]);
      expect(github.summary()).not.toMatch(/\*\*|\]\(|`|^#/mu);
      expect(cells()).toHaveLength(results.length * ('dryRun' in over ? 4 : 6));
    }
  });
});

describe('summarizeFaults and summarizeFailure', () => {
  test('say what was wrong, and stay text', async () => {
    await summarizeFaults([{ input: 'role', problem: 'is "<b>|"', example: 'Reader' }]);
    await summarizeFailure('cloud-access: <i>', ['line <u>'], []);
    expect(cells()).toEqual(['role', 'is &quot;&lt;b&gt;&#124;&quot;', 'Reader']);
    expect(github.summary()).toContain('line &lt;u&gt;');
    expect(foreignTags(github.summary())).toEqual([]);
  });

  test('a summary that cannot be written is no error', async () => {
    const file = process.env['GITHUB_STEP_SUMMARY'];
    process.env['GITHUB_STEP_SUMMARY'] = '/nowhere/at/all';
    await expect(summarizeFailure('title', [], [])).resolves.toBeUndefined();
    process.env['GITHUB_STEP_SUMMARY'] = file;
  });
});
