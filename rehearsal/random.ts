import { createHash } from 'node:crypto';

/**
 * A number from 0 up to 1 that follows from a seed and its purpose: the same at any time, and in any order of calls.
 */
export function chance(seed: number, ...about: readonly (string | number)[]): number {
  return (
    createHash('sha1')
      .update([seed, ...about].join('\0'))
      .digest()
      .readUIntBE(0, 6) /
    2 ** 48
  );
}

/** Hexadecimal digits that follow from a seed and their purpose; at most 40. */
export function hex(seed: number, count: number, ...about: readonly (string | number)[]): string {
  return createHash('sha1')
    .update([seed, 'hex', ...about].join('\0'))
    .digest('hex')
    .slice(0, count);
}
