import { describe, expect, test } from '@jest/globals';

import { readDescription, writeDescription } from '../../../../src/aws/leases/records/record-text.ts';
import { someOrigin } from '../../../access/some-origin.ts';

describe('the description of a record', () => {
  test('names its holder, and is read back', () => {
    const text = writeDescription(someOrigin, true, 'INC-1');
    expect(JSON.parse(text)).toMatchObject({
      v: 1,
      repo: 'octo/shop',
      run: '1',
      check: '11',
      keep: true,
      why: 'INC-1',
    });
    expect(readDescription(text)).toEqual({
      job: { repository: 'octo/shop', runId: '1', attempt: '1', checkRunId: '11' },
      keepAfterJob: true,
      words: 'octo/shop run 1 (job access) by octocat (INC-1)',
    });
  });

  test('leaves out values that were not given', () => {
    const { job, words } = readDescription(writeDescription({ ...someOrigin, checkRunId: null }, false, null)) ?? {};
    expect([job?.checkRunId, words]).toEqual([null, 'octo/shop run 1 (job access) by octocat']);
  });

  test.each([
    ['plain', 'x'.repeat(500)],
    ['quotes', '"'.repeat(500)],
    ['controls', '\u0001'.repeat(500)],
    ['beyond the basic plane', '\u{1f6d1}'.repeat(250)],
  ])("fits into a schedule's description, and only the reason is cut: %s", (_, reason) => {
    const long = { ...someOrigin, repository: `${'o'.repeat(39)}/${'r'.repeat(100)}`, job: 'j'.repeat(70) };
    const text = writeDescription(long, false, reason);
    expect(text.length).toBeLessThanOrEqual(512);
    const { why, repo, job } = JSON.parse(text) as Readonly<Record<string, string>>;
    expect([repo, job]).toEqual([long.repository, long.job]);
    expect(reason.startsWith(why ?? 'nothing')).toBe(true);
    expect(why?.isWellFormed()).toBe(true);
  });

  test.each([undefined, '', 'x', 'null', '[]', '1', '{}', '{"v":2,"repo":"a/b"}'])(
    'of another kind is not read: %j',
    (text) => {
      expect(readDescription(text)).toBeNull();
    },
  );

  test('that is forged is one line of text, and its types claim nothing', () => {
    const text = JSON.stringify({
      v: 1,
      repo: 'a/b\n::error::x',
      run: 7,
      attempt: {},
      check: ['1'],
      keep: 'true',
      by: '\u2028',
      why: '\u001b[31m',
    });
    const seen = readDescription(text);
    expect(seen?.keepAfterJob).toBe(false);
    expect(seen?.job).toEqual({ repository: 'a/b ::error::x', runId: '', attempt: '', checkRunId: null });
    // eslint-disable-next-line no-control-regex
    expect(seen?.words).not.toMatch(/[\n\u2028\u001b]/u);
  });
});
