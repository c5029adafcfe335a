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
import { constants } from '../steps/constants.ts';
import { holdersIn, makerOf, reliedOn, unlisted, type Looker, type Seen } from '../steps/seen.ts';

/** What was found of one grant. */
export interface PimFound {
  readonly grant: Assignment;
  readonly seen: Seen;
}

export interface Searching {
  readonly session: AzureSession;
  readonly places: Places;
  readonly service: PimService;
}

/** What our requests have made at these scopes and below them; what is inherited from above is nobody's there. */
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
  session.tools.log.debug(`Requests of Privileged Identity Management are about ${found.flat().length} grants`);
  const ours = found.flat().filter(({ seen }) => seen.requests.some(({ record }) => record !== null));
  return distinctBy(ours, ({ grant }) => keyOfGrant(grant));
}

type Row = Parameters<typeof grantOf>[0];

/** Lists may name the scope of a subscription in another way. */
function grantIn(row: Row): Assignment {
  return grantOf({ ...row, scope: plainScope(row.scope ?? '') });
}

function keyOf(row: Row): string {
  return keyOfGrant(grantIn(row));
}

/** Shows an access that one of ours has made, or relies on, with those who do; `null` for one that is over. */
export function entryOf({ grant, seen }: PimFound, origin: Origin, date: number): LeaseEntry | null {
  const nobody: Looker = { constants, holder: '', replaces: null };
  const { schedule, requests } = seen;
  const waiting = requests.filter(({ standing, record }) => standing === 'waits' && record !== null);
  const moving = requests.filter(
    ({ standing, record, type }) => goesOn(standing) && type !== 'remove' && record !== null && date < record.end,
  );
  // What was carried out and is not listed may be listed late.
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
    remarks: [
      ...waiting.map(({ name }) => `Request ${name} waits for a person to approve it.`),
      ...moving.map(({ name }) => `Request ${name} is being carried out.`),
      ...unseen.map(
        ({ name }) => `Request ${name} was carried out, and no access of it is listed: it is gone, or listed late.`,
      ),
    ],
  };
}
