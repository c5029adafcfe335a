/** A token bucket of one second's worth of requests for each name. */
export function makeRate(perSecond: number | null, now: () => number): (name: string) => number | undefined {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (name) => {
    if (perSecond === null) return undefined;
    const bucket = buckets.get(name) ?? { tokens: perSecond, at: now() };
    buckets.set(name, bucket);
    bucket.tokens = Math.min(perSecond, bucket.tokens + ((now() - bucket.at) / 1000) * perSecond);
    bucket.at = now();
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
    bucket.tokens -= 1;
    return undefined;
  };
}
