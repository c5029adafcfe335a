import { describe, expect, test } from '@jest/globals';

import { closeTo } from '../../src/access/near.ts';
import { oddCharactersIn } from '../../src/access/odd-characters.ts';

describe('characters that are easily mistaken for others', () => {
  test.each([
    ['Payments\u00a0On-Call', 'a character that is easily mistaken for others: U+00A0, a space.'],
    ['Payments On\u2013Call', 'a character that is easily mistaken for others: – (U+2013).'],
    ['ReadOnly\u200bAccess', 'a character that is easily mistaken for others: U+200B, which cannot be seen.'],
    ['Read\u200dOnly', 'a character that is easily mistaken for others: U+200D, which cannot be seen.'],
    ['ReadОnlyAccess', 'a character that is easily mistaken for others: О (U+041E).'],
    ['“Ops”', 'characters that are easily mistaken for others: “ (U+201C), ” (U+201D).'],
    ['１２３４', 'characters that are easily mistaken for others: １ (U+FF11), ２ (U+FF12), ３ (U+FF13), ….'],
    ['١٢', 'characters that are easily mistaken for others: ١ (U+0661), ٢ (U+0662).'],
  ])('are named: %j', (text, told) => {
    expect(oddCharactersIn(text)).toBe(` It has ${told}`);
  });

  test.each([
    'Payments On-Call',
    "Ops' & Co + (EU)/West #1",
    'Équipe Zürich 東京',
    'Команда Альфа',
    'Ομάδα 1',
    '👩\u200d💻 Devs',
    'می\u200cخواهم',
    '',
  ])('are none of %j', (text) => {
    expect(oddCharactersIn(text)).toBe('');
  });

  test('are told where a name is nobody’s', () => {
    expect(closeTo('Audit\u00adors', [{ name: 'Auditors', id: 'g-1' }])).toBe(
      ' Close: "Auditors" (g-1). It has a character that is easily mistaken for others: U+00AD, which cannot be seen.',
    );
  });
});
