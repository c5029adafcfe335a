import { enumerated, several } from '../words.ts';

/* Faults of access files. They name keys of the format and places, and never repeat what a file contains. */

/* The file as a whole */

export const tooLargeFile = 'The file is larger than 1 MiB. Split it into several files.';
export const notUtf8 = 'The file is not UTF-8 text. Save it as UTF-8.';
export const hasByteOrderMark = 'The file begins with a byte order mark. Save it as UTF-8 without one.';
export const controlCharacter = 'The file has a control character here. Remove it.';
export const turningCharacter =
  'The file has a character here that makes people read the line in another order than it has. Remove it.';
export const emptyFile = 'The file is empty.';
export const tooManyParts = 'The file has too many parts. Split it into several files.';

/* YAML */

export const nestedTooDeep = 'Lists and mappings are nested too deep here.';
export const severalDocuments = 'A second document begins here. A file is one document.';
export const noDirective = 'A directive of YAML is not allowed here.';
export const noAlias = 'An alias of YAML is not allowed. Write the value itself.';
export const noAnchor = 'An anchor of YAML is not allowed. Remove it.';
export const noTag = 'A tag of YAML is not allowed. If the value begins with an exclamation mark, write it in quotes.';
export const noMergeKey = 'A merge key of YAML is not allowed. Write the keys themselves.';
export const tabAsIndent = 'The line is indented with a tab. Use spaces.';
export const badIndent = 'The indentation of this line is wrong, or a bracket before it is not closed.';
export const unclosed = 'A quote, bracket or comma is missing near here.';
export const badEscape = 'The escape in these double quotes does not exist. Use single quotes.';
export const notYaml = 'The text is not YAML here. A value with special characters needs quotes.';
export const noTextKey = 'The key is not a text.';

/* Keys and kinds of values */

export const duplicateKey = 'The mapping has this key already.';

/** @param known all keys of the place; `near` the one that was probably meant, `null` for none */
export const unknownKey = (known: readonly string[], near: string | null): string =>
  `This key does not exist here. ${near === null ? `The keys are ${enumerated(known)}.` : `Did you mean "${near}"?`}`;

export const onlyOfOtherClouds = (key: string): string => `The key "${key}" does not exist for this cloud.`;
export const missingKey = (key: string): string => `The key "${key}" is missing.`;
export const notMapping = (what: string): string => `The value of ${what} is not a mapping.`;
export const notList = (what: string): string => `The value of ${what} is not a list.`;
export const nullList = (what: string): string => `The value of ${what} is empty. An empty list is written as [].`;
export const notText = (what: string): string => `The value of ${what} is not a text.`;
export const emptyText = (what: string): string => `The value of ${what} is empty.`;
export const emptyList = (what: string): string => `The list of ${what} is empty.`;
export const notOneLine = (what: string): string =>
  `The value of ${what} is not one line of plain characters. Write several values as a list.`;
export const hiddenCharacter = (what: string): string =>
  `The value of ${what} has a character that people do not see as it is. Remove it.`;
export const neitherTrueNorFalse = (what: string): string => `The value of ${what} is neither true nor false.`;

/* Values of a people-file */

export const notAccountId =
  'The value of github is not the numeric ID of an account. A login is none: it can be taken by another account.';
export const notUser =
  'The principal of a person is a user, with "user:" before the name or ID. The members of a group are not looked up.';
export const accountTwice = 'The account has a row already.';
export const principalTwice = (cloud: string): string =>
  `The row of another account has this value of ${cloud} too. A principal belongs to one person.`;

/* Values */

export const otherVersion = 'The version of the format is not 1, the only one.';
export const otherCloud = (cloud: string): string => `The file is not of cloud: ${cloud}, which this step has.`;
export const badLine = (part: string): string => `The ${part} is not written as this cloud requires it.`;
export const noExclusionHere = (part: string): string =>
  `The ${part} begins with an exclamation mark. Only a target can be an exclusion.`;
export const noRequesterHere = 'The principal is "requester", which only the input principal can name.';
export const exclusionsOnly = 'The targets are exclusions only: there is nothing to exclude from.';
export const everyBesideOthers = (what: string): string =>
  `The list of ${what} has "*", which means all, beside other values. Remove "*" or the others.`;
export const notPrincipalType = (types: readonly string[]): string =>
  `The value is not a type of principal. The types are ${enumerated(types)}.`;
export const notById = (part: string): string =>
  `The ${part} is not an ID, and require-ids is true. A name can come to mean another object.`;
export const notADate = 'The value of expires is not a date that exists, written as year-month-day.';
export const tooManyGrants = (most: number): string =>
  `With this row, the access files come to more than ${most.toLocaleString('en-US')} grants.`;

/** Begins a fault about the others of a file. */
export const furtherFaults = (count: number): string => `The file has ${several(count, 'more fault')}.`;
export const correctThese = 'Correct the faults above first.';
