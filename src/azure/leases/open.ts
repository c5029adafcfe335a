import type { Budget } from '#access/clock';
import type { CloudError } from '#access/errors';
import type { Assignment, Words } from '#access/grant';
import { releasePrevious } from '#access/leases/release-previous';
import type { LeaseChange, Leases } from '#access/leases/port';
import type { ListRequest, SweepRequest } from '#access/request';
import { openAssignmentLists } from '../assignments/assignment-lists.ts';
import { openAssignmentWrites } from '../assignments/assignment-writes.ts';
import { homeTenants } from '../assignments/home-tenant.ts';
import { freshName } from '../assignments/names.ts';
import type { Places } from '../resolve/places.ts';
import type { RoleAssignments } from '../assignments/role-assignments.ts';
import type { AzureSession } from '../session.ts';
import { refusePrivileged } from './admission.ts';
import { anchorOf } from './anchor.ts';
import { readCatalogue, type Catalogue } from './finding/catalogue.ts';
import { openExecutor } from './executor/executor.ts';
import { findDue } from './finding/due.ts';
import { askAboutOthers, noAccessEnded } from './executor/ended-jobs.ts';
import { findHeld } from './finding/find-held.ts';
import { release } from './operations/release.ts';
import { holderInWords } from './records/holder-names.ts';
import { openHolding } from './holding.ts';
import { leaseIn } from './lease-id.ts';
import { makePermanent } from './operations/make-permanent.ts';
import { narrowing } from './finding/narrowing.ts';
import { revoke } from './operations/revoke.ts';
import { textOf } from './records/human-text.ts';
import type { LeaseContext } from './context.ts';
import { showLeases } from './finding/show.ts';
import { constants } from './steps/constants.ts';
import { sweep } from './operations/sweep.ts';
import { take } from './operations/take.ts';

/** What the leases of a step need from the rest of the room. */
export interface LeaseSurroundings {
  readonly session: AzureSession;
  readonly words: Words;
  readonly places: Places;
  readonly assignments: Pick<RoleAssignments, 'recordOf' | 'lastRead' | 'withoutLeases'>;
  /** The same refusal, with what an id is that Azure does not know. */
  readonly explain: (error: CloudError, grant: Assignment, budget: Budget) => Promise<CloudError>;
}

/** Leases on Azure: in the description of the role assignment itself. */
export function openLeases({ session, words, places, assignments, explain }: LeaseSurroundings): Leases {
  const { settings, tools: cloudTools } = session;
  const { origin, randomBytes } = cloudTools;
  const date = (): number => session.serverTime(cloudTools.clock.now());
  const holding = openHolding(session);
  // Found by a list that named the directory, or by what a lease id says.
  const delegated = new WeakSet<Assignment>();
  const areDelegated =
    settings.properties.delegatedManagedIdentityResourceId !== null ||
    (settings.lease?.where.kind === 'grants' && settings.lease.where.areDelegated);
  const homeTenant = homeTenants(session, (grant) => areDelegated || delegated.has(grant));
  const lists = openAssignmentLists(session, homeTenant);
  const writes = openAssignmentWrites(session, homeTenant);

  const context: LeaseContext = {
    session,
    words,
    constants,
    holder: holding.holder,
    openExecutor: (grant, isAsked, tools, leaver) =>
      openExecutor(
        {
          session,
          date,
          list: async (of, budget) => (await lists([of], budget)).get(of)?.same ?? [],
          writes,
          asked: isAsked ? settings.properties : null,
          text: textOf(settings.properties.description, isAsked ? tools.reason : null),
          freshName: () => freshName(randomBytes),
          holderInWords: (name) => holderInWords(name, origin),
          ended: leaver === undefined ? noAccessEnded : askAboutOthers(leaver, cloudTools),
          explain,
        },
        grant,
        tools,
      ),
    lastRead: (grant) => assignments.lastRead(grant),
    leaseId: (grant, name, keepAfterJob) =>
      holding.leaseId(grant, name, {
        keepAfterJob,
        pim: false,
        areDelegated: areDelegated || delegated.has(grant),
      }),
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
    const { scopes, isWanted } = await narrowing(request, session, places, budget);
    const found = await readAll(scopes, budget);
    const wanted = await Promise.all(found.leased.map(({ grant }) => isWanted(grant, budget)));
    return { ...found, leased: found.leased.filter((_, index) => wanted[index]) };
  };
  const isLeased = ({ grant }: Pick<LeaseChange, 'grant'>): boolean => assignments.recordOf(grant)?.is === 'record';

  return {
    concerns: ({ operation }) => operation === 'assign' || operation === 'revoke',
    takesOver: (change) => change.kind === 'join' || isLeased(change),
    leave: ({ grant }) => {
      assignments.withoutLeases(grant);
    },
    areLeased: (grants) => Promise.resolve(grants.map((grant) => isLeased({ grant }))),
    haveRecords: (grants) => Promise.resolve(grants.map((grant) => isLeased({ grant }))),
    date,
    announce: (grants, count) => {
      holding.announce(grants, count);
    },
    guarantee: 'sweep',
    anchor: async (budget) => anchorOf(settings, (await session.caller(budget)).objectId),
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
    async release(held, tools) {
      await holding.admit(tools.budget);
      return release(context, held, tools);
    },
    listedWithinMs: constants.readLag,
    find: (id, budget) => findHeld(leaseIn(id), { session, lists, readAll }, budget),
    outlivesJob: (id) => leaseIn(id).keepAfterJob,
    async extend(held, { lease, allowPrivileged }, tools) {
      if (!allowPrivileged) await refusePrivileged(session, held.grant, tools.budget);
      const joined = await take(context, held.grant, lease, tools, held.holder);
      return releasePrevious(joined, { held, lease, tools }, (old, doing) => release(context, old, doing));
    },
    list: async (request, budget) => showLeases(await search(request, budget), constants, origin, date()),
    findDue: async (request, budget) => {
      const catalogue = await search(request, budget);
      return findDue({ catalogue, constants, liveness: cloudTools.liveness, origin, date: date() }, budget);
    },
    sweep: (item, tools) => sweep(context, item, tools),
  };
}
