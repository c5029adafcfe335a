import { describe, expect, test } from '@jest/globals';

import { closeTo } from '../../src/access/near.ts';
import { hiddenIn, oddCharactersIn } from '../../src/access/odd-characters.ts';

describe('characters that are easily mistaken for others', () => {
  test.each([
    ['Payments\u00a0On-Call', 'a character that is easily mistaken for others: U+00A0, a space.'],
    ['Payments On\u2013Call', 'a character that is easily mistaken for others: – (U+2013).'],
    ['ReadOnly\u200bAccess', 'a character that is easily mistaken for others: U+200B, which is invisible.'],
    ['Read\u200dOnly', 'a character that is easily mistaken for others: U+200D, which is invisible.'],
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
  ])('do not include %j', (text) => {
    expect(oddCharactersIn(text)).toBe('');
  });

  test('are reported where a name does not exist', () => {
    expect(closeTo('Audit\u00adors', [{ name: 'Auditors', id: 'g-1' }])).toBe(
      ' Similar: "Auditors" (g-1). It has a character that is easily mistaken for others: U+00AD, which is invisible.',
    );
  });
});

describe('characters that readers cannot see', () => {
  const turning = ['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'];
  const refused = (text: string, isName: boolean, character: string): void => {
    const code = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    expect(hiddenIn(text, isName)).toContain(`has ${code}, `);
  };
  const around = (it: string): readonly string[] => [it, `a${it}b`, `${it}ab`, `ab${it}`];

  test.each([...turning, '\u200e', '\u200f', '\u061c'])('is refused of any text, a name included: %j', (character) => {
    for (const isName of [false, true]) for (const text of around(character)) refused(text, isName, character);
  });

  test.each(['\0', '\u0007', '\u001b', '\u007f', '\u009b'])('include those that a terminal obeys: %j', (character) => {
    for (const text of around(character)) refused(text, false, character);
    expect(hiddenIn(`a${character}b`, true)).toBeNull();
  });

  test.each([
    'Incident 4711: “Zahlungen”, 💥',
    'two\nlines\tand\r\none',
    'مرحبا بالعالم',
    'שלום',
    '👩\u200d💻 ❤\ufe0f 🏳\ufe0f\u200d🌈',
    'می\u200cخواهم',
    '葛\u{e0100}城',
    'Équipe e\u0301quipe',
    'no-break\u00a0space',
  ])('does not include %j', (text) => {
    expect(hiddenIn(text, false)).toBeNull();
  });
});
