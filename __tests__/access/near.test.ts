import { describe, expect, test } from '@jest/globals';

import { closeTo, nearMatches } from '../../src/access/near.ts';
import { inSight } from '../../src/access/odd-characters.ts';

const known = ['ReadOnlyAccess', 'ReadOnly', 'AdministratorAccess', 'PowerUser', 'readonlyaccess-eu', 'Billing'];

describe('nearMatches', () => {
  test.each([
    ['ReadOnlyAcess', 'ReadOnlyAccess'],
    ['readonlyaccess', 'ReadOnlyAccess'],
    ['AdminstratorAccess', 'AdministratorAccess'],
    ['Billling', 'Billing'],
    ['PowerUsers', 'PowerUser'],
  ])('%s can be meant as %s', (wanted, meant) => {
    expect(nearMatches(wanted, known)[0]).toBe(meant);
  });

  test('the nearest comes first, and at most so many', () => {
    expect(nearMatches('ReadOnlyAccess', known)).toEqual(['ReadOnlyAccess', 'readonlyaccess-eu']);
    expect(nearMatches('ab', ['ac', 'ad', 'ae', 'af', 'ag'])).toHaveLength(3);
    expect(nearMatches('ab', ['ac', 'ad', 'ae'], 1)).toEqual(['ac']);
  });

  test('two letters of a short name may differ, of a long one a third', () => {
    expect(nearMatches('abcd', ['abxy', 'axyz'])).toEqual(['abxy']);
    expect(nearMatches('abcdefghi', ['abcdefxyz', 'abcdewxyz'])).toEqual(['abcdefxyz']);
  });

  test('a distant name is not suggested', () => {
    expect(nearMatches('Networking', known)).toEqual([]);
    expect(nearMatches('x', [])).toEqual([]);
  });

  test('equal distances come in a fixed order', () => {
    expect(nearMatches('team-x', ['team-c', 'team-a', 'team-b'])).toEqual(['team-a', 'team-b', 'team-c']);
  });

  test('letters beyond the basic plane count like others', () => {
    expect(nearMatches('ReadOnly', ['🚀🚀🚀🚀🚀🚀🚀🚀'])).toEqual([]);
    expect(nearMatches('team 🚀', ['team 🚁', 'Billing'])).toEqual(['team 🚁']);
  });
});

describe('a name in sight', () => {
  test.each([
    ['Payments On-Call ', '"Payments On-Call "'],
    ['Payments  On-Call', String.raw`"Payments \u0020On-Call"`],
    ['Payments\u00a0On-Call', String.raw`"Payments\u00a0On-Call"`],
    ['Payments\u200b', String.raw`"Payments\u200b"`],
    ['Payments\u200d', String.raw`"Payments\u200d"`],
    ['Payments\ufe0f', String.raw`"Payments\ufe0f"`],
    ['\u202ePayments', String.raw`"\u202ePayments"`],
    ['Payments\r\n', String.raw`"Payments\u000d\u000a"`],
    ['Cafe\u0301', String.raw`"Cafe\u0301"`],
    ['Caf\u00e9', '"Café"'],
    ['\u{e0041}x', String.raw`"\u{e0041}x"`],
    ['👩\u200d💻 Devs', '"👩\u200d💻 Devs"'],
    ['Команда', '"Команда"'],
  ])('%j is %s', (name, shown) => {
    expect(inSight(name)).toBe(shown);
  });

  test('with a text shows the letters in it that only look like those of the name', () => {
    expect(inSight('P\u0430yments', 'Payments')).toBe(String.raw`"P\u0430yments"`);
    expect(inSight('\u0420\u0410\u0423', 'PAY')).toBe(String.raw`"\u0420\u0410\u0423"`);
    expect(inSight('P\u0430yments', 'P\u0430yment')).toBe('"P\u0430yments"');
    expect(inSight('A\u2013B', 'A-B')).toBe(String.raw`"A\u2013B"`);
  });
});

describe('names that are similar to a name', () => {
  test('is shown with its ID and with what else distinguishes it, and those of one name each for itself', () => {
    const known = [
      { name: 'shop', id: '1', note: 'SUSPENDED' },
      { name: 'shop', id: '2' },
      { name: 'far away', id: '3' },
      { name: '', id: '4' },
    ];
    expect(closeTo('Shop', known)).toBe(' Similar: "shop" (1, SUSPENDED), "shop" (2).');
  });

  test('can be look-alikes of all its letters, and the message advises the ID', () => {
    expect(closeTo('PAY', [{ name: '\u0420\u0410\u0423', id: 'g-1' }])).toBe(
      String.raw` Similar: "\u0420\u0410\u0423" (g-1). "\u0420\u0410\u0423" differs only in characters that are easily missed. If you mean it, use its ID.`,
    );
  });

  test.each([
    [String.raw`Reader\nContributor`, String.raw` It contains \n, which is not a line break in an expression.`],
    ['Reader # for audits', ' It contains a #, which does not begin a comment in a | block.'],
    [
      'Cafe\u0301',
      ' It has a character that is easily mistaken for others: U+0301, an accent that is a character of its own.',
    ],
  ])('%j has a mistake of its own', (wanted, told) => {
    expect(closeTo(wanted, [])).toBe(told);
    expect(closeTo('C#', [])).toBe('');
  });
});
