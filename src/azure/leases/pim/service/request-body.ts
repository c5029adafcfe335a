import { isoDuration } from '#access/durations';
import { minuteMs } from '#access/clock';
import type { Assignment } from '#access/grant';
import { conditionVersion } from '#azure/inputs';
import type { PimSettings } from '#azure/settings';
import type { RequestBody } from './service.ts';
import type { Wish } from '../steps/asks.ts';

/** What every request of one step about one grant says. */
export interface Wording {
  readonly grant: Assignment;
  /** @param ownEnd the end of the lease that an own request names, in milliseconds since the epoch; `null` where none was seen */
  readonly justification: (ownEnd: number | null) => string;
  readonly ticket: PimSettings;
  /** How long an access is asked for at most, in milliseconds. */
  readonly lifetimeMs: number | null;
  /** The condition that is asked for; `undefined` for a step that takes what is there. */
  readonly condition: string | null | undefined;
}

const requestTypes = { assign: 'AdminAssign', update: 'AdminUpdate', remove: 'AdminRemove' } as const;

/** What a request is called, as the service names it. */
export function callOf(type: Wish['type']): (typeof requestTypes)[Wish['type']] {
  return requestTypes[type];
}

/** What the last look has shown. */
interface There {
  /** The end of the lease that an own request names, in milliseconds since the epoch; `null` where none was seen. */
  readonly ownEnd: number | null;
  /** Of the access, `null` where it has none. */
  readonly condition: string | null;
}

/** @param date now by Azure's clock, in milliseconds since the epoch */
export function bodyOf(wish: Wish, wording: Wording, { ownEnd, condition }: There, date: number): RequestBody {
  const { grant, justification, ticket } = wording;
  return {
    principalId: grant.principal.id,
    roleDefinitionId: grant.role.id,
    requestType: callOf(wish.type),
    justification: justification(ownEnd),
    ...ticketIn(ticket),
    ...schedulingOf(wish, wording, condition, date),
  };
}

function ticketIn({ ticketNumber, ticketSystem }: PimSettings): Pick<RequestBody, 'ticketInfo'> {
  if (ticketNumber === null && ticketSystem === null) return {};
  return {
    ticketInfo: {
      ...(ticketNumber === null ? {} : { ticketNumber }),
      ...(ticketSystem === null ? {} : { ticketSystem }),
    },
  };
}

/** No access is shorter, in milliseconds. Source: docs/design/azure.md#the-first-five-minutes. */
const shortestMs = 5 * minuteMs;

/** Whole minutes: whoever has waited before it asks wants no more than is left. */
function durationUntil(end: number, date: number): number {
  return Math.max(shortestMs, Math.ceil((end - date) / minuteMs) * minuteMs);
}

type Scheduling = Pick<RequestBody, 'scheduleInfo' | 'condition' | 'conditionVersion'>;

function schedulingOf(wish: Wish, { lifetimeMs, condition }: Wording, there: string | null, date: number): Scheduling {
  switch (wish.type) {
    case 'assign':
      return {
        scheduleInfo: {
          startDateTime: new Date(date),
          expiration: {
            type: 'AfterDuration',
            duration: isoDuration(Math.min(lifetimeMs ?? Infinity, durationUntil(wish.end, date))),
          },
        },
        ...withCondition(condition ?? null),
      };
    case 'update':
      return {
        scheduleInfo: { expiration: { type: 'AfterDateTime', endDateTime: new Date(wish.end) } },
        // A request says everything anew (not known for sure): what was not to be changed is sent as it is.
        ...withCondition(there),
      };
    case 'remove':
      return {};
  }
}

function withCondition(condition: string | null): Pick<Scheduling, 'condition' | 'conditionVersion'> {
  return condition === null || condition === '' ? {} : { condition, conditionVersion };
}
