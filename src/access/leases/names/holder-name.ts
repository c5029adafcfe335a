import { toBase32Hex } from './base32hex.ts';

/** How many random bytes a holder's name takes: 100 bits, and a rest that is cut off. */
export const holderNameBytes = 13;

/** The name of one step run as a holder: 20 characters. Two steps, re-runs and matrix legs are different holders. */
export function holderName(randomBytes: (count: number) => Uint8Array): string {
  return toBase32Hex(randomBytes(holderNameBytes)).slice(0, 20);
}

/** Such a name, anywhere where one can stand. */
export const randomHolder = '[0-9a-v]{20}';
/** One of numbers of a job, in base 36, and a random rest. */
export const jobHolder = '(?:[0-9a-z]{1,11}\\.){4}[0-9a-v]{8}';
/** Names of holders as the runner's state keeps them. */
export const anyHolder = `${randomHolder}|${jobHolder}`;
