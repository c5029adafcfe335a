import { describe, expect, test } from '@jest/globals';

import { commonInputs } from '../../src/access/inputs.ts';
import { splitLines } from '../../src/access/list-shapes.ts';

describe('splitLines', () => {
  test.each<[string, readonly string[]]>([
    ['one', ['one']],
    ['one\ntwo', ['one', 'two']],
    ['one\r\ntwo\rthree', ['one', 'two', 'three']],
    ['  one  \n\n\t\n two\t', ['one', 'two']],
    ['group:Payments  On-Call', ['group:Payments  On-Call']],
    ['\n', []],
    ['', []],
    ['\u00a0\ufeff', []],
  ])('%j', (text, lines) => {
    expect(splitLines(text)).toEqual(lines);
  });
});

describe('flags', () => {
  test.each(['wait', 'allow-privileged', 'dry-run', 'require-ids', 'keep-after-job'] as const)(
    '%s takes true and false and nothing else',
    (name) => {
      expect(commonInputs[name].parse('true')).toEqual({ ok: true, value: true });
      expect(commonInputs[name].parse('false')).toEqual({ ok: true, value: false });
      for (const text of ['True', 'FALSE', 'yes', 'no', '1', '0', 'null', 'true\nfalse', 'on']) {
        expect(commonInputs[name].parse(text)).toMatchObject({
          ok: false,
          problem: expect.stringContaining('neither true nor false'),
        });
      }
    },
  );

  test('their absent values are what action.yml says', () => {
    expect(commonInputs.wait.absent).toBe(true);
    for (const name of ['allow-privileged', 'dry-run', 'require-ids', 'keep-after-job'] as const) {
      expect(commonInputs[name].absent).toBe(false);
    }
  });
});

describe('operation', () => {
  test.each(['assign', 'revoke', 'provision', 'reconcile', 'inventory', 'release', 'extend', 'list', 'sweep'])(
    '%s is one',
    (name) => {
      expect(commonInputs.operation.parse(name)).toEqual({ ok: true, value: name });
    },
  );

  test.each(['Assign', 'ASSIGN', 'grant', 'assign,revoke', 'toString', '__proto__', 'Release', 'renew'])(
    '%s is not an operation, and the fault lists those that are',
    (name) => {
      expect(commonInputs.operation.parse(name)).toMatchObject({
        ok: false,
        problem: `"${name}" is not one of assign, revoke, provision, reconcile, inventory, release, extend, list, sweep.`,
      });
    },
  );
});

describe('allow-event', () => {
  const { parse } = commonInputs['allow-event'];

  test('takes the name of any event, one a line', () => {
    expect(parse('issue_comment\n push \nevent_of_tomorrow')).toEqual({
      ok: true,
      value: ['issue_comment', 'push', 'event_of_tomorrow'],
    });
  });

  test.each(['*', 'Issue_Comment', 'issue-comment', 'issue_comment, push', '_push', 'push_', 'a__b', 'push2'])(
    '%j cannot be one',
    (text) => {
      expect(parse(`push\n${text}`)).toEqual({
        ok: false,
        problem: `"${text}" is not an event name. Use lower-case letters and underscores, one name per line.`,
      });
    },
  );
});

describe('allowed-endpoints', () => {
  const { parse } = commonInputs['allowed-endpoints'];

  test('takes bare host names in any letter case, one a line', () => {
    expect(parse('SSO.internal.example.com\nsts-1.example')).toEqual({
      ok: true,
      value: ['sso.internal.example.com', 'sts-1.example'],
    });
  });

  test.each([
    'https://sso.example.com',
    'sso.example.com:8443',
    'sso.example.com/',
    '*.example.com',
    '-x.example',
    'x y',
    '[::1]',
    'ümlaut.example',
    '.',
    'a.',
  ])('%s is not an endpoint', (text) => {
    expect(parse(text)).toMatchObject({ ok: false, problem: expect.stringContaining('bare host names') });
  });
});

describe('lifetime', () => {
  const { parse, absent } = commonInputs.lifetime;

  test.each([
    ['none', 'none'],
    ['permanent', 'permanent'],
    ['5m', 300_000],
    ['PT45M', 2_700_000],
    ['30d', 2_592_000_000],
  ])('%s', (text, value) => {
    expect(parse(text)).toEqual({ ok: true, value });
  });

  test.each(['4m59s', '30d1s', 'None', 'Permanent', '0', '2 h'])('%s is not a lifetime', (text) => {
    expect(parse(text)).toMatchObject({ ok: false, problem: expect.stringContaining(text) });
  });

  test('without a value there is no end, and no input sets one', () => {
    expect(absent).toBe('none');
  });
});

describe('max-lifetime', () => {
  const { parse } = commonInputs['max-lifetime'];

  test.each([
    ['none', null],
    ['5m', 300_000],
    ['8h', 28_800_000],
    ['30d', 2_592_000_000],
    ['P1D', 86_400_000],
  ])('%s', (text, value) => {
    expect(parse(text)).toEqual({ ok: true, value });
  });

  test.each(['4m59s', '30d1s', 'PT1S', 'forever', '0', 'permanent', 'None'])('%s is not a max-lifetime', (text) => {
    expect(parse(text)).toMatchObject({ ok: false, problem: expect.stringContaining(text) });
  });
});

describe('max-grants, max-requests-per-second, max-in-flight', () => {
  test('accept whole numbers from 1 on, and max-grants accepts none', () => {
    for (const name of ['max-grants', 'max-requests-per-second', 'max-in-flight'] as const) {
      expect(commonInputs[name].parse('1')).toEqual({ ok: true, value: 1 });
      expect(commonInputs[name].parse('9999999')).toEqual({ ok: true, value: 9_999_999 });
      for (const text of ['0', '-1', '+1', '1.0', '1e3', '10000000', '١', '1\n2', 'all']) {
        expect(commonInputs[name].parse(text).ok).toBe(false);
      }
    }
    expect(commonInputs['max-grants'].parse('none')).toEqual({ ok: true, value: null });
    expect(commonInputs['max-in-flight'].parse('none').ok).toBe(false);
  });
});

describe('plan-file and expected-plan', () => {
  test('name one file', () => {
    for (const name of ['plan-file', 'expected-plan'] as const) {
      expect(commonInputs[name].parse('plans/my plan.json')).toEqual({ ok: true, value: 'plans/my plan.json' });
      for (const text of ['a\nb', 'a\rb', 'a\0b']) expect(commonInputs[name].parse(text).ok).toBe(false);
    }
  });

  test('none is a file name for plan-file only', () => {
    expect(commonInputs['plan-file'].parse('none')).toEqual({ ok: true, value: 'none' });
    expect(commonInputs['expected-plan'].parse('none')).toEqual({ ok: true, value: null });
  });
});
