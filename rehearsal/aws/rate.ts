import type { Buckets } from '../buckets.ts';

/**
 * A token bucket of one second's worth of requests for each name; null is no limit. Returns the seconds to wait,
 * undefined for none.
 */
export function makeRate(perSecond: number | null, buckets: Buckets): (name: string) => number | undefined {
  return (name) => {
    if (perSecond === null) return undefined;
    const { granted, waitSeconds } = buckets.take(name, { capacity: perSecond, perSecond });
    return granted ? undefined : waitSeconds;
  };
}
