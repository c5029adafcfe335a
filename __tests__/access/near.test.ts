import { describe, expect, test } from '@jest/globals';

import { nearMatches } from '../../src/access/near.ts';

const known = ['ReadOnlyAccess', 'ReadOnly', 'AdministratorAccess', 'PowerUser', 'readonlyaccess-eu', 'Billing'];

describe('nearMatches', () => {
  test.each([
    ['ReadOnlyAcess', 'ReadOnlyAccess'],
    ['readonlyaccess', 'ReadOnlyAccess'],
    ['AdminstratorAccess', 'AdministratorAccess'],
    ['Billling', 'Billing'],
    ['PowerUsers', 'PowerUser'],
  ])('%s may have meant %s', (wanted, meant) => {
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

  test('what is far is not offered', () => {
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
