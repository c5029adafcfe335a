import {
  altered,
  concerns,
  endListedLeases,
  grantsAltered,
  otherVersion,
  progressAltered,
} from '../messages/failures.ts';
import { isCount, isRecord, isText, parseJson } from '#access/json';
import { stands, type HeldGrant } from '#access/leases/journal';
import { guarantees } from '#access/outcome';
import { endOfUnknown } from '#access/messages/lease-ends';
import { countTurns } from '#access/leases/beginning';
import { unpackGrants } from './packed-grants.ts';
import { chunkKey, progressKey, stateKey, stateVersion } from './state-key.ts';
import { digestOf, progressGroup, readNote, type LeaseState } from './journal.ts';

/** Maximum number of pieces: far more than the grants of any step need. */
const mostChunks = 10_000;

/** The state that main saved for post. */
export type Saved =
  /** There is nothing to release. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'leases'; readonly leases: LeaseState['leases']; readonly held: readonly HeldGrant[] }
  /** It exists, and was altered, cut, or written by another version. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** Reads the state that the runner hands over; nothing else is trusted. */
export function readSavedState(variables: ReadonlyMap<string, string>): Saved {
  const saved = (key: string): string => variables.get(`STATE_${key}`) ?? '';
  const main = parseJson(saved(stateKey));
  if (!isRecord(main) || typeof main['version'] !== 'number') return unreadable(altered);
  if (main['version'] !== stateVersion) return unreadable(otherVersion);
  const { leases } = main as Partial<LeaseState>;
  if (leases === undefined) return { kind: 'nothing' };
  if (!isWhole(leases)) return unreadable(altered);
  const packed = Array.from({ length: leases.chunks }, (_, index) => saved(chunkKey(index))).join('');
  if (digestOf(packed) !== leases.digest) return unreadable(grantsAltered, leases);
  const grants = unpackGrants(packed);
  if (grants?.length !== leases.grants) return unreadable(grantsAltered, leases);
  const notes = grants.map((_, index) => {
    const group = saved(progressKey(Math.floor(index / progressGroup)));
    return group === '-' ? null : readNote(group.split(';')[index % progressGroup] ?? '');
  });
  if (notes.includes(undefined)) return unreadable(progressAltered, leases);
  const turns = countTurns(grants);
  const held = grants.flatMap((grant, index): readonly HeldGrant[] => {
    const note = notes[index] ?? null;
    if (note === null || note.progress === 'over') return [];
    return [{ ...note, grant, keepAfterJob: leases.keepAfterJob, turn: turns.get(grant) ?? 0 }];
  });
  // An established lease runs to its end; one that was not finished is released anyway.
  const due = held.filter(({ progress }) => !leases.keepAfterJob || !stands(progress));
  return due.length === 0 ? { kind: 'nothing' } : { kind: 'leases', leases, held: due };
}

/** True if it has all members that its digest does not cover. */
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

function unreadable(why: string, leases?: LeaseState['leases']): Saved {
  if (leases === undefined) return { kind: 'unreadable', why: endListedLeases(why) };
  return { kind: 'unreadable', why: concerns(why, leases.grants, endOfUnknown(leases.guarantee)) };
}
