/* Faults of lines of `principal`, `target`, `role` and the guards. */

export const exclusionsOnly = 'This input has exclusions only: there is nothing to exclude from.';
export const emptyExclusion = 'A "!" excludes nothing.';

export const noExclusionHere = (line: string): string => `"${line}" is an exclusion. Only target has exclusions.`;

/* Lines that are written as in another notation. @param shown one line or several, with commas between them */

export const inQuotes = (shown: string): string =>
  `The quotes in ${shown} are part of the value in a | block. Remove them.`;

export const withDash = (shown: string): string =>
  `The dash in ${shown} is not needed: each line is a value of its own. Remove it.`;

export const severalValues = (shown: string): string => `There are several values in ${shown}. Write one per line.`;

export const folded = (shown: string): string =>
  `There are several values in ${shown}. Write one per line, with | instead of > before the block.`;

export const withComma = (shown: string): string =>
  `The comma at the end of ${shown} is not needed: the line ends the value. Remove it.`;

export const withComment = (shown: string): string =>
  `The # in ${shown} does not begin a comment in a | block. Remove it.`;

/* Prefixes */

/** @param form of an ID, with its article */
export const ofOtherCloud = (line: string, form: string, cloud: string, own: string): string =>
  `"${line}" has ${form} of cloud: ${cloud}, but this step has cloud: ${own}.`;

export const nearlyPrefix = (line: string, written: string, prefix: string): string =>
  `"${line}" begins with "${written}:" instead of the prefix "${prefix}:". Letter case matters, and no space is allowed before the colon.`;

/** @param owner such as `target` */
export const prefixOfOther = (line: string, word: string, owner: string, advice: string): string =>
  `"${line}" begins with "${word}:", which is a prefix of ${owner}.${advice}`;

export const prefixOfOtherCloud = (
  line: string,
  word: string,
  { cloud, own }: { readonly cloud: string; readonly own: string },
  advice: string,
): string =>
  `"${line}" begins with "${word}:", which is a prefix of cloud: ${cloud}, but this step has cloud: ${own}.${advice}`;

export const noRolePrefix = (line: string, word: string): string =>
  `"${line}" begins with "${word}:", but a role has no prefix. If the name of the role begins so, use its ID.`;

/** Begins with a blank: it follows another sentence. */
export const prefixBeforeName = (prefix: string): string =>
  ` If the name begins so, write the prefix before it: ${prefix}:<name>.`;
