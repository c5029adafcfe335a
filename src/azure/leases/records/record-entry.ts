import { jobHolder, shortDigest } from '#access/leases/names';
import { minuteMs } from '#access/clock';
import type { Entry } from '../steps/entries.ts';

/** How every record begins, in a description as in a justification: nobody else's text may. */
export const recordMark = '[cloud-access lease';

const version = 'v1';

/** What comes before the entries. @param digest of what the record belongs to */
export function recordHead(digest: string): string {
  return `${recordMark} ${version} ${digest}:`;
}

/** The same as a pattern. */
export function headGrammar(digestLength: number): string {
  return `\\${recordMark} ${version} (?<digest>[0-9a-v]{${digestLength}}):`;
}

/** `<holder>@<end>`, and `k` where it is kept. Minutes since 1970 have five digits in base 36 until the year 2084. */
export const entryGrammar = `(?<holder>${jobHolder})@(?<end>[0-9a-z]{5})(?<keep>k?)`;

export function writeEntry({ holder, end, keepAfterJob }: Entry): string {
  return `${holder}@${(end / minuteMs).toString(36)}${keepAfterJob ? 'k' : ''}`;
}

/** @param groups what a pattern with `entryGrammar` found */
export function entryOf(groups: Readonly<Record<string, string>>): Entry {
  const { holder = '', end = '', keep } = groups;
  return { holder, end: Number.parseInt(end, 36) * minuteMs, keepAfterJob: keep === 'k' };
}

/** What a record proves by that it belongs to this grant; Azure compares names in any letter case. */
export function grantDigest(fields: readonly string[], length: number): string {
  return shortDigest(
    fields.map((field) => field.toLowerCase()),
    length,
  );
}
