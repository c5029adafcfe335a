/** At most so many are named. */
const mostNamed = 3;

/**
 * A sentence about characters that are easily taken for others, or not seen at all, and that came with a text that was
 * copied; empty where it has none. Names may well have them: it is told only of a text that was not understood.
 */
export function oddCharactersIn(text: string): string {
  const found = [...new Set([...text.matchAll(odd)].map(([it]) => it).concat(lookAlikesIn(text)))];
  if (found.length === 0) return '';
  const named = found.slice(0, mostNamed).map(nameOf).join(', ');
  const more = found.length > mostNamed ? ', …' : '';
  return ` It has ${found.length === 1 ? 'a character that is' : 'characters that are'} easily mistaken for others: ${named}${more}.`;
}

/**
 * What cannot be seen (but for what joins letters of scripts and pictures that need it), spaces, hyphens and quotes of
 * another kind, and digits and letters of another width or script.
 */
const odd =
  /(?<=[\x21-\x7e]|^)[\u200c\u200d]|[\p{Cf}--[\u200c\u200d]]|[\p{Zs}--\x20]|[\u2010-\u2015\u2018-\u201f\u2212]|[\p{Nd}--[0-9]]|[\uff01-\uff5e]/gv;

/** Letters of Cyrillic and Greek in a word that has Latin ones as well. */
function lookAlikesIn(text: string): readonly string[] {
  const words = text.match(/\p{L}+/gu) ?? [];
  const mixed = words.filter((word) => /[A-Za-z]/u.test(word));
  return mixed.flatMap((word) => word.match(/[\p{Script=Cyrillic}\p{Script=Greek}]/gu) ?? []);
}

function nameOf(character: string): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  if (/\p{Cf}/u.test(character)) return `${code}, which cannot be seen`;
  return /\p{Zs}/u.test(character) ? `${code}, a space` : `${character} (${code})`;
}
