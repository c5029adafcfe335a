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

/** First characters of the digest of these fields, by which a record proves which grant it belongs to. */
export function shortDigest(fields: readonly string[], length: number): string {
  return toBase32Hex(createHash('sha256').update(fields.join('\n')).digest()).slice(0, length);
}

/** Random bytes of a holder's name: 100 bits are used, and the rest is cut off. */
export const holderNameBytes = 13;

/** The name of one step run as a holder: 20 characters. Two steps, re-runs and matrix legs are different holders. */
export function holderName(randomBytes: (count: number) => Uint8Array): string {
  return toBase32Hex(randomBytes(holderNameBytes)).slice(0, 20);
}

/** Pattern of such a name. */
export const randomHolder = '[0-9a-v]{20}';
/** Pattern of a name of four numbers of a job, in base 36, and random characters. */
export const jobHolder = '(?:[0-9a-z]{1,11}\\.){4}[0-9a-v]{8}';
/** Pattern of the names of holders in the runner's state. */
export const anyHolder = `${randomHolder}|${jobHolder}`;
