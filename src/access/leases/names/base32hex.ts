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
