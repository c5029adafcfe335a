import { createHash } from 'node:crypto';

/** A number from 0 up to 1 that follows from a seed and what it is for: the same whenever, and in whatever order, it is asked. */
export function chance(seed: number, ...about: readonly (string | number)[]): number {
  return (
    createHash('sha1')
      .update([seed, ...about].join('\0'))
      .digest()
      .readUIntBE(0, 6) /
    2 ** 48
  );
}

/** Hexadecimal digits that follow from a seed and what they are for; at most 40. */
export function hex(seed: number, count: number, ...about: readonly (string | number)[]): string {
  return createHash('sha1')
    .update([seed, 'hex', ...about].join('\0'))
    .digest('hex')
    .slice(0, count);
}
