import type { Bucket, Buckets } from '../../buckets.ts';
import type { AzureOptions } from '../options.ts';
import { ArmRefusal } from './refusal.ts';

type Kind = 'reads' | 'writes' | 'deletes';

/** Rest of the token buckets: `remaining` for a header, and whether a request is one too many. */
export interface Throttle {
  /** Takes a token; the headers of the answer. */
  take(method: string, subscription: string | undefined, caller: string): Readonly<Record<string, string>>;
}

/** The buckets of a subscription and principal [docs:request-limits-and-throttling]; enforced only with an option. */
const DOCUMENTED: Readonly<Record<Kind, Bucket>> = {
  reads: { capacity: 250, perSecond: 25 },
  writes: { capacity: 200, perSecond: 10 },
  deletes: { capacity: 200, perSecond: 10 },
};

/** All principals of a subscription together have this multiple of one's bucket [docs; cli-rec: 2999 and 199]. */
const ALL_PRINCIPALS = 15;

export function makeThrottle(options: AzureOptions, buckets: Buckets): Throttle {
  return {
    take: (method, subscription, caller) => {
      const kind = kindOf(method);
      const enforced = options.throttle?.[kind];
      const size = enforced ?? DOCUMENTED[kind];
      const headers: Record<string, string> = {};
      const takeFrom = (name: string, bucket: string, of: Bucket): void => {
        const { granted, remaining, waitSeconds } = buckets.take(`${bucket} ${kind}`, of);
        headers[name] = String(remaining);
        if (enforced !== undefined && !granted)
          throw tooManyRequests(kind.slice(0, -1), subscription ?? 'tenant', caller, headers, waitSeconds);
      };
      if (subscription === undefined) {
        takeFrom(`x-ms-ratelimit-remaining-tenant-${kind}`, `tenant ${caller}`, size);
        return headers;
      }
      takeFrom(`x-ms-ratelimit-remaining-subscription-${kind}`, `${subscription} ${caller}`, size);
      takeFrom(`x-ms-ratelimit-remaining-subscription-global-${kind}`, subscription, {
        capacity: size.capacity * ALL_PRINCIPALS,
        perSecond: size.perSecond * ALL_PRINCIPALS,
      });
      return headers;
    },
  };
}

function kindOf(method: string): Kind {
  if (method === 'GET') return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}

/**
 * Code and text of the live service, 2026; without a Retry-After header the SDK does not retry
 * (docs/design/azure.md#sdk-behavior).
 */
export function tooManyRequests(
  kind: string,
  holder: string,
  caller: string,
  headers: Readonly<Record<string, string>>,
  retryAfterSeconds?: number,
): ArmRefusal {
  const when = retryAfterSeconds === undefined ? '' : ` Please try again after '${retryAfterSeconds}' seconds.`;
  return new ArmRefusal(
    429,
    'SubscriptionRequestsThrottled',
    `Number of '${kind}' requests for subscription '${holder}' actor '${caller}' exceeded.${when}`,
    { ...headers, ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }) },
  );
}
