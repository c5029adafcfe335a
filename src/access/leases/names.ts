import { createHash } from 'node:crypto';

const digits = '0123456789abcdefghijklmnopqrstuv';

/** Bytes in base32hex, lower case, without padding: five bits a character. */
export function toBase32Hex(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += digits[(value >> (bits - 5)) & 31] ?? '';
  }
  return bits === 0 ? text : text + (digits[(value << (5 - bits)) & 31] ?? '');
}

/** So many characters of the digest of these fields: what a record proves by which grant it belongs to. */
export function shortDigest(fields: readonly string[], length: number): string {
  return toBase32Hex(createHash('sha256').update(fields.join('\n')).digest()).slice(0, length);
}

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
