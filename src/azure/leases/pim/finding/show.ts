import type { Budget } from '#access/clock';
import type { Assignment } from '#access/grant';
import type { LeaseEntry } from '#access/leases/port';
import type { Origin } from '#access/leases/liveness';
import { distinctBy } from '#access/distinct';
import { groupBy } from '#azure/resolve/gather';
import { grantOf } from '../../finding/catalogue.ts';
import { holderInWords } from '../../records/holder-names.ts';
import { keyOfGrant } from '#azure/assignments/assignment-lists';
import { holds, type Places } from '#azure/resolve/places';
import type { AzureSession } from '#azure/session';
import { requestSeen, scheduleSeen } from '../service/reading.ts';
import { plainScope, type PimService } from '../service/service.ts';
import { goesOn } from '../statuses.ts';
import { carriedOutUnlisted, grantsWithRequests, inProgress, waitsForApproval } from '#azure/messages/pim-requests';
import { constants } from '../steps/constants.ts';
import { holdersIn, makerOf, reliedOn, unlisted, type Looker, type Seen } from '../steps/seen.ts';

/** Requests and schedule of one grant. */
export interface PimFound {
  readonly grant: Assignment;
  readonly seen: Seen;
}

export interface Searching {
  readonly session: AzureSession;
  readonly places: Places;
  readonly service: PimService;
}

/** Finds grants with requests of this action at these scopes and below. Access that is inherited from above is left out. */
export async function findOurs(
  { session, places, service }: Searching,
  scopes: readonly string[],
  date: number,
  budget: Budget,
): Promise<readonly PimFound[]> {
  const found = await Promise.all(
    scopes.map(async (scope) => {
      const [requests, schedules] = await Promise.all([
        service.requestsAround(scope, budget),
        service.schedulesAround(scope, budget),
      ]);
      const isBelow = await Promise.all(requests.map((it) => holds(places, scope, plainScope(it.scope ?? ''), budget)));
      const own = requests.filter((_, index) => isBelow[index]);
      return groupBy(own, keyOf).map((those): PimFound => {
        const grant = grantIn(those[0]);
        const schedule = schedules.find((it) => keyOf(it) === keyOf(those[0]));
        const seen: Seen = {
          schedule: schedule === undefined ? null : scheduleSeen(schedule, false),
          plain: null,
          requests: those.map((it) => requestSeen(it, grant, date)),
        };
        return { grant, seen };
      });
    }),
  );
  session.tools.log.debug(grantsWithRequests(found.flat().length));
  const ours = found.flat().filter(({ seen }) => seen.requests.some(({ record }) => record !== null));
  return distinctBy(ours, ({ grant }) => keyOfGrant(grant));
}

type Row = Parameters<typeof grantOf>[0];

/** Lists might name the scope of a subscription in another form. */
function grantIn(row: Row): Assignment {
  return grantOf({ ...row, scope: plainScope(row.scope ?? '') });
}

function keyOf(row: Row): string {
  return keyOfGrant(grantIn(row));
}

/** Shows an access that a lease of this action made or uses, with its holders; `null` for one that is over. */
export function entryOf({ grant, seen }: PimFound, origin: Origin, date: number): LeaseEntry | null {
  const nobody: Looker = { constants, holder: '', replaces: null };
  const { schedule, requests } = seen;
  const waiting = requests.filter(({ standing, record }) => standing === 'waits' && record !== null);
  const moving = requests.filter(
    ({ standing, record, type }) => goesOn(standing) && type !== 'remove' && record !== null && date < record.end,
  );
  // The access of a request that was carried out might be listed late.
  const unseen = unlisted(seen, constants, date).filter(({ record }) => record !== null);
  const coming = [...waiting, ...moving, ...unseen];
  if (schedule === null && coming.length === 0) return null;
  const relying = schedule === null ? coming : reliedOn(seen, nobody, date);
  if (schedule !== null && !relying.some(({ record }) => record !== null) && makerOf(seen)?.record == null) return null;
  const endsAt = schedule?.end ?? null;
  return {
    grant,
    holders: holdersIn(relying, endsAt ?? 0).map(({ name, end }) => ({
      holder: name,
      end,
      words: name.includes('.') ? holderInWords(name, origin) : `request ${name}`,
    })),
    endsAt,
    guarantee: endsAt === null ? null : 'platform',
    // Azure ends it, and may list it for a while after that.
    overdueSince: null,
    remarks: [
      ...waiting.map(({ name }) => waitsForApproval(name)),
      ...moving.map(({ name }) => inProgress(name)),
      ...unseen.map(({ name }) => carriedOutUnlisted(name)),
    ],
  };
}
