import type { AzureOptions, Bucket } from '../options.ts';
import { ArmRefusal } from './refusal.ts';

type Kind = 'reads' | 'writes' | 'deletes';

/** What is left of the token buckets: `remaining` for a header, and whether a request is one too many. */
export interface Throttle {
  /** Takes a token; the headers of the answer. */
  take(method: string, subscription: string | undefined, caller: string): Readonly<Record<string, string>>;
}

/** The buckets of a subscription and principal [docs:request-limits-and-throttling]; enforced only where an option says so. */
const DOCUMENTED: Readonly<Record<Kind, Bucket>> = {
  reads: { capacity: 250, perSecond: 25 },
  writes: { capacity: 200, perSecond: 10 },
  deletes: { capacity: 200, perSecond: 10 },
};

export function makeThrottle(options: AzureOptions, now: () => number): Throttle {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take: (method, subscription, caller) => {
      const kind = kindOf(method);
      const enforced = options.throttle?.[kind];
      const { capacity, perSecond } = enforced ?? DOCUMENTED[kind];
      const holder = subscription ?? 'tenant';
      const bucket = buckets.get(`${holder} ${kind}`) ?? { tokens: capacity, at: now() };
      buckets.set(`${holder} ${kind}`, bucket);
      bucket.tokens = Math.min(capacity, bucket.tokens + ((now() - bucket.at) / 1000) * perSecond);
      bucket.at = now();
      const header = `x-ms-ratelimit-remaining-${subscription === undefined ? 'tenant' : 'subscription'}-${kind}`;
      if (enforced !== undefined && bucket.tokens < 1) {
        const seconds = Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
        throw tooManyRequests(kind.slice(0, -1), holder, caller, { [header]: '0' }, seconds);
      }
      bucket.tokens = Math.max(0, bucket.tokens - 1);
      return { [header]: String(Math.floor(bucket.tokens)) };
    },
  };
}

function kindOf(method: string): Kind {
  if (method === 'GET') return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}

/** Code and text of the live service, 2026; without a Retry-After header the SDK does not retry (reference §1). */
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
