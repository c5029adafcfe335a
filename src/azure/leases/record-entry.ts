import { shortDigest } from '../../access/leases/base32hex.ts';
import { minuteMs } from '../../access/times.ts';
import { holderPattern } from './holder-names.ts';
import type { Entry } from './steps/entries.ts';

/** How every record begins, in a description as in a justification: nobody else's text may. */
export const recordMark = '[cloud-access lease';

/** `<holder>@<end>`, and `k` where it is kept. Minutes since 1970 have five digits in base 36 until the year 2084. */
export const entryGrammar = `(?<holder>${holderPattern})@(?<end>[0-9a-z]{5})(?<keep>k?)`;

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
