import { isCount, isRecord, isText, parseJson } from '#access/json';
import { stands, type HeldGrant } from '#access/leases/journal';
import { guarantees } from '#access/leases/report';
import { endOfUnknown } from '#access/leases/words';
import { several } from '#access/words';
import { countTurns } from '#access/leases/beginning';
import { unpackGrants } from './packed-grants.ts';
import { chunkKey, progressKey, stateKey, stateVersion } from './state-key.ts';
import { digestOf, progressGroup, readNote, type LeaseState } from './journal.ts';

/** Far more than the grants of any step come to. */
const mostChunks = 10_000;

/** What main told post. */
export type Saved =
  /** There is nothing to release. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'leases'; readonly leases: LeaseState['leases']; readonly held: readonly HeldGrant[] }
  /** It is there, and was altered, cut, or written by another version. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** Reads the state that the runner hands over; nothing else is trusted. */
export function readSavedState(variables: ReadonlyMap<string, string>): Saved {
  const saved = (key: string): string => variables.get(`STATE_${key}`) ?? '';
  const main = parseJson(saved(stateKey));
  if (!isRecord(main) || typeof main['version'] !== 'number') return unreadable('it was altered or cut');
  if (main['version'] !== stateVersion)
    return unreadable('it was written by another version of this action: main and post have to be of one version');
  const { leases } = main as Partial<LeaseState>;
  if (leases === undefined) return { kind: 'nothing' };
  if (!isWhole(leases)) return unreadable('it was altered or cut');
  const packed = Array.from({ length: leases.chunks }, (_, index) => saved(chunkKey(index))).join('');
  if (digestOf(packed) !== leases.digest) return unreadable('the list of its grants was altered or cut', leases);
  const grants = unpackGrants(packed);
  if (grants?.length !== leases.grants) return unreadable('the list of its grants was altered or cut', leases);
  const notes = grants.map((_, index) => {
    const group = saved(progressKey(Math.floor(index / progressGroup)));
    return group === '-' ? null : readNote(group.split(';')[index % progressGroup] ?? '');
  });
  if (notes.includes(undefined)) return unreadable('how far its leases had come was altered or cut', leases);
  const turns = countTurns(grants);
  const held = grants.flatMap((grant, index): readonly HeldGrant[] => {
    const note = notes[index] ?? null;
    if (note === null || note.progress === 'over') return [];
    return [{ ...note, grant, keepAfterJob: leases.keepAfterJob, turn: turns.get(grant) ?? 0 }];
  });
  // What stands runs to its end; what was not finished is released all the same.
  const due = held.filter(({ progress }) => !leases.keepAfterJob || !stands(progress));
  return due.length === 0 ? { kind: 'nothing' } : { kind: 'leases', leases, held: due };
}

/** Whether it has all that its digest does not cover. */
function isWhole(leases: Partial<LeaseState['leases']> | null): boolean {
  if (!isRecord(leases)) return false;
  const { cloud, anchor, guarantee, endpoints, apiUrl, chunks, grants, reason, keepAfterJob } = leases;
  const areEndpoints =
    Array.isArray(endpoints) && endpoints.every((it) => isRecord(it) && isText(it['source']) && isText(it['url']));
  const isAnchor = typeof anchor === 'object' && (anchor as unknown) !== null;
  const areChunks = isCount(chunks) && chunks <= mostChunks;
  return (
    isText(cloud) &&
    isAnchor &&
    guarantees.some((it) => it === guarantee) &&
    areEndpoints &&
    isText(apiUrl) &&
    areChunks &&
    isCount(grants) &&
    (reason === null || isText(reason)) &&
    typeof keepAfterJob === 'boolean'
  );
}

const elsewhere =
  'What it leased stands in the log of the main step: end it with `operation: sweep`, or `operation: revoke`';

function unreadable(why: string, leases?: LeaseState['leases']): Saved {
  if (leases === undefined) return { kind: 'unreadable', why: `${why}. ${elsewhere}` };
  const whom = `${several(leases.grants, 'grant')} of this step`;
  return { kind: 'unreadable', why: `${why}. It concerns ${whom}: ${endOfUnknown(leases.guarantee)}` };
}
