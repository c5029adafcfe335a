import type { PlainAsk } from '#access/leases/protocol/executor';
import type { Deadline, Moment } from '#access/leases/protocol/protocol';
import type { HistorySpan, StaleRecord, NewRecord, RecordName, Row } from './records.ts';

/** One request of a protocol, about one grant. */
export type Ask =
  | PlainAsk
  /** Makes a record unless one of that name is there. */
  | { readonly do: 'put'; readonly record: NewRecord; readonly notAfter: Deadline | null }
  /** Makes a timer a dead one. */
  | { readonly do: 'disable'; readonly name: RecordName }
  | { readonly do: 'drop'; readonly name: RecordName; readonly notAfter: Deadline | null }
  /** All records of the grant; of timers whose end is near or past it is asked when they fire. */
  | { readonly do: 'list' }
  /** Whether the access is there; where one outcome is expected, the read is repeated as long as reads may lag. */
  | { readonly do: 'read'; readonly expected: boolean | null }
  /** Whether a deletion of the grant is running. */
  | { readonly do: 'deletions' }
  /** Whether the access was made as a lease in that time, and not ended since. */
  | { readonly do: 'history'; readonly span: HistorySpan }
  | { readonly do: 'create'; readonly notAfter: Deadline }
  | { readonly do: 'delete'; readonly notAfter: Deadline }
  /** Follows what was accepted to its end. */
  | { readonly do: 'await'; readonly what: 'creation' | 'deletion' };

/**
 * What became of a request. `taken`: a record of that name is there. `missing`: there is none. `late`: it was not sent
 * any more. `busy`: refused, since another operation is running. `lost`: sent, and nobody knows. `failed`: it came to
 * nothing for good; whoever performs the requests knows why.
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
 * By when a list is judged: what it shows as alive may have come to its end since, and before that may have done what the
 * list does not show.
 */
export function whenListed({ asOf }: Listed, { mono }: Moment): Moment {
  return { mono, date: asOf };
}

/** Whether a request has come to nothing, or nobody knows. */
export function isTrouble({ is }: Answer): boolean {
  return is === 'failed' || is === 'lost' || is === 'late';
}

/** Deletes the first of these records. */
export function dropFirst([first]: readonly StaleRecord[]): Extract<Ask, { readonly do: 'drop' }> {
  if (first === undefined) throw new TypeError('there is no record to be deleted');
  const { name, notAfter } = first;
  return { do: 'drop', name, notAfter: notAfter === null ? null : { mono: Infinity, date: notAfter } };
}
