import type { Budget } from '#access/clock';
import type { CloudError } from '#access/errors';
import type { Assignment } from '#access/grant';
import { releasePrevious } from '#access/leases/release-previous';
import type { LeaseChange, Leases } from '#access/leases/port';
import type { ListRequest, SweepRequest } from '#access/request';
import { openAssignmentWrites } from '../assignments/assignment-writes.ts';
import { askedOf, newDescription } from '../assignments/properties.ts';
import type { RoleAssignments } from '../assignments/role-assignments.ts';
import { openLeaseBase, type LeaseSurroundings } from './base.ts';
import type { LeaseContext } from './context.ts';
import { askAboutOthers, noAccessEnded } from './executor/ended-jobs.ts';
import { openExecutor } from './executor/executor.ts';
import { readCatalogue, type Catalogue } from './finding/catalogue.ts';
import { findDue } from './finding/due.ts';
import { findHeld } from './finding/find-held.ts';
import { narrowing } from './finding/narrowing.ts';
import { showLeases } from './finding/show.ts';
import { makePermanent } from './operations/make-permanent.ts';
import { release } from './operations/release.ts';
import { revoke } from './operations/revoke.ts';
import { sweep } from './operations/sweep.ts';
import { take } from './operations/take.ts';
import { holderInWords } from './records/holder-names.ts';
import { constants } from './steps/constants.ts';

interface DescriptionSurroundings extends LeaseSurroundings {
  readonly assignments: Pick<RoleAssignments, 'recordOf' | 'lastRead' | 'withoutLeases'>;
  /** The same refusal, with an explanation of an ID that Azure does not know. */
  readonly explain: (error: CloudError, grant: Assignment, budget: Budget) => Promise<CloudError>;
}

/** Leases on Azure: in the description of the role assignment itself. */
export function openLeases(around: DescriptionSurroundings): Leases {
  const { session, places, assignments, explain } = around;
  const { settings, tools: cloudTools } = session;
  const { origin } = cloudTools;
  // Grants of delegated identities: found by a list that named the directory, or marked in a lease ID.
  const delegated = new WeakSet<Assignment>();
  const areDelegated =
    settings.properties.delegatedManagedIdentityResourceId !== null ||
    (settings.lease?.where.kind === 'grants' && settings.lease.where.areDelegated);
  const isDelegated = (grant: Assignment): boolean => areDelegated || delegated.has(grant);
  const base = openLeaseBase(around, { pim: false, isDelegated });
  const { date } = base;
  const writes = openAssignmentWrites(session, base.homeTenant);

  const context: LeaseContext = {
    ...base,
    constants,
    openExecutor: (grant, isAsked, tools, leaver) =>
      openExecutor(
        {
          ...base,
          writes,
          asked: isAsked ? askedOf(settings.properties, grant) : null,
          text: newDescription(settings.properties, grant, isAsked ? tools.reason : null),
          holderInWords: (name) => holderInWords(name, origin),
          ended: leaver === undefined ? noAccessEnded : askAboutOthers(leaver, cloudTools),
          explain,
        },
        grant,
        tools,
      ),
    lastRead: (grant) => assignments.lastRead(grant),
    nameHolders: (entries) =>
      entries.map(({ holder: name, end }) => ({ name: holderInWords(name, origin), until: end })),
  };

  const readAll = async (scopes: readonly string[], budget: Budget): Promise<Catalogue> => {
    const found = await readCatalogue(session, places, scopes, budget);
    for (const { row, grant } of found.leased)
      if ((row.delegatedManagedIdentityResourceId ?? '') !== '') delegated.add(grant);
    return found;
  };
  const search = async (request: ListRequest | SweepRequest, budget: Budget): Promise<Catalogue> => {
    const narrowed = await narrowing(request, session, places, budget);
    const found = await readAll(narrowed.scopes, budget);
    return { ...found, leased: await narrowed.among(found.leased, budget) };
  };
  const isLeased = (grant: Assignment): boolean => assignments.recordOf(grant)?.is === 'record';
  const areLeased = (grants: readonly Assignment[]): Promise<readonly boolean[]> =>
    Promise.resolve(grants.map(isLeased));

  return {
    ...base.portWith({
      release: (held, tools) => release(context, held, tools),
      find: (lease, budget) => findHeld(lease, { session, lists: base.lists, readAll }, budget),
      async extend(held, lease, tools) {
        const joined = await take(context, held.grant, lease, tools, held.holder);
        tools.place.leave();
        return releasePrevious(joined, { held, lease, tools }, (old, doing) => release(context, old, doing));
      },
    }),
    takesOver: ({ kind, grant }: LeaseChange) => kind === 'join' || isLeased(grant),
    leave: ({ grant }) => {
      assignments.withoutLeases(grant);
    },
    areLeased,
    haveRecords: areLeased,
    guarantee: 'sweep',
    carryOut(change, _there, tools) {
      switch (change.kind) {
        case 'join':
          return take(context, change.grant, change.lease, tools);
        case 'make-permanent':
          return makePermanent(context, change.grant, tools);
        case 'revoke':
          return revoke(context, change.grant, tools);
      }
    },
    listedWithinMs: constants.readLag,
    list: async (request, budget) => showLeases(await search(request, budget), constants, origin, date()),
    findDue: async (request, budget) => {
      const catalogue = await search(request, budget);
      const looking = { catalogue, constants, liveness: cloudTools.liveness, origin, date: date() };
      const { items, ...found } = await findDue(looking, budget);
      return { ...found, items: items.map((due) => ({ ...due, sweep: (tools) => sweep(context, due, tools) })) };
    },
  };
}
