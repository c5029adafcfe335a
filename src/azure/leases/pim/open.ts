import { type Budget, whileAnswered, wholeMinute } from '#access/clock';
import { together } from '#access/errors';
import type { Assignment, Words } from '#access/grant';
import { endOf } from '#access/leases/journal';
import type { Leases } from '#access/leases/port';
import { openAssignmentLists } from '../../assignments/assignment-lists.ts';
import { homeTenants } from '../../assignments/home-tenant.ts';
import { refusePrivileged } from '../admission.ts';
import { anchorOf } from '../anchor.ts';
import { holderInWords } from '../records/holder-names.ts';
import { openHolding } from '../holding.ts';
import { leaseIn } from '../lease-id.ts';
import { narrowing } from '../finding/narrowing.ts';
import { freshName } from '../../assignments/names.ts';
import type { Places } from '../../resolve/places.ts';
import type { AzureSession } from '../../session.ts';
import { openPimExecutor } from './executor/executor.ts';
import { findHeld } from './finding/find-held.ts';
import { release } from './operations/release.ts';
import { refusedByPolicies } from './policies/policies.ts';
import { requestSeen } from './service/reading.ts';
import { writeJustification } from './service/record.ts';
import { revoke } from './operations/revoke.ts';
import type { PimContext } from './context.ts';
import { openPimService } from './service/service.ts';
import { entryOf, findOurs } from './finding/show.ts';
import { constants } from './steps/constants.ts';
import { unlisted } from './steps/seen.ts';
import { mayCome } from './statuses.ts';
import { take } from './operations/take.ts';

/** What the leases of a step need from the rest of the room. */
export interface PimSurroundings {
  readonly session: AzureSession;
  readonly words: Words;
  readonly places: Places;
}

/** Before an extension policies are read for so long, in milliseconds. */
const policiesMs = 60_000;

/** Leases through Privileged Identity Management: Azure ends them by itself. */
export function openPimLeases({ session, words, places }: PimSurroundings): Leases {
  const { settings, tools: cloudTools } = session;
  const { origin, randomBytes, clock } = cloudTools;
  const ticket = { ticketNumber: settings.pim?.ticketNumber ?? null, ticketSystem: settings.pim?.ticketSystem ?? null };
  const date = (): number => session.serverTime(clock.now());
  const holding = openHolding(session);
  const { holder } = holding;
  const service = openPimService(session);
  const lists = openAssignmentLists(session, homeTenants(session));

  const context: PimContext = {
    session,
    words,
    constants,
    holder,
    date,
    openExecutor: (grant, intent, tools) =>
      openPimExecutor(
        {
          session,
          date,
          service,
          list: async (of, budget) => (await lists([of], budget)).get(of)?.same ?? [],
          freshName: () => freshName(randomBytes),
          holder: intent.holder,
          justification: (ownEnd) =>
            writeJustification(
              grant,
              {
                keepAfterJob: false,
                replaces: null,
                ...intent,
                // Only what an own request is seen of is ended; of no other a later end than now is claimed.
                end: intent.end ?? ownEnd ?? wholeMinute(date()),
              },
              origin,
              tools.reason,
            ),
          ticket:
            ticket.ticketNumber === null && ticket.ticketSystem === null
              ? null
              : {
                  ...(ticket.ticketNumber === null ? {} : { ticketNumber: ticket.ticketNumber }),
                  ...(ticket.ticketSystem === null ? {} : { ticketSystem: ticket.ticketSystem }),
                },
          lifetimeMs: intent.kind === 'take' ? intent.lifetimeMs : null,
          condition: intent.kind === 'take' && intent.isAsked ? settings.properties.condition : undefined,
        },
        grant,
        tools,
      ),
    leaseId: (grant, name, keepAfterJob) =>
      holding.leaseId(grant, name, { keepAfterJob, pim: true, areDelegated: false }),
    nameHolders: (others) =>
      others.map(({ name, end }) => ({
        name: name.includes('.') ? holderInWords(name, origin) : `somebody else (request ${name})`,
        until: end,
      })),
  };

  const isThere = async (grant: Assignment, budget: Budget): Promise<boolean> => {
    const [schedules, requests] = await Promise.all([
      service.schedulesOf(grant, budget),
      service.requestsOf(grant, budget),
    ]);
    const seen = requests.map((it) => requestSeen(it, grant, date()));
    // What was carried out and is listed nowhere may be listed late.
    const isUnlisted = unlisted({ schedule: null, plain: null, requests: seen }, constants, date()).length > 0;
    return schedules.length > 0 || seen.some(mayCome) || isUnlisted;
  };

  return {
    concerns: ({ operation }) => operation === 'assign' || operation === 'revoke',
    // A permanent assign through Privileged Identity Management is a fault.
    takesOver: ({ kind }) => kind !== 'make-permanent',
    leave: () => undefined,
    areLeased: (grants, budget) =>
      Promise.all(
        grants.map(async (grant) => {
          const schedules = await service.schedulesOf(grant, budget);
          return schedules.some(({ endDateTime }) => endDateTime instanceof Date);
        }),
      ),
    haveRecords: (grants, budget) => Promise.all(grants.map((grant) => isThere(grant, budget))),
    date,
    announce: (grants, count) => {
      holding.announce(grants, count);
    },
    guarantee: 'platform',
    anchor: async (budget) => anchorOf(settings, (await session.caller(budget)).objectId),
    carryOut(change, _there, tools) {
      switch (change.kind) {
        case 'join':
          return take(context, change.grant, change.lease, tools, holder);
        case 'make-permanent':
          throw new TypeError('a permanent grant is none of these leases');
        case 'revoke':
          return revoke(context, change.grant, tools);
      }
    },
    async release(held, tools) {
      await holding.admit(tools.budget);
      return release(context, held, tools);
    },
    listedWithinMs: constants.readLag,
    find: (id, budget) => findHeld(leaseIn(id), { session, places, service, lists, date }, budget),
    outlivesJob: (id) => leaseIn(id).keepAfterJob,
    async extend(held, { lease, allowPrivileged }, tools) {
      if (!allowPrivileged) await refusePrivileged(session, held.grant, tools.budget);
      const given = { ...ticket, lifetimeMs: lease.ms, reason: tools.reason };
      const reading = whileAnswered(policiesMs, policiesMs, clock, tools.budget.signal);
      const refused = await refusedByPolicies(session, [held.grant], given, reading);
      if (refused.length > 0) throw together(refused);
      // The old holder gives way by the new one's own request: there is nothing to release.
      const done = await take(context, held.grant, lease, tools, holder, held.holder);
      if (lease.keepAfterJob && done.outcome.status === 'SUCCEEDED')
        tools.note({ progress: 'over', holder, end: endOf(held) });
      return done;
    },
    async list(request, budget) {
      const { scopes, isWanted } = await narrowing(request, session, places, budget);
      const ours = await findOurs({ session, places, service }, scopes, date(), budget);
      const wanted = await Promise.all(ours.map(({ grant }) => isWanted(grant, budget)));
      const items = ours.filter((_, index) => wanted[index]).flatMap((it) => entryOf(it, origin, date()) ?? []);
      return { items, notices: [], suspects: [] };
    },
    // Azure ends them: a sweep has nothing to do.
    findDue: () => Promise.resolve({ items: [], notices: [], suspects: [] }),
    sweep: () => Promise.reject(new TypeError('there is nothing to sweep')),
  };
}
