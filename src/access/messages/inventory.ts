import { minuteInWords } from '../clock.ts';
import type { Place } from '../files/access-file.ts';
import type { Difference, ExpiringRow, UnresolvedRow } from '../files/inventory-rows.ts';
import { describeGrant, type Words } from '../grant.ts';
import type { Lack } from '../outcome.ts';
import { enumerated, several } from '../words.ts';

/* `operation: inventory`. */

export const placeInWords = ({ file, line }: Place): string => `${file}:${line}`;

export const outsideOwns = 'The row has grants outside of `owns`.';

export const alsoIgnored = 'The row has grants that `ignore` has too.';

export const notResolved = ({ place, lines, reasons }: UnresolvedRow): string =>
  `${placeInWords(place)} (${lines.join(', ')}) is not compared: ${reasons.join(' ')}`;

export function expiresSoon({ place, expires, grants }: ExpiringRow, words: Words): string {
  const [first, ...others] = grants;
  const what = first === undefined || others.length > 0 ? several(grants.length, 'grant') : describeGrant(first, words);
  return `${placeInWords(place)} expires at ${minuteInWords(expires)}: ${what}.`;
}

/** Kinds of drift, after a number. */
const kinds: Readonly<Record<Difference, string>> = {
  extra: 'extra',
  expired: 'expired and still there',
  missing: 'missing',
  condition: 'with another condition',
};

/** `2 extra, 1 missing`: the worst first. */
export function differencesInWords(counts: readonly (readonly [Difference, number])[]): string {
  return enumerated(counts.map(([difference, count]) => `${count} ${kinds[difference]}`));
}

export const driftFails = (counts: readonly (readonly [Difference, number])[]): Lack => ({
  title: 'Drift',
  reason: `The access differs from the access file: ${differencesInWords(counts)}.`,
  hint: 'Compare the rows in `inventory-file`. To make the access as the file has it, use `operation: reconcile`. If the change by hand was right, add it to the file.',
});

/* Comments of a draft. */

export const draftHead = (cloud: string, readAt: number): string =>
  `Permanent access that existed in ${cloud} at ${minuteInWords(readAt)}. Review it before you use it as access-file.`;

export const withoutOrphans = (count: number): string =>
  `Left out: ${several(count, 'grant')} of principals that no longer exist.`;

export const withoutUntyped = (count: number): string =>
  `Left out: ${several(count, 'grant')} of principals whose type is unknown.`;

export const withoutConditions = (count: number): string =>
  `Left out: ${several(count, 'grant')} with conditions that an access file cannot have.`;

export const withSuspects = (count: number): string =>
  `Check ${several(count, 'grant')} of roles that are tagged for leases: a lease might have become permanent.`;

export const withExpired = (count: number): string =>
  `Check ${several(count, 'grant')} that still exist although their rows have expired.`;

/** Reasons why a draft owns nothing. */
export const ownsNothing = {
  'some-principals':
    'It has no `owns`, because the inventory had lines of `principal`. Without them, the draft owns its roles and targets.',
  'some-rows':
    'It has no `owns`, because an access file of the inventory has none. Without access files, the draft owns its roles and targets.',
  'several-files':
    'It has no `owns`, because the files of the inventory own several parts. With one file, the draft owns its roles and targets.',
} as const;
