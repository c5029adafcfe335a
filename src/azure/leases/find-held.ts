import type { RoleAssignment } from '@azure/arm-authorization';
import type { Budget } from '../../access/clock.ts';
import { CloudError } from '../../access/errors.ts';
import type { Assignment } from '../../access/grant.ts';
import type { HeldGrant } from '../../access/leases/journal.ts';
import type { Listed } from '../assignments/assignment-lists.ts';
import { isSameScope } from '../resolve/scopes.ts';
import type { AzureSession } from '../session.ts';
import type { Catalogue } from './catalogue.ts';
import type { AzureLease } from './lease-id.ts';
import { recordIn } from './record-in.ts';
import type { Entry } from './steps/entries.ts';

interface Finding {
  readonly session: AzureSession;
  readonly readAll: (scopes: readonly string[], budget: Budget) => Promise<Catalogue>;
  readonly lists: (grants: readonly Assignment[], budget: Budget) => Promise<ReadonlyMap<Assignment, Listed>>;
}

/** The grants that a lease id stands for, as far as they are still held. */
export async function findHeld(
  { holder, where }: AzureLease,
  { session, lists, readAll }: Finding,
  budget: Budget,
): Promise<readonly HeldGrant[]> {
  const heldIn = (grant: Assignment, entries: readonly Entry[]): readonly HeldGrant[] =>
    entries
      .filter((entry) => entry.holder === holder)
      .map(({ end }) => ({ grant, holder, end, progress: 'held' as const, turn: 0 }));
  if (where.kind === 'places') {
    const { leased } = await readAll(where.scopes, budget);
    return leased.flatMap(({ grant, entries }) => heldIn(grant, entries));
  }
  const date = session.serverTime(session.tools.clock.now());
  const heldBy = (grant: Assignment, row: RoleAssignment): readonly HeldGrant[] => {
    const described = recordIn(row, date);
    if (described.is === 'record') return heldIn(grant, described.entries);
    // Nothing tells whether it is this lease's still: whoever gives it back says so. Its end is not known.
    return described.is === 'altered' ? [{ grant, holder, end: date, progress: 'held', turn: 0 }] : [];
  };
  const heldAmong = async (grants: readonly Assignment[]): Promise<readonly HeldGrant[]> => {
    const listed = await lists(grants, budget);
    return grants.flatMap((grant) => {
      const rows = listed.get(grant)?.same ?? [];
      const own = rows.filter(({ scope }) => isSameScope(scope ?? '', grant.target.id));
      return own.flatMap((row) => heldBy(grant, row));
    });
  };
  try {
    // All at once takes the fewest requests.
    return await heldAmong(where.grants);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return eachAlone(where.grants, { holder, date }, (grant) => heldAmong([grant]));
  }
}

/**
 * What cannot be read of one grant is its own matter, and keeps the others of a lease from nothing: giving it back reads
 * anew, and says what is wrong. Where nothing can be read, that is thrown.
 *
 * @param date milliseconds since the epoch, taken for the end of what could not be read
 */
export async function eachAlone(
  grants: readonly Assignment[],
  { holder, date }: { readonly holder: string; readonly date: number },
  find: (grant: Assignment) => Promise<readonly HeldGrant[]>,
): Promise<readonly HeldGrant[]> {
  const found = await Promise.allSettled(grants.map(find));
  const failed = found.filter((it) => it.status === 'rejected').map((it): unknown => it.reason);
  const [first] = failed;
  if (failed.length === grants.length || failed.some((it) => !(it instanceof CloudError))) throw first;
  return grants.flatMap((grant, index): readonly HeldGrant[] => {
    const it = found[index];
    return it?.status === 'fulfilled' ? it.value : [{ grant, holder, end: date, progress: 'held', turn: 0 }];
  });
}
