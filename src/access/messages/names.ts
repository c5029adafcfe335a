/* About a name that no object has. Each text begins with a blank: it follows another sentence. */

/** @param found in quotes, with IDs */
export const similar = (found: readonly string[]): string => ` Similar: ${found.join(', ')}.`;

export const easilyMissed = (name: string): string =>
  ` ${name} differs only in characters that are easily missed. If you mean it, use its ID.`;

export const noLineBreak = (escape: string): string =>
  ` It contains ${escape}, which is not a line break in an expression.`;

export const noComment = ' It contains a #, which does not begin a comment in a | block.';
