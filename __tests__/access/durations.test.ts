import { describe, expect, test } from '@jest/globals';

import { durationInWords, isoDuration, parseDuration, parseLifetime } from '../../src/access/durations.ts';

describe('parseDuration', () => {
  test.each([
    ['30s', 30],
    ['1s', 1],
    ['45m', 2_700],
    ['2h', 7_200],
    ['1h30m', 5_400],
    ['1h30m15s', 5_415],
    ['90m', 5_400],
    ['6h', 21_600],
    ['0h5m', 300],
    ['PT45M', 2_700],
    ['PT1H30M', 5_400],
    ['PT90S', 90],
    ['PT6H', 21_600],
    ['P0DT1H', 3_600],
  ])('%s is %d s', (text, seconds) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: seconds * 1_000 });
  });

  test.each([
    '0s',
    '0m',
    'PT0S',
    '',
    ' ',
    '10',
    '10 m',
    '10min',
    '1.5h',
    '-5m',
    '+5m',
    'P',
    'PT',
    'P1',
    'PT5',
    'P5M',
    'P1W',
    'pt45m',
    '45M',
    '5m1h',
    '1h1h',
    '1e3s',
    '٣m',
    '１m',
    '5m\n',
    '5m 3s',
    'five',
    'true',
    '123456s',
    'P1DT',
    '5µ',
  ])('%j is not a duration', (text) => {
    expect(parseDuration(text)).toMatchObject({ ok: false, problem: expect.stringContaining('not a duration') });
  });

  test.each(['6h1s', '7h', '1d', 'P1D', 'PT361M', '99999d'])('%s is longer than a job', (text) => {
    expect(parseDuration(text)).toMatchObject({ ok: false, problem: expect.stringContaining('longer than a job') });
  });
});

describe('parseLifetime', () => {
  test.each([
    ['5m', 300],
    ['PT45M', 2_700],
    ['2h', 7_200],
    ['1d12h', 129_600],
    ['30d', 2_592_000],
    ['P30D', 2_592_000],
  ])('%s is %d s', (text, seconds) => {
    expect(parseLifetime(text)).toEqual({ ok: true, value: seconds * 1_000 });
  });

  test.each(['4m59s', '299s', '30d1s', 'P31D', '99999d'])('%s is too short or too long', (text) => {
    expect(parseLifetime(text)).toMatchObject({ ok: false, problem: expect.stringContaining('between 5m and 30d') });
  });
});

describe('a duration in words and in ISO 8601', () => {
  test.each([
    [300, '5 min', 'PT5M'],
    [5_400, '1 h 30 min', 'PT1H30M'],
    [7_200, '2 h', 'PT2H'],
    [86_400, '1 d', 'P1D'],
    [129_601, '1 d 12 h 1 s', 'P1DT12H1S'],
    [2_592_000, '30 d', 'P30D'],
  ])('%d s', (seconds, words, iso) => {
    expect(durationInWords(seconds * 1_000)).toBe(words);
    expect(isoDuration(seconds * 1_000)).toBe(iso);
  });

  test('every lifetime has one form, and is read back from it', () => {
    for (let seconds = 300; seconds <= 2_592_000; seconds += 30_011) {
      expect(parseLifetime(isoDuration(seconds * 1_000))).toEqual({ ok: true, value: seconds * 1_000 });
    }
  });
});
