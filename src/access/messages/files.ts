import { Refusal } from '../errors.ts';
import { capital, listed, several } from '../words.ts';

/* Access files: `assign`, `revoke` and `reconcile` with `access-file`. */

/** A place in a file, as far as this layer knows files. */
interface Place {
  readonly file: string;
  readonly line: number;
}

/** Maximum number of grants that a sentence names. */
const namedInSentence = 3;
/** Maximum number of lines of evidence. */
const longestList = 500;

export const atPlace = ({ file, line }: Place, message: string): string => `${file}:${line}: ${message}`;

const lines = (all: readonly string[]): readonly string[] =>
  all.length <= longestList ? all : [...all.slice(0, longestList), `and ${all.length - longestList} more`];

const named = (grants: readonly string[]): string => listed(grants, namedInSentence);

/* Faults of rows */

export const twoConditions = (first: Place, other: Place, grant: string): Refusal =>
  new Refusal(
    atPlace(other, `This row and ${first.file}:${first.line} give different conditions to one grant: ${grant}.`),
    'Write the same `condition` in both rows, or delete one of them.',
  );

export const twoDescriptions = (first: Place, other: Place, grant: string): Refusal =>
  new Refusal(
    atPlace(other, `This row and ${first.file}:${first.line} give different descriptions to one grant: ${grant}.`),
    'Write the same `description` in both rows, or delete one of them.',
  );

export const outsideOwns = (place: Place, grants: readonly string[]): Refusal =>
  new Refusal(
    atPlace(place, `This row has ${several(grants.length, 'grant')} outside of \`owns\`: ${named(grants)}.`),
    'Delete the row, or add its role and its target to `owns` of the same file.',
  );

export const alsoIgnored = (place: Place, grants: readonly string[]): Refusal =>
  new Refusal(
    atPlace(place, `This row has ${several(grants.length, 'grant')} that \`ignore\` has too: ${named(grants)}.`),
    'Delete the row from `grants`, or the one from `ignore`.',
  );

export const expiredUnresolved = (place: Place): string =>
  atPlace(
    place,
    'This row has expired, and its lines no longer mean something exact. Its access, if any is left, counts as in no row. Delete the row.',
  );

/* Bounds of removals */

export const nothingOwned = (): Refusal =>
  new Refusal(
    '`max-removals` has a percentage of the access in `owns`, and no access file has `owns`.',
    'Write `max-removals` as a number, such as `10`, or add `owns` to the file.',
  );

/** @param grants what would be removed */
export const tooManyRemovals = (most: number, grants: readonly string[]): Refusal =>
  new Refusal(
    `This step would remove ${several(grants.length, 'assignment')}, and max-removals allows ${most}: ${named(grants)}.`,
    'Check the access file, and what its names mean now. Only if all of these removals are intended, raise `max-removals`.',
    lines(grants.map((grant) => `Would remove: ${grant}.`)),
  );

export const extraFails = (grants: readonly string[]): Refusal =>
  new Refusal(
    `${capital(several(grants.length, 'assignment'))} in \`owns\` ${grants.length === 1 ? 'is' : 'are'} in no row: ${named(grants)}.`,
    'Add each of them to `grants` or to `ignore`, or remove it. `prune` is set to `fail`.',
    lines(grants.map((grant) => `In no row: ${grant}.`)),
  );

/** Reason of a row that exists as a lease, which this step cannot make permanent. */
export const rowIsLeased = 'This access is a lease, and this step cannot make it permanent.';

/* Notices */

const assignments = (count: number): string => several(count, 'assignment');
const are = (count: number): string => (count === 1 ? 'is' : 'are');

export const extraReported = (grants: readonly string[]): string =>
  `${assignments(grants.length)} in \`owns\` ${are(grants.length)} in no row, and ${grants.length === 1 ? 'stays' : 'stay'}: ${named(grants)}.`;

/** @param extra number of removals of what is in no row; `expired` in expired rows only */
export const removalsPlanned = (extra: number, expired: number): string => {
  const parts = [
    ...(extra === 0 ? [] : [`${extra} ${are(extra)} in no row`]),
    ...(expired === 0 ? [] : [`${expired} ${are(expired)} in expired rows only`]),
  ];
  return `Of ${assignments(extra + expired)} to remove, ${parts.join(' and ')}.`;
};

/** @param named each with its reason */
export const protectedStay = (all: readonly string[]): string =>
  `${assignments(all.length)} in no row or in an expired row ${are(all.length)} protected: ${named(all)}.`;

/** @param reason a sentence */
export const protectedOne = (grant: string, reason: string): string => `${grant} (${reason.replace(/\.$/u, '')})`;

export const ignoredStay = (count: number): string => `${assignments(count)} in \`owns\` ${are(count)} in \`ignore\`.`;

export const temporaryStay = (count: number): string =>
  `${assignments(count)} in no row or in an expired row ${count === 1 ? 'ends' : 'end'} by ${count === 1 ? 'itself' : 'themselves'}.`;

export const unknownStay = (grants: readonly string[]): string =>
  `${assignments(grants.length)} in no row ${grants.length === 1 ? 'stays' : 'stay'}, because the directory does not say whether the principal exists: ${named(grants)}.`;

/** @param why a sentence */
export const stayedAfterAll = (grant: string, why: string): string => `${capital(grant)} stays: ${why}`;

export const cameMeanwhile = 'It did not exist when the plan was made.';

/* Groups of the log */

export const extraTitle = (count: number): string => `In no row (${several(count, 'line')})`;
export const protectedTitle = (count: number): string => `Protected (${several(count, 'line')})`;

/* Removals */

/** @param unfinished number of changes that did not succeed; 0 where the step was canceled between them */
export const notAllMade = (unfinished: number): string =>
  unfinished === 1 ? 'a change before it has not succeeded.' : `${unfinished} changes before it have not succeeded.`;

export const makeFirst =
  'Removals start after every other change has succeeded. Correct that change, and run the step again.';
