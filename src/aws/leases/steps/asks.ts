import type { Deadline, Moment, PlainAsk } from '#access/leases/protocol/protocol';
import type { HistorySpan, StaleRecord, NewRecord, RecordName, Row } from './records.ts';

/** One request of a protocol, about one grant. */
export type Ask =
  | PlainAsk
  /** Makes a record unless one of that name is there. */
  | { readonly do: 'put'; readonly record: NewRecord; readonly notAfter: Deadline | null }
  /** Disables a timer. */
  | { readonly do: 'disable'; readonly name: RecordName }
  | { readonly do: 'drop'; readonly name: RecordName; readonly notAfter: Deadline | null }
  /** All records of the grant; of timers whose end is near or past it is asked when they fire. */
  | { readonly do: 'list' }
  /** Reads whether the access exists; if one result is expected, the read is repeated as long as reads may lag. */
  | { readonly do: 'read'; readonly expected: boolean | null }
  /** Reads whether a deletion of the grant is running. */
  | { readonly do: 'deletions' }
  /** Reads whether the access was created as a lease in that time, and not ended since. */
  | { readonly do: 'history'; readonly span: HistorySpan }
  | { readonly do: 'create'; readonly notAfter: Deadline }
  | { readonly do: 'delete'; readonly notAfter: Deadline }
  /** Follows what was accepted to its end. */
  | { readonly do: 'await'; readonly what: 'creation' | 'deletion' };

/**
 * The result of a request. `taken`: a record of that name exists. `missing`: none exists. `late`: it was too late to be
 * sent. `busy`: refused, because another operation is running. `lost`: sent, and its result is unknown. `failed`: it failed
 * for good; the executor knows why.
 */
export type Answer =
  | { readonly is: 'done' | 'taken' | 'missing' | 'late' | 'busy' | 'lost' | 'failed' }
  | Listed
  | { readonly is: 'yes' | 'no' };

export interface Listed {
  readonly is: 'rows';
  readonly rows: readonly Row[];
  /** Just before it was asked for, in milliseconds since the epoch. */
  readonly asOf: number;
}

/**
 * The time by which a list is judged: a holder that it shows as live may have ended since, and may have done before that
 * what the list does not show.
 */
export function whenListed({ asOf }: Listed, { mono }: Moment): Moment {
  return { mono, date: asOf };
}

/** True if a request has failed, or its result is unknown. */
export function isTrouble({ is }: Answer): boolean {
  return is === 'failed' || is === 'lost' || is === 'late';
}

/** Makes a record that never fires, unless one of that name is there. */
export function putDisabled(name: RecordName): Extract<Ask, { readonly do: 'put' }> {
  return { do: 'put', record: { name, enabled: false, firesAt: name.end }, notAfter: null };
}

/** Deletes the first of these records. */
export function dropFirst([first]: readonly StaleRecord[]): Extract<Ask, { readonly do: 'drop' }> {
  if (first === undefined) throw new TypeError('there is no record to be deleted');
  const { name, notAfter } = first;
  return { do: 'drop', name, notAfter: notAfter === null ? null : { mono: Infinity, date: notAfter } };
}
