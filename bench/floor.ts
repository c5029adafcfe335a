import type { Work } from '../rehearsal/aws/durations.ts';

/** The least time that work can take, in seconds, and what bounds it. */
export interface Floor {
  readonly seconds: number;
  readonly why: string;
}

/** [doc:limits] of AWS: requests a second, creations outstanding; one operation at a time in an account. */
export const REQUESTS_PER_SECOND = 20;
const CREATIONS_AT_ONCE = 15;
/** A start and one look at how it stands. */
const REQUESTS_A_GRANT = 2;

/** The largest of: the busiest account's summed durations, the creations' by how many run at once, the requests by their quota. */
export function awsFloor({ byAccount, byKind, count }: Work): Floor {
  const grants = count.create + count.delete + count.provision;
  return largest([
    { seconds: Math.max(0, ...byAccount.values()) / 1000, why: 'busiest account' },
    { seconds: byKind.create / 1000 / CREATIONS_AT_ONCE, why: `creations / ${CREATIONS_AT_ONCE}` },
    { seconds: (grants * REQUESTS_A_GRANT) / REQUESTS_PER_SECOND, why: `${REQUESTS_A_GRANT} requests a grant` },
  ]);
}

/** What a token bucket lets through beyond its size. */
export function bucketFloor(requests: number, { capacity, perSecond }: { capacity: number; perSecond: number }): Floor {
  return { seconds: Math.max(0, requests - capacity) / perSecond, why: `bucket of ${capacity}, ${perSecond}/s` };
}

function largest(floors: readonly Floor[]): Floor {
  return floors.reduce((one, other) => (other.seconds > one.seconds ? other : one));
}
