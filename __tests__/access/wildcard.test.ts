import { describe, expect, test } from '@jest/globals';

import { hasWildcard, matches, matchesInAnyCase } from '../../src/access/wildcard.ts';

describe('matches', () => {
  test.each([
    ['Payments', 'Payments'],
    ['Payments*', 'Payments'],
    ['Payments*', 'Payments On-Call'],
    ['*@example.com', 'alice@example.com'],
    ['*', ''],
    ['*', 'anything at\nall'],
    ['a*b*c', 'abc'],
    ['a*b*c', 'a1b2b3c'],
    ['**', 'x'],
    ['a**b', 'ab'],
    ['*a*', 'bab'],
    ['.*', '.x'],
    ['a*ab', 'aab'],
  ])('%j means %j', (pattern, name) => {
    expect(matches(pattern, name)).toBe(true);
  });

  test.each([
    ['Payments', 'payments'],
    ['Payments', 'Payments2'],
    ['Payments*', 'My Payments'],
    ['*@example.com', 'alice@example.com.evil.test'],
    ['*@example.com', 'alice@exampleXcom'],
    ['a*a', 'a'],
    ['ab*b', 'ab'],
    ['a*b*c', 'acb'],
    ['a*bb*b', 'abb'],
    ['.*', 'x'],
    ['', 'x'],
    ['?', 'x'],
    ['[a-z]*', 'a'],
  ])('%j does not mean %j', (pattern, name) => {
    expect(matches(pattern, name)).toBe(false);
  });

  test('many stars need no more time than a few', () => {
    const began = process.hrtime.bigint();
    expect(matches(`${'a*'.repeat(200)}b`, 'a'.repeat(50_000))).toBe(false);
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(1_000);
  });

  test('agrees with the regular expression on every short pattern and name', () => {
    const words = (letters: readonly string[], length: number): readonly string[] =>
      length === 0 ? [''] : words(letters, length - 1).flatMap((word) => [word, ...letters.map((it) => word + it)]);
    const names = new Set(words(['a', 'b'], 5));
    for (const pattern of new Set(words(['a', 'b', '*'], 4))) {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'su');
      for (const name of names)
        expect([pattern, name, matches(pattern, name)]).toEqual([pattern, name, expression.test(name)]);
    }
  });
});

test('letter case can be of no matter', () => {
  expect(matchesInAnyCase('abc*D', 'ABC-d')).toBe(true);
  expect(matchesInAnyCase('abd*', 'ABC-d')).toBe(false);
});

test('a star is the only wildcard', () => {
  expect(['a*', '*', 'a?', '[a]', ''].map(hasWildcard)).toEqual([true, true, false, false, false]);
});
