import { capital, enumerated, withArticle } from '../words.ts';

/** Advice where no better one is known. */
export const runAgain = 'Run the step again.';

/** @param inFiles the number of faults in files */
export const inputsWrong = (count: number, inFiles: number): string => {
  const inputs = count === 1 ? 'One input' : `${count} inputs`;
  const places = inFiles === 1 ? 'one place of a file' : `${inFiles} places of files`;
  const wrong = [...(count > 0 || inFiles === 0 ? [inputs] : []), ...(inFiles > 0 ? [places] : [])];
  return `${capital(wrong.join(' and '))} ${count + inFiles === 1 ? 'is' : 'are'} wrong. Nothing was requested.`;
};

/* Faults of a single value. */

export const noEffectWithout = (input: string): string => `This input has no effect without ${input}.`;

export const neitherTrueNorFalse = (value: string): string => `"${value}" is neither true nor false.`;

/** @param what a noun without its article */
export const notA = (what: string, value: string): string => `"${value}" is not ${withArticle(what)}.`;

export const notACount = (value: string): string => `"${value}" is not a whole number from 1 to 9,999,999.`;

export const notOneOf = (value: string, allowed: readonly string[]): string =>
  `"${value}" is not one of ${allowed.join(', ')}.`;

export const longerThanAJob = (value: string): string => `"${value}" is longer than a job can last (6h).`;

export const outsideLifetimes = (value: string): string =>
  `"${value}" is out of range. A lifetime must be between 5m and 30d.`;

export const outsideAges = (value: string): string => `"${value}" is out of range. An age must be between 5m and 30d.`;

export const notAWorkflowFile = (value: string): string =>
  `"${value}" is not the name of a file in .github/workflows, without its folder and with .yml or .yaml.`;

export const unitWithoutNumber = (value: string): string =>
  `"${value}" is not a duration: a unit has no number, so the expression before it returned nothing.`;

export const notADuration = (value: string): string => `"${value}" is not a duration such as 45m, 2h, 1h30m or PT45M.`;

/** Of a secret, which is not repeated. */
export const brokenToken = 'The token has line breaks or control characters.';

export const notACheckRun = (value: string): string => `"${value}" is not an ID of digits only.`;

export const severalPaths = 'This input has several lines, but must name one file.';

export const notRepositoryPath =
  'This is not a path of one file from the root of the repository, with slashes, and without "." and "..".';

export const notPaths = 'A path has a NUL character.';

export const notMaxRemovals = (value: string): string =>
  `"${value}" is not a number, a percentage from 0% to 100%, or one of each.`;

export const notOneLine = 'The text has line breaks or control characters. It must be one line.';

/** @param length in characters, as is `longest` */
export const tooLong = (length: number, longest: number): string =>
  `The text has ${length} characters. At most ${longest} are allowed.`;

export const notEventNames = (lines: readonly string[]): string =>
  `${notNames(lines, 'an event name', 'event names')} Use lower-case letters and underscores, one name per line.`;

export const notHostNames = (lines: readonly string[]): string =>
  `${notNames(lines, 'a host name', 'host names')} Write bare host names, one per line.`;

export const notApprovalKinds = (lines: readonly string[], known: readonly string[]): string =>
  `${quoted(lines)} cannot be proven. Use ${enumerated(known)}, one per line, or only none.`;

export const notApprovers = (lines: readonly string[]): string =>
  `Not an approver: ${quoted(lines)}. Use a login, # and the numeric ID of the account, one per line, or only any.`;

function notNames(lines: readonly string[], one: string, several: string): string {
  return `${quoted(lines)} ${lines.length === 1 ? `is not ${one}` : `are not ${several}`}.`;
}

function quoted(lines: readonly string[]): string {
  return enumerated(lines.map((line) => `"${line}"`));
}

/* Endpoints */

/** @param setting the variable or line that names the host */
export const hostNotAllowed = (host: string, setting: string): string =>
  `This list does not name ${host}, where ${setting} would send requests and credentials.`;

export const unsetEndpoint = (host: string, setting: string): string =>
  `Unset ${setting}, and find out who set it. Only if ${host} is yours and intended, set allowed-endpoints: ${host}`;

export const notAUrl = (address: string): string => `"${address}" is not a URL.`;

export const notHttps = (address: string): string => `"${address}" is not an https URL.`;

export const setFromOutside = (settings: readonly string[], address: string): string =>
  `Set from outside the step: ${settings.join(', ')} = ${address}`;

/* Characters that people do not see as they are */

export const reordered = (code: string): string =>
  `The value has ${code}, which makes people read it in another order than it has.`;

export const controlled = (code: string): string => `The value has ${code}, a control character.`;

export const unseen = (code: string): string => `The value has ${code}, which is invisible.`;

/** Begins with a blank: it follows another sentence. */
export const easilyMistaken = (count: number, named: string): string =>
  ` It has ${count === 1 ? 'a character that is' : 'characters that are'} easily mistaken for others: ${named}.`;

/** Odd characters in a list of them. */
export const oddCharacter = {
  invisible: (code: string): string => `${code}, which is invisible`,
  accent: (code: string): string => `${code}, an accent that is a character of its own`,
  space: (code: string): string => `${code}, a space`,
} as const;

/* About a name that no object has. Each text begins with a blank: it follows another sentence. */

/** @param found in quotes, with IDs */
export const similar = (found: readonly string[]): string => ` Similar: ${found.join(', ')}.`;

export const easilyMissed = (name: string): string =>
  ` ${name} differs only in characters that are easily missed. If you mean it, use its ID.`;

export const noLineBreak = (escape: string): string =>
  ` It contains ${escape}, which is not a line break in an expression.`;

export const noComment = ' It contains a #, which does not begin a comment in a | block.';
