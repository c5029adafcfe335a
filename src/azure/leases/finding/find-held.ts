import type { RoleAssignment } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { CloudError, hintOn } from '#access/errors';
import type { Assignment } from '#access/grant';
import { found, foundIn, foundUnnamed, type Found, type Why } from '#access/leases/found';
import type { HeldGrant } from '#access/leases/journal';
import type { Listed } from '../../assignments/assignment-lists.ts';
import { distinctBy } from '#access/distinct';
import { listed } from '#access/words';
import { isSameScope } from '../../resolve/ids.ts';
import type { AzureSession } from '../../session.ts';
import type { Catalogue, Leased } from './catalogue.ts';
import type { AzureLease } from '../lease-id.ts';
import { recordIn } from '../records/record-text.ts';
import type { Entry } from '../steps/entries.ts';
import { alteredRecord } from '../../messages/leases.ts';

interface Finding {
  readonly session: AzureSession;
  readonly readAll: (scopes: readonly string[], budget: Budget) => Promise<Catalogue>;
  readonly lists: (grants: readonly Assignment[], budget: Budget) => Promise<ReadonlyMap<Assignment, Listed>>;
}

/** Finds the grants of a lease ID. */
export async function findHeld(
  lease: AzureLease,
  { session, lists, readAll }: Finding,
  budget: Budget,
): Promise<Found> {
  const { holder, where } = lease;
  const heldIn = (grant: Assignment, entries: readonly Entry[]): readonly HeldGrant[] =>
    entries
      .filter((entry) => entry.holder === holder)
      .map(({ end, keepAfterJob: isKept }) => ({
        grant,
        holder,
        end,
        keepAfterJob: isKept,
        progress: 'held' as const,
        turn: 0,
      }));
  if (where.kind === 'places') {
    const read = async (scopes: readonly string[]): Promise<readonly Leased[]> =>
      (await readAll(scopes, budget)).leased;
    const { rows, unread } = await readPlaces(where.scopes, read, ({ row }) => (row.id ?? '').toLowerCase());
    return foundUnnamed(
      rows.flatMap(({ grant, entries }) => heldIn(grant, entries)),
      where.count,
      unread,
      placesInWords(where.scopes),
    );
  }
  const date = session.serverTime(session.tools.clock.now());
  const foundAt = (grant: Assignment, rows: readonly RoleAssignment[]): Found => {
    const own = rows.filter(({ scope }) => isSameScope(scope ?? '', grant.target.id));
    const described = own.map((row) => recordIn(row, date));
    const held = described.flatMap((it) => (it.is === 'record' ? heldIn(grant, it.entries) : []));
    if (held.length > 0) return found({ held });
    // No record shows whether this lease still holds it: its release reports that.
    if (described.some(({ is }) => is === 'altered'))
      return found({ doubtful: [{ held: unsure(grant, lease), why: alteredRecord }] });
    const isPlain = described.length > 0 && described.every(({ is }) => is !== 'record');
    return found(isPlain ? { permanent: [grant] } : { gone: [grant] });
  };
  const foundAmong = async (grants: readonly Assignment[]): Promise<Found> => {
    const listed = await lists(grants, budget);
    return foundIn(grants.map((grant) => foundAt(grant, listed.get(grant)?.same ?? [])));
  };
  try {
    // All at once needs the fewest requests.
    return await foundAmong(where.grants);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return eachAlone(where.grants, lease, (grant) => foundAmong([grant]));
  }
}

export function placesInWords(scopes: readonly string[]): string {
  return `at ${listed(scopes, 5)}`;
}

/** As if it were held. */
function unsure(grant: Assignment, { holder, keepAfterJob }: AzureLease): HeldGrant {
  return { grant, holder, end: null, keepAfterJob, progress: 'held', turn: 0 };
}

function whyOf(error: CloudError): Why {
  return { reason: error.message, hint: hintOn(error) };
}

/**
 * A failed read affects only its own grant, and none of the others of the lease: its release reads again, and reports the
 * failure. If no grant can be read, this throws.
 */
export async function eachAlone(
  grants: readonly Assignment[],
  lease: AzureLease,
  find: (grant: Assignment) => Promise<Found>,
): Promise<Found> {
  const settled = await Promise.allSettled(grants.map(find));
  const failed = settled.filter((it) => it.status === 'rejected').map((it): unknown => it.reason);
  const [first] = failed;
  if (failed.length === grants.length || failed.some((it) => !(it instanceof CloudError))) throw first;
  return foundIn(
    settled.map((it, index) => {
      if (it.status === 'fulfilled') return it.value;
      const grant = grants[index];
      if (grant === undefined || !(it.reason instanceof CloudError)) throw it.reason;
      return found({ doubtful: [{ held: unsure(grant, lease), why: whyOf(it.reason) }] });
    }),
  );
}

/**
 * Reads several places. A failed read affects only its own place; if no place can be read, this throws. The role
 * assignments of a deleted resource group are gone too.
 */
export async function readPlaces<T>(
  scopes: readonly string[],
  read: (scopes: readonly string[]) => Promise<readonly T[]>,
  keyOf: (row: T) => unknown,
): Promise<{ readonly rows: readonly T[]; readonly unread: readonly Why[] }> {
  try {
    return { rows: await read(scopes), unread: [] };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
  }
  const settled = await Promise.allSettled(scopes.map((scope) => read([scope])));
  const failed = settled.flatMap((it, index) =>
    it.status === 'rejected' ? [{ scope: scopes[index] ?? '', error: it.reason as unknown }] : [],
  );
  const unread = failed.flatMap(({ scope, error }): readonly Why[] => {
    if (!(error instanceof CloudError)) throw error;
    const { reason, hint } = whyOf(error);
    return error.failure.code === 'ResourceGroupNotFound' ? [] : [{ reason: `At ${scope}: ${reason}`, hint }];
  });
  if (unread.length === scopes.length) throw failed[0]?.error;
  const rows = settled.flatMap((it) => (it.status === 'fulfilled' ? it.value : []));
  return { rows: distinctBy(rows, keyOf), unread };
}
