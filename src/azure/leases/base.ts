import type { RoleAssignment } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { together } from '#access/errors';
import type { Assignment, Words } from '#access/grant';
import { admit, type Ender } from '#access/leases/admission';
import type { Found } from '#access/leases/found';
import type { HeldGrant } from '#access/leases/journal';
import type { Lease, LeaseDone, Leases, LeaseTools } from '#access/leases/port';
import type { LeaseId } from '#access/request';
import { openAssignmentLists, type Listed } from '../assignments/assignment-lists.ts';
import { homeTenants, type HomeTenant } from '../assignments/home-tenant.ts';
import { freshName } from '../assignments/names.ts';
import { refuseGrantsToOneself } from '../guards/oneself.ts';
import { refusePrivilegedRole } from '../guards/privileged.ts';
import { otherCaller } from '../messages/leases.ts';
import { remembered } from '#access/remembered';
import type { Places } from '../resolve/places.ts';
import { resolveRoles } from '../resolve/roles.ts';
import type { AzureSession } from '../session.ts';
import { anchorOf } from './anchor.ts';
import { leaseIn, whereOf, writeLeaseId, type AzureLease } from './lease-id.ts';
import { newHolderName } from './records/holder-names.ts';

/** Tools for the leases of a step from the rest of this layer. */
export interface LeaseSurroundings {
  readonly session: AzureSession;
  readonly words: Words;
  readonly places: Places;
}

/** Kind of leases. */
interface Kind {
  /** True if Privileged Identity Management keeps the records, and not descriptions. */
  readonly pim: boolean;
  /** True if a grant is of a delegated identity, which lists show only to requests that name its directory. */
  readonly isDelegated: (grant: Assignment) => boolean;
}

/** Parts that all leases of one step share, whatever keeps their records. */
export interface LeaseBase {
  readonly session: AzureSession;
  readonly words: Words;
  /** The name of this step run as a holder. */
  readonly holder: string;
  /** Current time of Azure's clock, in milliseconds since the epoch. */
  readonly date: () => number;
  readonly homeTenant: (grant: Assignment, budget: Budget) => Promise<HomeTenant>;
  readonly lists: (grants: readonly Assignment[], budget: Budget) => Promise<ReadonlyMap<Assignment, Listed>>;
  /** Role assignments of exactly this principal and role, at, above and below the scope. */
  readonly list: (grant: Assignment, budget: Budget) => Promise<readonly RoleAssignment[]>;
  /** A random name for a new resource. */
  readonly freshName: () => string;
  /** Lease ID of all grants that this step leases, or of one grant of another holder. */
  readonly leaseId: (grant: Assignment, holder: string, keepAfterJob: boolean) => LeaseId;
  /** Members of the port that both kinds share. */
  readonly portWith: (ways: Ways) => Pick<Leases, keyof Ways | SameForAll>;
}

type SameForAll = 'concerns' | 'date' | 'announce' | 'anchor' | 'outlivesJob';

/** Work of each kind, after the shared checks. */
interface Ways {
  /** Called after the check that the signed-in identity took the leases. */
  readonly release: (held: HeldGrant, tools: LeaseTools) => Promise<LeaseDone>;
  readonly find: (lease: AzureLease, budget: Budget) => Promise<Found>;
  /** Called after the refusal of privileged grants. */
  readonly extend: (held: HeldGrant, lease: Lease, tools: LeaseTools) => Promise<LeaseDone>;
}

export function openLeaseBase({ session, words }: LeaseSurroundings, { pim, isDelegated }: Kind): LeaseBase {
  const { settings, tools } = session;
  const { origin, randomBytes, clock } = tools;
  const holder = newHolderName(origin, randomBytes);
  const date = (): number => session.serverTime(clock.now());
  const homeTenant = homeTenants(session, isDelegated);
  const lists = openAssignmentLists(session, homeTenant);
  const admitted = remembered((budget) => admit(enderIn(session, budget)));
  // Grants that this step takes leases of, and the number of those that do not exist yet.
  let leased: readonly Assignment[] = [];
  let counted = 0;
  return {
    session,
    words,
    holder,
    date,
    homeTenant,
    lists,
    list: async (grant, budget) => (await lists([grant], budget)).get(grant)?.same ?? [],
    freshName: () => freshName(randomBytes),
    leaseId(grant, name, keepAfterJob) {
      const [grants, count] = name === holder ? [leased, counted] : [[grant], 1];
      return writeLeaseId({ holder: name, keepAfterJob, pim, where: whereOf(grants, count, isDelegated(grant)) });
    },
    portWith: ({ release, find, extend }) => ({
      concerns: ({ operation }) => operation === 'assign' || operation === 'revoke',
      date,
      announce: (grants, count) => {
        leased = [...leased, ...grants];
        counted += count;
      },
      anchor: async (budget) => anchorOf(settings, (await session.caller(budget)).objectId),
      outlivesJob: (id) => leaseIn(id).keepAfterJob,
      async release(held, doing) {
        await admitted(doing.budget);
        return release(held, doing);
      },
      find: (id, budget) => find(leaseIn(id), budget),
      async extend(held, { lease, allowPrivileged }, doing) {
        if (!allowPrivileged) await refusePrivileged(session, held.grant, doing.budget);
        return extend(held, lease, doing);
      },
    }),
  };
}

function enderIn(session: AzureSession, budget: Budget): Ender {
  const { caller: takenBy, signIn } = session.settings;
  const caller = async (): Promise<string> => (await session.caller(budget)).objectId ?? 'unknown';
  return { takenBy, isAnew: signIn.kind === 'federated', caller, otherCaller };
}

/** A lease of a privileged grant is only extended where that is allowed (P10). */
async function refusePrivileged(
  session: AzureSession,
  { principal, role, target }: Assignment,
  budget: Budget,
): Promise<void> {
  const { log } = session.tools;
  const line = { text: role.id, kind: 'role-id', value: role.id };
  const [roles, toOneself] = await Promise.all([
    resolveRoles(session, [line], [target.id], true, budget),
    session.caller(budget).then((caller) => refuseGrantsToOneself(session, [principal], caller, true, budget)),
  ]);
  const privileged = roles.distinct.map((it) => refusePrivilegedRole(it, log)).filter((it) => it !== null);
  const refusals = [...roles.refusals, ...toOneself, ...privileged];
  if (refusals.length > 0) throw together(refusals);
}
