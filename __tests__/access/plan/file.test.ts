import { describe, expect, test } from '@jest/globals';

import { digestOf, type PlanDocument } from '../../../src/access/plan/document.ts';
import { parsePlan, renderPlan } from '../../../src/access/plan/file.ts';
import { create, keep, planOf, push, refuse, update } from './plans.ts';

const plan = planOf([create('p-1'), update('p-2'), keep('p-3'), refuse('p-4')], {
  settings: { condition: 'a "b" \\' },
});
const lifetime = { kind: 'lease', ms: 5_400_000, keepAfterJob: false, onExisting: 'keep' } as const;
const text = renderPlan(plan);
const problemOf = (content: string): string => {
  const parsed = parsePlan(content);
  return parsed.ok ? 'none' : parsed.problem;
};
/** The plan with some members changed, as after an edit. */
const edited = (over: Readonly<Record<string, unknown>>): string => JSON.stringify({ ...plan, ...over });
const [change] = plan.changes;

describe('a plan file', () => {
  test.each<[string, PlanDocument]>([
    ['of many kinds', plan],
    ['without anything', planOf([])],
    ['of a lease', planOf([create('p-1')], { lifetime })],
    ['of a lease that is kept', planOf([create('p-1')], { lifetime: { ...lifetime, keepAfterJob: true } })],
    ['of pushes', planOf([push('t-1')], { operation: 'provision' })],
    ['of names with quotes, colons and breaks', planOf([create('p": {"\n\\')])],
  ])('%s is read as it was written', (_what, document) => {
    expect(parsePlan(renderPlan(document))).toEqual({ ok: true, value: document });
    expect(JSON.parse(renderPlan(document))).toEqual(document);
  });

  test('has a line for each grant, so that a review shows which came and which went', () => {
    const lines = text.split('\n');
    expect(lines.filter((line) => line.includes('"principal-id"'))).toHaveLength(4);
    expect(lines.at(-1)).toBe('');
  });

  test('with very long texts is read completely', () => {
    const document = planOf([create('p-1')], { directory: '"\\ :'.repeat(1_000_000) });
    expect(parsePlan(renderPlan(document)).ok).toBe(true);
  });

  test('can have another layout, with a byte order mark at its beginning', () => {
    expect(parsePlan(`\ufeff${JSON.stringify(plan, null, 7).replaceAll('\n', '\r\n')}`).ok).toBe(true);
  });
});

describe('the cause of a removal', () => {
  const removal = { ...change, action: 'remove' };
  const revoke = planOf([], { operation: 'revoke' });
  const withChanges = (changes: readonly unknown[]): string => {
    const document = { ...revoke, changes } as unknown as PlanDocument;
    return JSON.stringify({ ...document, digest: digestOf(document, document.changes) });
  };

  test.each(['extra', 'expired', undefined])('can be %s, with any digest', (cause) => {
    const digest = (it: string): unknown => (JSON.parse(it) as PlanDocument).digest;
    expect(problemOf(withChanges([{ ...removal, cause }]))).toBe('none');
    expect(digest(withChanges([{ ...removal, cause }]))).toBe(digest(withChanges([removal])));
  });

  test.each(['ended', 1, null, ''])('cannot be %j', (cause) => {
    expect(problemOf(withChanges([{ ...removal, cause }]))).toContain(`has the cause ${JSON.stringify(cause)}`);
  });

  test('is of no other change', () => {
    expect(problemOf(edited({ changes: [{ ...change, cause: 'extra' }] }))).toContain('has the cause "extra"');
  });
});

describe('a text that is not a plan', () => {
  test.each([
    ['', 'is empty'],
    [' \n\t', 'is empty'],
    ['{', 'is not a plan'],
    ['null', 'is not a plan'],
    ['[]', 'is not a plan'],
    ['"cloud-access-plan"', 'is not a plan'],
    [edited({ kind: 'another' }), 'is not a plan'],
    [edited({ schema: 2 }), 'has schema 2'],
    [edited({ schema: '1' }), 'has schema "1"'],
    [' '.repeat(16 * 1024 * 1024 + 1), 'longer than 16 MiB'],
    ['ä'.repeat(8 * 1024 * 1024 + 1), 'longer than 16 MiB'],
  ])('%#', (content, problem) => {
    expect(problemOf(content)).toContain(problem);
  });
});

describe('every member is checked', () => {
  test.each(Object.keys(plan))('%s must be there', (name) => {
    expect(problemOf(edited({ [name]: undefined }))).toMatch(name === 'kind' ? /not a plan/u : /schema|has no/u);
  });

  test.each([
    ['cloud', 7],
    ['cloud', ''],
    ['operation', 'release'],
    ['operation', 'toString'],
    ['caller', null],
    ['directory', ['d']],
    ['lifetime', '8h'],
    ['lifetime', 'PT90M'],
    ['lifetime', 'PT1M'],
    ['lifetime', 'P31D'],
    ['lifetime', 'Permanent'],
    ['lifetime', 7_200],
    ['lifetime', null],
    ['keep-after-job', true],
    ['keep-after-job', 'false'],
    ['settings', []],
    ['settings', { condition: 1 }],
    ['changes', {}],
    ['changes', ['create']],
    ['changes', [{ ...change, action: 'keep' }]],
    ['changes', [{ ...change, action: 'remove' }]],
    ['changes', [{ ...change, 'principal-id': 7 }]],
    ['changes', [{ ...change, 'role-id': '' }]],
    ['changes', [{ ...change, 'target-id': '' }]],
    ['changes', [{ ...change, 'target-name': undefined }]],
    ['changes', [{ ...change, more: 'x' }]],
    ['changes', [change, change]],
    ['kept', [change]],
    ['kept', null],
    ['refused', [{ ...change, action: 'refuse' }]],
    ['digest', 'sha256:0'],
    ['digest', 7],
    ['more', 'x'],
    ['__proto__x', {}],
  ])('%s as %j is not taken', (name, value) => {
    expect(parsePlan(edited({ [name]: value })).ok).toBe(false);
  });

  test.each(['8h', 'PT90M', 'PT1M', 'P31D', 'Permanent', 7_200])('%j is not a lifetime, with any digest', (value) => {
    const forged = { ...plan, lifetime: value } as PlanDocument;
    const digest = digestOf(forged, forged.changes);
    expect(problemOf(JSON.stringify({ ...forged, digest }))).toBe(
      'The plan has a lifetime that is not written as in a plan.',
    );
  });

  test('only an assign has a lifetime', () => {
    const revoke = planOf([], { operation: 'revoke' });
    const problem = problemOf(JSON.stringify({ ...revoke, lifetime: 'PT2H' }));
    expect(problem).toBe('The plan has a lifetime, but its operation is revoke.');
  });

  test('a grant in two lists is reported twice', () => {
    expect(problemOf(edited({ kept: [{ ...change, action: 'keep' }] }))).toContain('names a grant twice');
  });
});

describe('an altered plan', () => {
  test.each([
    ['another caller', { caller: 'caller-2' }],
    ['another directory', { directory: 'directory-2' }],
    ['another setting', { settings: {} }],
    ['a lifetime', { lifetime: 'PT2H' }],
    ['a lifetime that is kept', { lifetime: 'PT2H', 'keep-after-job': true }],
    ['one change less', { changes: plan.changes.slice(1) }],
    ['another principal', { changes: [{ ...change, 'principal-id': 'p-9' }, ...plan.changes.slice(1)] }],
    ['a digest of its own', { digest: `sha256:${'0'.repeat(64)}` }],
  ])('with %s is refused', (_what, over) => {
    expect(problemOf(edited(over))).toMatch(/^The plan was altered: .*sha256:/u);
  });

  test('with a member twice, of which a person reads the first and we would take the last, is refused (P10)', () => {
    const doubled = text.replace('{\n', '{\n  "changes": [],\n');
    expect(JSON.parse(doubled)).toEqual(plan);
    expect(problemOf(doubled)).toBe('The plan has a member twice.');
    const inside = text.replace('"principal-id":"p-1"', '"principal-id":"p-0","principal-id":"p-1"');
    expect(JSON.parse(inside)).toEqual(plan);
    expect(problemOf(inside)).toBe('The plan has a member twice.');
  });
});
