import {
  controlled,
  easilyMistaken,
  oddCharacter,
  reordered,
  unseen as invisibleCharacter,
} from './messages/values.ts';

/** Maximum number of characters that are named. */
const mostNamed = 3;

/**
 * A sentence about characters that are easily taken for others, or not seen at all, and that came with a text that was
 * copied; empty where it has none. Names can have them: they are reported only of a text that was not understood.
 */
export function oddCharactersIn(text: string): string {
  const found = [
    ...new Set([...text.matchAll(odd), ...text.matchAll(decomposed)].map(last).concat(lookAlikesIn(text))),
  ];
  if (found.length === 0) return '';
  const named = found.slice(0, mostNamed).map(nameOf).join(', ');
  const more = found.length > mostNamed ? ', …' : '';
  return easilyMistaken(found.length, named + more);
}

/**
 * Characters that cannot be seen (but for what joins letters of scripts and pictures that need it), spaces, hyphens and quotes of
 * another kind, and digits and letters of another width or script.
 */
const odd =
  /(?<=[\x21-\x7e]|^)[\u200c\u200d]|[\p{Cf}--[\u200c\u200d]]|[\p{Zs}--\x20]|[\u2010-\u2015\u2018-\u201f\u2212]|[\p{Nd}--[0-9]]|[\uff01-\uff5e]/gv;

/** A letter and an accent that are two characters, and look like the one that has both. */
const decomposed = /[A-Za-z]\p{Mn}/gu;

/** The accent of a letter with one: only that is odd. */
function last([found]: RegExpMatchArray): string {
  return Array.from(found).at(-1) ?? '';
}

/** Letters of Cyrillic and Greek in a word that has Latin ones as well. */
function lookAlikesIn(text: string): readonly string[] {
  const words = text.match(/\p{L}+/gu) ?? [];
  const mixed = words.filter((word) => /[A-Za-z]/u.test(word));
  return mixed.flatMap((word) => word.match(/[\p{Script=Cyrillic}\p{Script=Greek}]/gu) ?? []);
}

function nameOf(character: string): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  if (/\p{Cf}/u.test(character)) return oddCharacter.invisible(code);
  if (/\p{Mn}/u.test(character)) return oddCharacter.accent(code);
  return /\p{Zs}/u.test(character) ? oddCharacter.space(code) : `${character} (${code})`;
}

/** Letters of Cyrillic and Greek, each with the Latin one that it looks like. Source: confusables.txt of Unicode TR 39. */
const twins: Readonly<Record<string, string>> = {
  ...{
    А: 'A',
    В: 'B',
    Е: 'E',
    К: 'K',
    М: 'M',
    Н: 'H',
    О: 'O',
    Р: 'P',
    С: 'C',
    Т: 'T',
    У: 'Y',
    Х: 'X',
    І: 'I',
    Ѕ: 'S',
    Ј: 'J',
  },
  ...{ а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', у: 'y', х: 'x', і: 'i', ѕ: 's', ј: 'j', ԁ: 'd', һ: 'h', ԛ: 'q', ԝ: 'w' },
  ...{
    Α: 'A',
    Β: 'B',
    Ε: 'E',
    Ζ: 'Z',
    Η: 'H',
    Ι: 'I',
    Κ: 'K',
    Μ: 'M',
    Ν: 'N',
    Ο: 'O',
    Ρ: 'P',
    Τ: 'T',
    Υ: 'Y',
    Χ: 'X',
    ο: 'o',
  },
};

/** A text as a hurried reader takes it: no letter case, and nothing that is not seen or looks like something else. */
export function atAGlance(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\p{Cf}\p{Variation_Selector}]/gu, '')
    .replaceAll(/[\p{Script=Cyrillic}\p{Script=Greek}]/gu, (letter) => twins[letter] ?? letter)
    .replaceAll(/[\u2010-\u2015\u2212]/gu, '-')
    .replaceAll(/[\u2018-\u201b]/gu, "'")
    .replaceAll(/[\p{Z}\p{Cc}]+/gu, ' ')
    .trim()
    .toLowerCase();
}

/** Invisible characters, except those that join or vary letters and pictures. */
const hidden =
  /(?<=[\x20-\x7e]|^)[\u200c\u200d\p{Variation_Selector}]|[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\u200c\u200d]]|[\p{Zs}--\x20]|(?<=\x20)\x20/gv;

/**
 * A name in quotes, where a space at its end is seen, and what else is not seen is escaped: `"Auditors\u00a0"`.
 *
 * @param beside a text that it is held against: a letter that only looks like one in there is escaped, too
 */
export function inSight(name: string, beside = ''): string {
  const shown = name
    .replaceAll(/\P{M}\p{M}+/gu, (letter) =>
      letter.normalize('NFC') === letter ? letter : letter.replaceAll(/\p{M}/gu, escaped),
    )
    .replaceAll(hidden, escaped)
    .replaceAll(/[\p{Script=Cyrillic}\p{Script=Greek}]/gu, (letter) =>
      beside.includes(twins[letter] ?? letter) && !beside.includes(letter) ? escaped(letter) : letter,
    )
    .replaceAll(/[\u2010-\u2015\u2018-\u201f\u2212\uff01-\uff5e]/gu, (it) =>
      beside === '' || beside.includes(it) ? it : escaped(it),
    );
  return `"${shown}"`;
}

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}

/** Characters that change the order in which people read. Source: Unicode Standard Annex 9. */
const turning = /\p{Bidi_Control}/v;
/** Control characters. */
const controlling = /[\p{Cc}--[\t\n\r]]/v;
/** Invisible characters, except those that choose or join the letters and pictures before them. Source: Unicode Standard Annex 44. */
const invisible =
  /(?<=[\x21-\x7e]|^)[\u200c\u200d]|[\p{Default_Ignorable_Code_Point}--[\u200c\u200d\p{Variation_Selector}]]|[\u2800\ufff9-\ufffb]/v;

/**
 * The fault of a text that its readers cannot see as it is, `null` where there is none. A name may have invisible
 * characters, because it may have them in the cloud too; the log shows them.
 */
export function hiddenIn(text: string, isName: boolean): string | null {
  const turned = turning.exec(text)?.[0];
  if (turned !== undefined) return reordered(codeOf(turned));
  if (isName) return null;
  const control = controlling.exec(text)?.[0];
  if (control !== undefined) return controlled(codeOf(control));
  const unseen = invisible.exec(text)?.[0];
  return unseen === undefined ? null : invisibleCharacter(codeOf(unseen));
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
