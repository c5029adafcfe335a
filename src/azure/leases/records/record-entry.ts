import { jobHolder, shortDigest } from '#access/leases/names';
import { minuteMs } from '#access/clock';
import type { Entry } from '../steps/entries.ts';

/** Begins every record, in descriptions and justifications. No other text is allowed to contain it. */
export const recordMark = '[cloud-access lease';

const version = 'v1';

/** Text before the entries. @param digest of the assignment or grant that the record belongs to */
export function recordHead(digest: string): string {
  return `${recordMark} ${version} ${digest}:`;
}

/** Pattern of that text. */
export function headGrammar(digestLength: number): string {
  return `\\${recordMark} ${version} (?<digest>[0-9a-v]{${digestLength}}):`;
}

/** `<holder>@<end>`, and `k` where it outlives its job. Minutes since 1970 have five digits in base 36 until the year 2084. */
export const entryGrammar = `(?<holder>${jobHolder})@(?<end>[0-9a-z]{5})(?<keep>k?)`;

export function writeEntry({ holder, end, keepAfterJob }: Entry): string {
  return `${holder}@${(end / minuteMs).toString(36)}${keepAfterJob ? 'k' : ''}`;
}

/** @param groups of a match of `entryGrammar` */
export function entryOf(groups: Readonly<Record<string, string>>): Entry {
  const { holder = '', end = '', keep } = groups;
  return { holder, end: Number.parseInt(end, 36) * minuteMs, keepAfterJob: keep === 'k' };
}

/** Digest by which a record proves that it belongs to a grant. Azure ignores letter case in names. */
export function grantDigest(fields: readonly string[], length: number): string {
  return shortDigest(
    fields.map((field) => field.toLowerCase()),
    length,
  );
}
