import { describe, expect, test } from '@jest/globals';

import { summarizeFailure, summarizeFaults, summarizeResults } from '../../src/action/summary.ts';
import { useGitHub } from './github.ts';
import { assignment, failed, inProgress, provisioning, resultOf, succeeded, unchanged, words } from './results.ts';

const github = useGitHub();

const notes = { operation: 'assign', words, endpoints: [], remarks: [] } as const;
/** Every tag but those that the summary is made of. */
const foreignTags = (html: string): readonly string[] => html.match(/<(?!\/?(?:h3|table|tr|th|td|p)>)[^>]*>/gu) ?? [];
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
    expect(cells().filter((_cell, index) => index % 6 === 1)).toEqual(['ServicePrincipal g-1', 'Principal g-1']);
  });

  test('a push has no column for a principal', async () => {
    await summarizeResults([resultOf(succeeded, { grant: provisioning, action: 'provision' })], notes);
    expect(cells()).toHaveLength(5);
    expect(github.summary()).not.toContain('Principal');
  });

  test('hostile names and reasons stay text', async () => {
    const name = '</td></tr></table><img src=x onerror=1> **b** [l](https://evil) `c`\n# h';
    const hostile = resultOf(
      { ...failed, reason: `${name}<script>`, hint: name },
      { grant: { ...assignment, principal: { ...assignment.principal, name }, target: { id: '1', name } } },
    );
    await summarizeResults([hostile], { ...notes, remarks: [name] });
    expect(foreignTags(github.summary())).toEqual([]);
    expect(github.summary()).not.toMatch(/\*\*|\]\(|`/u);
    expect(cells()).toHaveLength(6);
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
