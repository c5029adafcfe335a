import { describe, expect, it } from '@jest/globals';
import { promises } from '../../scripts/proof/promises.ts';
import { proofOf, unnamed } from '../../scripts/proof.ts';
import { scanTitles } from '../../scripts/proof/titles.ts';

const scan = (text: string): ReturnType<typeof scanTitles> => scanTitles('some.test.ts', text);

describe('the titles of tests', () => {
  it.each([
    ['a test', "it('is green (P1)', run);", 'is green', ['P1']],
    ['a table', "test.each(rows)('%s is green (P1, P4)', run);", '%s is green', ['P1', 'P4']],
    ['a template', 'it(`ends ${when} (P5)`, run);', 'ends ${when}', ['P5']],
    ['quotes', String.raw`it('ends nobody\'s (Many)', run);`, "ends nobody's", ['Many']],
    ['the group around it', "describe('a step (P2)', () => { it('waits', run); });", 'waits', ['P2']],
    ['all that is around it', "describe('a (P2)', () => { it('b (P2, P9)', run); });", 'b', ['P2', 'P9']],
    [
      'a group of one platform',
      "(windows ? describe.skip : describe)('a (P2)', () => { it('b', run); });",
      'b',
      ['P2'],
    ],
    ['a helper by its name', "describeSignals('a (P2)', () => { itWith('act')('b', run); });", 'b', ['P2']],
    ['a constant', "const on = no ? it.skip : it; describe('a (P2)', () => { on('b', run); });", 'b', ['P2']],
    ['a helper that only a tag gives away', "strikeEach('a sweep (P4)', sweeps);", 'a sweep', ['P4']],
  ])('name the promises of %s', (_what, text, title, tags) => {
    expect(scan(text)).toEqual({ titles: [{ title, tags }], faults: [] });
  });

  it('name none where they end otherwise, and nor do other texts of a test', () => {
    const text =
      "describe('a step (AWS)', () => { it('is (P1) green', () => { it.set('b'); filter((it) => it.is('c')); }); });";
    expect(scan(text)).toEqual({ titles: [], faults: [] });
  });

  it.each([
    ['a promise that nobody knows', "it('is green (P1, P99)', run);", 'nobody knows P99 at the end of "is green"'],
    ['other punctuation', "it('is green (P1 P2)', run);", 'nobody knows P1 P2 at the end of "is green"'],
    [
      'a text that is no title',
      "it(title(), () => { run('is green (P1)' + more); });",
      'no title of a test is "is green"',
    ],
    ['a group without a test', "describe('a step (P1)', () => { testAll(steps); });", 'no test is within "a step"'],
  ])('are at fault with %s', (_what, text, fault) => {
    expect(scan(text).faults).toEqual([`some.test.ts: ${fault}`]);
  });
});

describe('the proof of a promise', () => {
  const tests = ['__tests__/access/some.test.ts', '__tests__/scenario/assign.test.ts', 'peers/act/some.test.ts'].map(
    (file) => ({ file, title: 'keeps *all* that is_there', tags: ['P3'] }),
  );
  const mutations = (['aws', 'azure'] as const).map((cloud) => {
    return { name: `${cloud}-any`, promise: 'P3', breaks: 'it removes any', cloud };
  });

  const slow = { file: '__tests__/scenario/storm.nightly.test.ts', title: 'storm', tags: ['P3'] };

  it('is complete with a unit, a scenario and a mutation on each cloud', () => {
    const { page, faults } = proofOf(tests, mutations);
    expect(faults).toEqual([]);
    expect(page.match(/^## .*$/gmu)).toEqual(['## P3 Never remove what we did not grant']);
    expect(page).toContain('| 1 | 1 | 1 | 2 | 2 | 0 | 0 |');
    expect(page).toContain(
      String.raw`- \`__tests__/access/some.test.ts\`
  - keeps \*all\* that is_there`.replaceAll('\\`', '`'),
    );
    expect(page).toContain('- `azure-any`: it removes any');
  });

  it.each([
    ['P3 lacks a unit', tests.slice(1), mutations],
    ['P3 lacks a scenario among those of `npm test`', [...tests.slice(0, 1), ...tests.slice(2), slow], mutations],
    ['P3 lacks a mutation on AWS', tests, mutations.slice(1)],
    ['P3 lacks a mutation on Azure', tests, mutations.slice(0, 1)],
    ['the mutation aws-any breaks "P3", which no test names', [], mutations.slice(0, 1)],
  ])('fails where %s', (fault, some, few) => {
    expect(proofOf(some, few).faults).toEqual([fault]);
  });

  it('has to be there for every promise', () => {
    const tags = promises.map(({ tag }) => tag);
    const named = tags.filter((tag) => tag !== 'P12').map((tag) => ({ file: 'a', title: 'b', tags: [tag] }));
    expect(unnamed(named)).toEqual(['P12 is named by no test']);
    expect(unnamed([...named, { file: 'a', title: 'b', tags: ['P12'] }])).toEqual([]);
  });
});
