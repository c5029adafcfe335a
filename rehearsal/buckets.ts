/** A token bucket's size, and how fast it fills. */
export interface Bucket {
  readonly capacity: number;
  readonly perSecond: number;
}

/** Result of a request for a token. */
export interface Taken {
  readonly granted: boolean;
  /** Whole tokens that are left. */
  readonly remaining: number;
  /** Time until the next one, in whole seconds; at least one. */
  readonly waitSeconds: number;
}

/** Token buckets by name, full at first, and another client that uses all of them. */
export interface Buckets {
  take(name: string, size: Bucket): Taken;
  /** From now on others use this share of the refill: 0 is nothing, 0.5 half of it; less than 1. They never wait. */
  compete(share: number): void;
}

interface Level {
  tokens: number;
  at: number;
  readonly size: Bucket;
}

export function makeBuckets(now: () => number): Buckets {
  const levels = new Map<string, Level>();
  let ours = 1;
  const fill = (level: Level): void => {
    const { capacity, perSecond } = level.size;
    level.tokens = Math.min(capacity, level.tokens + (Math.max(0, now() - level.at) / 1000) * perSecond * ours);
    level.at = Math.max(level.at, now());
  };
  return {
    take: (name, size) => {
      const level = levels.get(name) ?? { tokens: size.capacity, at: now(), size };
      levels.set(name, level);
      fill(level);
      // Ten times a tenth is not quite one.
      const granted = level.tokens > 1 - 1e-9;
      if (granted) level.tokens = Math.max(0, level.tokens - 1);
      return {
        granted,
        remaining: Math.floor(level.tokens),
        waitSeconds: Math.max(1, Math.ceil((1 - level.tokens) / (size.perSecond * ours) - 1e-9)),
      };
    },
    compete: (share) => {
      if (!(share >= 0 && share < 1))
        throw new Error(`Others can take from 0 to less than 1 of a quota, not ${share}.`);
      for (const level of levels.values()) fill(level);
      ours = 1 - share;
    },
  };
}
