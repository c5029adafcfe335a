import { isoDuration } from '#access/durations';
import { minuteMs } from '#access/clock';
import type { Assignment } from '#access/grant';
import { conditionVersion } from '#azure/inputs';
import type { PimSettings } from '#azure/settings';
import type { RequestBody } from './service.ts';
import type { Wish } from '../steps/asks.ts';

/** Content of every request of one step about one grant. */
export interface Wording {
  readonly grant: Assignment;
  /** @param ownEnd end of the lease in a listed request of this holder, in milliseconds since the epoch; `null` where none is listed */
  readonly justification: (ownEnd: number | null) => string;
  readonly ticket: PimSettings;
  /** Maximum duration of a requested access, in milliseconds. */
  readonly lifetimeMs: number | null;
  /** Requested condition; `undefined` for a step that accepts any. */
  readonly condition: string | null | undefined;
}

const requestTypes = { assign: 'AdminAssign', update: 'AdminUpdate', remove: 'AdminRemove' } as const;

/** Request type, in the service's spelling. */
export function callOf(type: Wish['type']): (typeof requestTypes)[Wish['type']] {
  return requestTypes[type];
}

/** Result of the last look. */
interface There {
  /** End of the lease in a listed request of this holder, in milliseconds since the epoch; `null` where none is listed. */
  readonly ownEnd: number | null;
  /** Condition of the access, `null` where it has none. */
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

/** Minimum duration of an access, in milliseconds. Source: docs/design/azure.md#the-first-five-minutes. */
const shortestMs = 5 * minuteMs;

/** Rest of the lease in whole minutes: a step that has waited requests no more than is left. */
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
        // A request replaces all properties (not known for sure): the unchanged ones are sent as they are.
        ...withCondition(there),
      };
    case 'remove':
      return {};
  }
}

function withCondition(condition: string | null): Pick<Scheduling, 'condition' | 'conditionVersion'> {
  return condition === null || condition === '' ? {} : { condition, conditionVersion };
}
