import { describe, expect, test } from '@jest/globals';

import { capital, seconds } from '../../src/access/words.ts';

describe('seconds', () => {
  test.each([
    [0, '0.0 s'],
    [49, '0.0 s'],
    [840, '0.8 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [12_300, '12 s'],
    [119_499, '119 s'],
    [120_000, '2 min'],
    [185_000, '3 min 5 s'],
    [299_999, '5 min'],
    [3_600_000, '60 min'],
  ])('%d ms is %s', (ms, words) => {
    expect(seconds(ms)).toBe(words);
  });
});

describe('capital', () => {
  test.each([
    ['permission set', 'Permission set'],
    ['', ''],
    ['ünit', 'Ünit'],
  ])('%j', (text, words) => {
    expect(capital(text)).toBe(words);
  });
});
