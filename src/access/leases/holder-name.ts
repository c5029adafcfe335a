import { toBase32Hex } from './base32hex.ts';

/** How many random bytes a holder's name takes: 100 bits, and a rest that is cut off. */
export const holderNameBytes = 13;

/** The name of one step run as a holder: 20 characters. Two steps, re-runs and matrix legs are different holders. */
export function holderName(randomBytes: (count: number) => Uint8Array): string {
  return toBase32Hex(randomBytes(holderNameBytes)).slice(0, 20);
}

/** Names of holders as the runner's state keeps them: a random one, or numbers of a job and a random rest. */
export const holderGrammar = '[0-9a-v]{20}|(?:[0-9a-z]{1,11}\\.){4}[0-9a-v]{8}';
