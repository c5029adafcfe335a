import { whileAnswered, type Budget } from '#access/clock';
import { together } from '#access/errors';
import type { Assignment } from '#access/grant';
import { endOf } from '#access/leases/journal';
import type { Leases } from '#access/leases/port';
import type { PimSettings } from '#azure/settings';
import { otherRequester } from '#azure/messages/pim-requests';
import { openLeaseBase, type LeaseSurroundings } from '../base.ts';
import { narrowing } from '../finding/narrowing.ts';
import { holderInWords } from '../records/holder-names.ts';
import type { PimContext } from './context.ts';
import { openPimExecutor } from './executor/executor.ts';
import { findHeld } from './finding/find-held.ts';
import { entryOf, findOurs } from './finding/show.ts';
import { release } from './operations/release.ts';
import { revoke } from './operations/revoke.ts';
import { take } from './operations/take.ts';
import { refusedByPolicies } from './policies/policies.ts';
import { requestSeen } from './service/reading.ts';
import { openPimService } from './service/service.ts';
import { mayCome } from './statuses.ts';
import { constants } from './steps/constants.ts';
import { unlisted } from './steps/seen.ts';

/** Time limit for reading policies before an extension, in milliseconds. */
const policiesMs = 60_000;

/** Leases through Privileged Identity Management: Azure ends them by itself. */
export function openPimLeases(around: LeaseSurroundings & { readonly ticket: PimSettings }): Leases {
  const { session, places, ticket } = around;
  const { origin, clock } = session.tools;
  const service = openPimService(session);
  const base = openLeaseBase(around, { pim: true, isDelegated: () => false });
  const { holder, date, lists } = base;

  const context: PimContext = {
    ...base,
    constants,
    openExecutor: (grant, intent, tools) => openPimExecutor({ ...base, service, ticket }, grant, intent, tools),
    nameHolders: (others) =>
      others.map(({ name, end }) => ({
        name: name.includes('.') ? holderInWords(name, origin) : otherRequester(name),
        until: end,
      })),
  };

  const isThere = async (grant: Assignment, budget: Budget): Promise<boolean> => {
    const [schedules, requests] = await Promise.all([
      service.schedulesOf(grant, budget),
      service.requestsOf(grant, budget),
    ]);
    const seen = requests.map((it) => requestSeen(it, grant, date()));
    // The access of a request that was carried out might be listed late.
    const isUnlisted = unlisted({ schedule: null, plain: null, requests: seen }, constants, date()).length > 0;
    return schedules.length > 0 || seen.some(mayCome) || isUnlisted;
  };

  return {
    ...base.portWith({
      release: (held, tools) => release(context, held, tools),
      find: (lease, budget) => findHeld(lease, { session, places, service, lists, date }, budget),
      async extend(held, lease, tools) {
        const given = { ...ticket, lifetimeMs: lease.ms, reason: tools.reason };
        const reading = whileAnswered(policiesMs, policiesMs, clock, tools.budget.signal);
        const refused = await refusedByPolicies(session, [held.grant], given, reading);
        if (refused.length > 0) throw together(refused);
        // The request of the new holder names the old one as replaced: there is nothing to release.
        const done = await take(context, held.grant, lease, tools, held.holder);
        if (lease.keepAfterJob && done.outcome.status === 'SUCCEEDED')
          tools.note({ progress: 'over', holder, end: endOf(held) });
        return done;
      },
    }),
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
    guarantee: 'platform',
    carryOut(change, _there, tools) {
      switch (change.kind) {
        case 'join':
          return take(context, change.grant, change.lease, tools);
        case 'make-permanent':
          throw new TypeError('a permanent grant is none of these leases');
        case 'revoke':
          return revoke(context, change.grant, tools);
      }
    },
    listedWithinMs: constants.readLag,
    async list(request, budget) {
      const narrowed = await narrowing(request, session, places, budget);
      const ours = await findOurs({ session, places, service }, narrowed.scopes, date(), budget);
      const items = (await narrowed.among(ours, budget)).flatMap((it) => entryOf(it, origin, date()) ?? []);
      return { items, notices: [], suspects: [] };
    },
    // Azure ends these leases: a sweep has nothing to do.
    findDue: () => Promise.resolve({ items: [], notices: [], suspects: [] }),
  };
}
