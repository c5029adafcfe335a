/* Lists in another notation than a line for each item. */

/** @param text an expression that prints lines of a text in JSON; `list`: the same of a list */
export const onePerLine = (text: string, list: string): string =>
  `Write one item per line. ${text} makes lines of a text in JSON, and ${list} of a list.`;

/** @param advice how to write lines, as in `notLines` and `escapedBreaks` */
export const printedList = (text: string, advice: string): string =>
  `"${text}" is all that an expression prints of a list or an object. ${advice}`;

export const printedNull = 'The value is null, which toJSON prints of nothing: the expression returned nothing.';

/** @param whole true if the value is nothing else */
export const emptyInJson = (whole: boolean, what: 'text' | 'list'): string =>
  `The value ${whole ? 'is' : 'has'} an empty ${what} in JSON: the expression returned nothing.`;

/** @param what one of `notations` */
export const notLines = (whole: boolean, what: string, advice: string): string =>
  `The value ${whole ? 'is' : 'has'} ${what}. ${advice}`;

export const notations = {
  text: 'a text in JSON, as toJSON prints it',
  list: 'a list in JSON, as toJSON prints it',
  object: 'an object in JSON, as toJSON prints it',
  brackets: 'a list in brackets',
} as const;

export const leaveToJsonOut =
  'Remove toJSON, and give the text itself. ${{ fromJSON(inputs.text) }} makes lines of a text that is already in JSON.';

export const escapedBreaks = (escape: string, advice: string): string =>
  `The value has ${escape} between items, which is not a line break in an expression. ${advice}`;
