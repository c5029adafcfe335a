import { harmless } from '../text.ts';

/* Pieces of a Markdown text that GitHub renders in a comment. Text that is passed in ends up in code, where GitHub looks
   for no mention, reference, link, address or HTML. An entity instead would not do: GitHub finds mentions after it has
   read the entities. Source: gjtorikian/html-pipeline, MentionFilter and its kin leave out `pre`, `code` and `a`. */

/** Characters of a text that is shown; more are cut off. */
const longestText = 1_024;

/** A text from outside as code on one line. It contains no backtick, so a single one on each side holds it. */
export function code(text: string): string {
  const shown = shorten(escaped(text));
  // Blanks at both ends would be stripped, and code cannot be empty.
  return `\`${shown.trim() === '' ? '\u2014' : shown.trim()}\``;
}

/** A sentence with names in it, as code; what it marks as code is in quotes. */
export function codeSentence(text: string): string {
  return code(text.replaceAll('`', "'"));
}

/** Backticks and `<` as escapes too: whatever reads the text without Markdown finds no tag and no comment marker in it. */
function escaped(text: string): string {
  return harmless(text).replaceAll(/[`<\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

function shorten(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText).replace(/[\ud800-\udbff]$/u, '')}…`;
}
