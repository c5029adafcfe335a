import { describe, expect, test } from '@jest/globals';

import { InputFaults, Refusal } from '../../../src/access/errors.ts';
import type { Outcome, Result } from '../../../src/access/outcome.ts';
import { summarizeFailure, summarizeFaults, summarizeRefusals } from '../../../src/action/report/failure-summary.ts';
import { summarizeResults } from '../../../src/action/report/summary.ts';
import { useGitHub } from '../github/github.ts';
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

const run = {
  actor: 'octocat',
  actorId: '583231',
  triggeringActor: 'octocat',
  run: 'https://github.example/o/r/actions/runs/1/attempts/2',
  runNumber: '42',
  attempt: '2',
  environment: null,
} as const;
/** Summary of that run. */
const runCells = [
  ...['Started&nbsp;by', 'octocat (ID 583231)'],
  ...['Run', '<a href="https://github.example/o/r/actions/runs/1/attempts/2">&#35;42, attempt 2</a>'],
];
const runRows = runCells
  .flatMap((cell, index) => (index % 2 === 0 ? [`<tr><td>${cell}</td><td>${runCells[index + 1] ?? ''}</td></tr>`] : []))
  .join('');
const notes = {
  request: [],
  run,
  portal: null,
  release: null,
  words,
  reason: null,
  endpoints: [],
  remarks: [],
  notices: [],
  wait: true,
  dryRun: false,
  digest: '',
  lack: null,
} as const;
const times = (count: number, result: Result): readonly Result[] =>
  Array.from({ length: count }, () => ({ ...result }));
const cancelled = { ...failed, requestId: null, reason: 'Not started: The step was canceled', hint: null } as const;
const ofFiles = { ...notes, files: { extraLeft: 3 } } as const;
/** Visible rows, and folded ones. */
const open = (): string => github.summary().replaceAll(/<details>[^]*?<\/details>/gu, '');
const folds = (): readonly string[] =>
  [...github.summary().matchAll(/<details><summary>(?<title>[^<]*)/gu)].map(({ groups }) => groups?.['title'] ?? '');
/** Rows of results, not of facts. */
const rowsIn = (html: string): number =>
  [...html.matchAll(/<table><tr><th>(?<rows>[^]*?)<\/table>/gu)].flatMap(
    ({ groups }) => groups?.['rows']?.match(/<tr><td>/gu) ?? [],
  ).length;
/** Every tag but those that the summary is made of. */
const foreignTags = (html: string): readonly string[] =>
  html.match(
    /<(?!\/?(?:h3|table|tr|th|td|p|br|strong|code|pre|details|summary|ul|li)>|a href="https:\/\/github\.example\/[\w/]*">|\/a>)[^>]*>/gu,
  ) ?? [];
/** Of the results; the facts of the run are the same in each. */
const cells = (): readonly string[] =>
  [
    ...github
      .summary()
      .replaceAll(runRows, '')
      .matchAll(/<td>(?<cell>[^]*?)<\/td>/gu),
  ].map(({ groups }) => groups?.['cell'] ?? '');
const headlines = (): readonly string[] =>
  [...github.summary().matchAll(/<h3>(?<text>[^<]*)<\/h3>/gu)].map(({ groups }) => groups?.['text'] ?? '');
/** The same grant on accounts of its own. */
const onAccounts = (outcomes: readonly Outcome[], over: Partial<Result> = {}): readonly Result[] =>
  outcomes.map((outcome, index) =>
    resultOf(outcome, { ...over, grant: { ...assignment, target: { id: `11112222333${index}`, name: null } } }),
  );

describe('summarizeResults', () => {
  test('one grant: the change and the principal come first; then IDs, role, target, request ID, duration', async () => {
    await summarizeResults([resultOf(succeeded)], notes);
    expect(headlines()).toEqual([
      '✅ Granted: group &quot;Payments On-Call&quot; with permission set &quot;Reader&quot; on account 012345678901',
    ]);
    expect(github.summary()).toContain(runRows);
    expect(cells()).toEqual([
      ...['Principal', 'group <strong>Payments On-Call</strong> <code>g-1</code>'],
      ...['Permission&nbsp;set', '<strong>Reader</strong> <code>arn:aws:sso:::permissionSet/ssoins-1/ps-1</code>'],
      ...['Account', '<code>012345678901</code>'],
      ...['Request&nbsp;ID', '<code>req-1</code>'],
      ...['Took', '4.2 s'],
    ]);
  });

  test('one grant with long IDs only: they are not in the first line', async () => {
    const nameless = { ...assignment, role: { ...assignment.role, name: null } };
    await summarizeResults([resultOf(succeeded, { grant: nameless })], notes);
    const nowhere = { ...nameless, target: { id: '/subscriptions/1', name: null } };
    await summarizeResults([resultOf(failed, { grant: nowhere })], notes);
    expect(headlines()).toEqual([
      '✅ Granted: group &quot;Payments On-Call&quot; with a permission set on account 012345678901',
      '❌ FAILED: group &quot;Payments On-Call&quot; with a permission set on an account',
    ]);
  });

  test('many: a row each, with the common values once, above them', async () => {
    await summarizeResults(onAccounts([succeeded, failed]), notes);
    expect(headlines()).toEqual([
      '❌ 1 granted, 1 failed: group &quot;Payments On-Call&quot; with permission set &quot;Reader&quot; on 2 accounts',
    ]);
    expect(github.summary()).toContain('<p><strong>The access is permanent.</strong></p>');
    expect(cells()).toEqual([
      ...['Principal', 'group <strong>Payments On-Call</strong> <code>g-1</code>'],
      ...['Permission&nbsp;set', '<strong>Reader</strong> <code>arn:aws:sso:::permissionSet/ssoins-1/ps-1</code>'],
      ...['❌ FAILED', '111122223331', '4.2 s', 'req-3'],
      ...['✅ granted', '111122223330', '4.2 s', 'req-1'],
    ]);
  });

  test('many: different names fold the long IDs; equal names show the IDs next to them', async () => {
    const named = (id: string, name: string): Result =>
      resultOf(succeeded, { grant: { ...assignment, principal: { type: 'USER', id, name } } });
    await summarizeResults([named('0123456789-1', 'alice'), named('0123456789-12', 'bob')], notes);
    expect(cells()).toContain('user alice');
    expect(folds()).toEqual(['Names and IDs']);
    expect(github.summary()).toContain('User &quot;alice&quot; (0123456789-1)\n');
    github.clear();
    await summarizeResults([named('0123456789-12', 'twin'), named('0123456789-13', 'twin')], notes);
    expect(cells()).toContain('user twin (0123456789-12)');
    expect(folds()).toEqual([]);
  });

  test.each([
    ['create', succeeded, '✅ Granted'],
    ['update', succeeded, '✅ Updated'],
    ['remove', succeeded, '✅ Revoked'],
    ['provision', succeeded, '✅ Provisioned'],
    ['create', unchanged, '✅ Unchanged'],
    ['create', inProgress, '⏳ IN&#95;PROGRESS'],
    ['create', failed, '❌ FAILED'],
    ['create', cancelled, '❌ FAILED, not started'],
  ] as const)('%s %j', async (action, outcome, verdict) => {
    await summarizeResults([resultOf(outcome, { action })], notes);
    expect(headlines()[0]).toMatch(new RegExp(`^${verdict}: group `, 'u'));
  });

  test('shows the end of each lease, and its remarks', async () => {
    const sentences = ['One other holder until 2026-03-04 09:00 UTC.'];
    const lease = { ...aLease, sentences };
    const minuteLater = Date.parse('2026-03-04T07:07:00Z');
    const later = { ...lease, expiresAt: minuteLater, endsAtLatest: minuteLater };
    const results = [resultOf(succeeded, { lease }), resultOf(succeeded, { lease: later }), resultOf(failed)];
    await summarizeResults(results, { ...notes, reason: 'Incident <b>4711' });
    expect(github.summary()).toContain('<th>Ends</th>');
    expect(cells()).toContain('2026-03-04 07:06 UTC (the sky), or with this job');
    expect(cells()).toContain('2026-03-04 07:07 UTC (the sky), or with this job');
    expect(cells()).toContain('–');
    expect(github.summary()).toContain('One other holder until 2026-03-04 09:00 UTC.');
    expect(github.summary()).toContain('<tr><td>Reason</td><td>Incident &lt;b&gt;4711</td></tr>');
    github.clear();
    await summarizeResults([resultOf(succeeded)], notes);
    expect(github.summary()).not.toMatch(/Ends|Reason/u);
  });

  test('of one lease has its end next, in words', async () => {
    await summarizeResults([resultOf(succeeded, { lease: aLease })], notes);
    expect(github.summary().split('\n').slice(1, 2)).toEqual([
      '<p><strong>The lease ends with this job, and at 2026-03-04 07:06 UTC at the latest (guaranteed by the sky).</strong></p>',
    ]);
  });

  test('the end of all leases is shown once, first and in bold, also with a failure', async () => {
    const [failure] = onAccounts([failed]);
    const results = [
      ...onAccounts([unchanged, succeeded], { lease: aLease }),
      ...(failure === undefined ? [] : [failure]),
    ];
    await summarizeResults(results, notes);
    expect(github.summary().split('\n')[1]).toBe(
      '<p><strong>The lease ends with this job, and at 2026-03-04 07:06 UTC at the latest (guaranteed by the sky).</strong></p>',
    );
    expect(github.summary()).not.toContain('<th>Ends</th>');
  });

  test('a lease that outlives its job: its ID and the command that releases it, each to be copied as a whole', async () => {
    const kept = { ...aLease, keepAfterJob: true };
    const release = { workflow: 'release-a-lease.yml', repository: 'octo-org/infra' };
    await summarizeResults(onAccounts([succeeded, succeeded], { lease: kept }), { ...notes, release });
    expect(github.summary().match(/<pre>[^<]*<\/pre>/gu)).toEqual([
      '<pre>lease-1</pre>',
      '<pre>gh workflow run release-a-lease.yml --repo octo-org/infra --field lease-id=lease-1</pre>',
    ]);
    github.clear();
    await summarizeResults([resultOf(succeeded, { lease: aLease })], { ...notes, release });
    expect(github.summary()).not.toMatch(/<pre>|lease-1/u);
  });

  test('the actor of the run, the actor of its re-run, the environment, and the caller with its sign-in', async () => {
    const again = { ...run, triggeringActor: 'hubot', environment: 'production' };
    const portal = { address: 'https://github.example/start', isDefault: true };
    await summarizeResults([resultOf(succeeded)], { ...notes, run: again, portal });
    for (const [title, value] of [
      ['Sign&nbsp;in', '<a href="https://github.example/start">https://github.example/start</a> (default address)'],
      ['Started&nbsp;by', 'octocat (ID 583231, run again by hubot)'],
      ['Environment', 'production'],
    ])
      expect(github.summary()).toContain(`<tr><td>${title}</td><td>${value}</td></tr>`);
    expect(foreignTags(github.summary())).toEqual([]);
    github.clear();
    const unknown = { ...run, actor: '', runNumber: '', run: 'javascript:alert(1)' };
    await summarizeResults([resultOf(succeeded)], { ...notes, run: unknown });
    expect(github.summary()).not.toMatch(/Started|Environment|>Run<|Sign/u);
    await summarizeResults([resultOf(succeeded)], { ...notes, run: { ...unknown, runNumber: '42' } });
    expect(github.summary()).toContain('<td>Run</td><td>&#35;42, attempt 2</td>');
  });

  test('the request is folded', async () => {
    await summarizeResults([resultOf(succeeded)], { ...notes, request: ['assign for 2 h', 'role: <b>'] });
    expect(folds()).toEqual(['Request to Test Cloud']);
    expect(github.summary()).toContain('<pre>assign for 2 h\nrole: &lt;b&gt;</pre>');
  });

  test("text between backticks is code in this action's own words, and not in those of the cloud", async () => {
    const sentences = ['`release` ends it, with `ca1`'];
    await summarizeResults([resultOf({ ...failed, reason: '`x`', hint: 'Raise `max-grants`.' })], notes);
    await summarizeResults([resultOf(succeeded, { lease: { ...aLease, sentences } })], notes);
    expect(github.summary()).toContain('<strong>What to do:</strong> Raise <code>max-grants</code>.');
    expect(github.summary()).toContain('<p><code>release</code> ends it, with <code>ca1</code></p>');
    expect(github.summary()).toContain('<p>&#96;x&#96;</p>');
  });

  test('a change in progress has the advice to run the step again, except with wait: false', async () => {
    await summarizeResults([resultOf(inProgress)], notes);
    expect(github.summary()).toContain('Run the step again: it adopts what is in progress.');
    github.clear();
    await summarizeResults([resultOf(inProgress)], { ...notes, wait: false });
    expect(github.summary()).not.toContain('What to do');
  });

  test.each([
    ['taken', 'create', aLease, '✅ Leased'],
    ['joined', 'keep', aLease, '✅ Leased'],
    ['left', 'keep', { ...aLease, did: 'left', id: null, expiresAt: null }, '✅ Released'],
    ['left to others whose end is known', 'keep', { ...aLease, did: 'left', id: null }, '✅ Released'],
    ['shown by a list', 'keep', { ...aLease, did: 'neither', id: null }, '✅ Leased'],
    ['shown, and without a holder', 'keep', { ...aLease, did: 'neither', id: null, expiresAt: null }, '✅ Unchanged'],
    ['made permanent', 'create', { ...aLease, did: 'neither', state: 'permanent' }, '✅ Granted'],
  ] as const)('access that was %s', async (_what, action, lease, verdict) => {
    await summarizeResults([resultOf(succeeded, { action, lease })], notes);
    expect(headlines()[0]).toMatch(new RegExp(`^${verdict}: `, 'u'));
  });

  test('a released lease with other holders is "released", although the access stays; permanent access is "unchanged"', async () => {
    const left = { ...aLease, did: 'left', id: null, expiresAt: null } as const;
    await summarizeResults([resultOf(unchanged, { action: 'keep', lease: left })], notes);
    expect(github.summary()).not.toContain('ends it at');
    const kept = { ...aLease, state: 'permanent', expiresAt: null, endsAtLatest: null, guarantee: null } as const;
    await summarizeResults([resultOf(unchanged, { action: 'keep', lease: kept })], notes);
    expect(headlines().map((text) => text.split(':')[0])).toEqual(['✅ Released', '✅ Unchanged']);
    expect(github.summary()).toContain('<strong>The access is permanent.</strong>');
  });

  test('only succeeded changes are green', async () => {
    for (const outcome of [failed, inProgress]) await summarizeResults([resultOf(outcome)], notes);
    expect(github.summary()).not.toContain('✅');
  });

  test('shows the reason, the hint, the access that outlives the change, and the endpoints from outside', async () => {
    await summarizeResults([resultOf(failed)], {
      ...notes,
      remarks: ['Sessions that are already open go on.'],
      endpoints: [{ source: 'AWS_ENDPOINT_URL', url: 'http://127.0.0.1:4566' }],
    });
    for (const text of [
      'the USER assignee was not found',
      '<strong>What to do:</strong> check principal',
      'Sessions that are already open go on.',
      'http://127.0.0.1:4566',
    ]) {
      expect(github.summary()).toContain(text);
    }
  });

  test('a principal without a given type has the type that was read, or is a "principal"', async () => {
    const grant = { ...assignment, principal: { ...assignment.principal, type: null, name: null } };
    const seen = { assignmentId: null, principalType: 'ServicePrincipal' };
    for (const over of [{ grant }, { grant, seen }]) await summarizeResults([resultOf(succeeded, over)], notes);
    await summarizeResults([resultOf(failed, { grant }), resultOf(succeeded, { grant, seen })], notes);
    expect(cells().filter((cell) => cell.includes('g-1'))).toEqual([
      '<code>g-1</code>',
      'service principal <code>g-1</code>',
      'service principal <code>g-1</code>',
    ]);
    expect(github.summary().match(/<td>service principal <code>g-1<\/code>/gu)).toHaveLength(2);
  });

  test('a push has no column for a principal', async () => {
    await summarizeResults([resultOf(succeeded, { grant: provisioning, action: 'provision' })], notes);
    expect(cells()).toHaveLength(8);
    expect(github.summary()).not.toContain('Principal');
  });

  test('of one grant has no count', async () => {
    await summarizeResults([resultOf(succeeded)], notes);
    expect(github.summary()).not.toContain('1 granted');
  });

  test('of several begins with their number, and has the worst on top', async () => {
    const results = [unchanged, cancelled, inProgress, succeeded, failed].map((outcome) => resultOf(outcome));
    await summarizeResults(results, notes);
    expect(headlines()[0]).toMatch(/^❌ 1 granted, 1 unchanged, 1 not started, 1 in progress, 1 failed: group /u);
    expect(
      cells()
        .slice(6)
        .filter((_cell, index) => index % 3 === 0),
    ).toEqual(['❌ FAILED', '⏳ IN&#95;PROGRESS', '❌ FAILED, not started', '✅ granted', '✅ unchanged']);
    expect(folds()).toEqual([]);
  });

  test('a common reason of several is shown once, without the request IDs in it', async () => {
    const results = ['a', 'b', 'c'].map((id) => {
      const reason = `Answered 404 (request ID ${id})`;
      return resultOf({ ...failed, requestId: id, reason, hint: 'Look.' });
    });
    await summarizeResults([...results, resultOf(succeeded), resultOf(inProgress)], notes);
    expect(github.summary().match(/<li>.*/gu)).toEqual([
      '<li><strong>3 grants: </strong>Answered 404<br><strong>What to do:</strong> Look.</li>',
      expect.stringMatching(
        /^<li><strong>Group &quot;Payments On-Call&quot; with .*: <\/strong>the time limit passed<br><strong>What to do:<\/strong> The /u,
      ),
    ]);
  });

  test('five reasons are visible above the rows, more are folded', async () => {
    const reasons = Array.from({ length: 40 }, (_, index) => resultOf({ ...failed, reason: `reason ${index}.` }));
    await summarizeResults(reasons, notes);
    const [above = ''] = github.summary().split('<table>');
    expect(above.replaceAll(/<details>[^]*<\/details>/gu, '').match(/reason \d+\./gu)).toHaveLength(5);
    expect(above.match(/reason \d+\./gu)).toHaveLength(30);
    expect(folds()[0]).toBe('25 more reasons');
    expect(above).toContain('10 more reasons did not fit.');
  });

  test('more than twenty are folded, except failed ones and those in progress', async () => {
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

  test('more than twenty successes are one fold', async () => {
    await summarizeResults(times(21, resultOf(succeeded)), notes);
    expect(rowsIn(open())).toBe(0);
    expect(open()).not.toContain('<th>');
    expect(folds()).toEqual(['21 granted']);
  });

  test('of nothing reports that', async () => {
    await summarizeResults([], notes);
    expect(headlines()).toEqual(['✅ Nothing to do']);
    expect(github.summary()).not.toContain('<th>');
  });

  test('shows omissions and notices, each once', async () => {
    const remarked = resultOf({ ...succeeded, remark: 'it ended FAILED' });
    await summarizeResults([remarked, remarked], { ...notes, notices: ['Skipped 2.'], remarks: ['Sessions last.'] });
    for (const text of ['it ended FAILED', 'Skipped 2.', 'Sessions last.']) {
      expect(github.summary().split(`<p>${text}</p>`)).toHaveLength(2);
    }
  });

  test("stays below GitHub's limit, and counts the omitted rows", async () => {
    const grant = { ...assignment, target: { id: '1', name: '_'.repeat(200) } };
    const reasons = Array.from({ length: 3_000 }, (_, index) =>
      resultOf({ ...failed, reason: `${index} ${'*'.repeat(2_000)}` }, { grant }),
    );
    const notices = Array.from({ length: 200 }, (_, index) => `${index} ${'_'.repeat(500)}`);
    await summarizeResults([...reasons, ...times(9_000, resultOf(succeeded, { grant }))], { ...notes, notices });
    const html = github.summary();
    expect(Buffer.byteLength(html)).toBeLessThan(1024 * 1024);
    expect(rowsIn(html)).toBeGreaterThan(300);
    const left = /<p>(?<count>\d+) more rows did not fit\. See results-file\.<\/p>/u.exec(html)?.groups?.['count'];
    expect(Number(left)).toBe(12_000 - rowsIn(html));
    expect(html).toMatch(/more reasons did not fit/u);
    expect(html).toContain(runRows);
    expect(html.match(/<table>/gu)?.length).toBe(html.match(/<\/table>/gu)?.length);
    expect(html.match(/<details>/gu)?.length).toBe(html.match(/<\/details>/gu)?.length);
  });

  describe('a dry run', () => {
    const plan = { ...notes, dryRun: true, digest: 'sha256:12ab' };
    const kept = resultOf(unchanged, { action: 'keep' });
    const refused = resultOf({ ...failed, requestId: null }, { action: 'refuse' });

    test('is a plan: the planned changes, its digest, and the folded unchanged access', async () => {
      await summarizeResults([kept, resultOf(succeeded), refused], plan);
      expect(headlines()[0]).toMatch(/^❌ 1 would be granted, 1 unchanged, 1 refused: group /u);
      for (const text of ['This is a plan. Nothing was changed.', 'sha256:12ab']) {
        expect(open()).toContain(text);
      }
      expect(rowsIn(open())).toBe(2);
      expect(folds()).toEqual(['1 unchanged']);
      expect(cells().slice(-3)).toEqual(['❌ refused', 'would be granted', 'unchanged']);
      expect(github.summary()).not.toContain('✅');
    });

    test('of one grant names the planned change', async () => {
      await summarizeResults([resultOf(succeeded)], plan);
      await summarizeResults([refused], plan);
      expect(headlines().map((text) => text.split(':')[0])).toEqual(['Would be granted', '❌ Refused']);
      expect(github.summary()).not.toContain('Took');
    });

    test('of many folds them, except refused ones', async () => {
      await summarizeResults([...times(40, resultOf(succeeded)), refused, ...times(5, kept)], plan);
      expect(rowsIn(open())).toBe(1);
      expect(folds()).toEqual(['40 would be granted', '5 unchanged']);
    });

    test('of nothing reports that', async () => {
      await summarizeResults([], plan);
      expect(headlines()).toEqual(['Plan: nothing to do']);
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
      expect(cells()).toHaveLength(
        results.length === 1 ? 10 : 'dryRun' in over ? 8 + results.length : 6 + 3 * results.length,
      );
    }
  });
});

describe('summarizeFaults and summarizeFailure', () => {
  test('show the fault, and stay text', async () => {
    await summarizeFaults(new InputFaults([{ input: 'role', problem: '"<b>|" is none.', example: 'Reader' }]), run);
    await summarizeFailure('cloud-access: <i>', ['line <u>'], [], run);
    expect(github.summary()).toContain(
      '<li><strong>role: </strong>&quot;&lt;b&gt;&#124;&quot; is none.<br><code>role: Reader</code></li>',
    );
    expect(github.summary().split(runRows)).toHaveLength(3);
    expect(github.summary()).toContain('<h3>❌ cloud-access: One input is wrong. Nothing was requested.</h3>');
    expect(github.summary()).toContain('line &lt;u&gt;');
    expect(foreignTags(github.summary())).toEqual([]);
  });

  test('several refusals are a list, those with one remedy in one entry, and many are folded', async () => {
    const refusals = ['a', 'b'].map((name) => new Refusal(`No "${name}".`, 'Correct `role`.'));
    const others = Array.from({ length: 25 }, (_, index) => new Refusal(`No <${index}>.`, `Correct line ${index}.`));
    await summarizeRefusals('cloud-access: x', [...refusals, ...others], ['evidence <b>'], run);
    const entries = github.summary().match(/<li>.*<\/li>/gu) ?? [];
    expect(entries).toHaveLength(26);
    expect(entries[0]).toBe(
      '<li>No &quot;a&quot;.<br>No &quot;b&quot;.<br><strong>What to do:</strong> Correct <code>role</code>.</li>',
    );
    expect(open().match(/<li>/gu)).toHaveLength(20);
    expect(github.summary()).toContain('<pre>evidence &lt;b&gt;</pre>');
    expect(foreignTags(github.summary())).toEqual([]);
  });

  test('a summary that cannot be written is no error', async () => {
    const file = process.env['GITHUB_STEP_SUMMARY'];
    process.env['GITHUB_STEP_SUMMARY'] = '/nowhere/at/all';
    await expect(summarizeFailure('title', [], [], run)).resolves.toBeUndefined();
    process.env['GITHUB_STEP_SUMMARY'] = file;
  });
});

describe('the summary of access files', () => {
  const kept = resultOf(unchanged, { action: 'keep' });

  test('counts what stays in its first line, and lists what changed', async () => {
    const removed = resultOf(succeeded, {
      action: 'remove',
      grant: { ...assignment, target: { id: 't-9', name: null } },
    });
    await summarizeResults([...times(10_000, kept), removed, resultOf(succeeded)], ofFiles);
    expect(github.summary()).toMatch(/^<h3>✅ 1 granted, 1 revoked, 10000 unchanged, 3 extra left<\/h3>/u);
    expect(github.summary().match(/<tr><td>✅/gu)).toHaveLength(2);
    expect(Buffer.byteLength(github.summary())).toBeLessThan(3_000);
  });

  test('lists what stays for a reason', async () => {
    await summarizeResults(
      [kept, resultOf({ ...unchanged, remark: 'It is leased now.' }, { action: 'remove' })],
      ofFiles,
    );
    expect(github.summary()).toContain('It is leased now.');
  });

  test('has counts where nothing changed, and where nothing exists', async () => {
    await summarizeResults(times(10_000, kept), ofFiles);
    expect(github.summary()).toMatch(/^<h3>✅ 10000 unchanged, 3 extra left<\/h3>/u);
    github.clear();
    await summarizeResults([], { ...notes, files: { extraLeft: null } });
    expect(github.summary()).toMatch(/^<h3>✅ Nothing to do<\/h3>/u);
  });
});
