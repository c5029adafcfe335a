import { createHash } from 'node:crypto';

/** The namespace of ARM's and Bicep's `guid()`. Source: docs/design/azure.md#deterministic-names. */
const namespace = Buffer.from('11fb06fb712d4ddd98c7e71bbd588830', 'hex');

/**
 * ARM's `guid(a, b, …)`: a UUID of version 5 over the arguments joined with `-`. Source:
 * docs/design/azure.md#deterministic-names.
 */
export function armGuid(...parts: readonly string[]): string {
  const hash = createHash('sha1').update(namespace).update(parts.join('-'), 'utf8').digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}

/**
 * The name of a permanent role assignment: the same grant gets the same name, so that a PUT whose answer was lost is
 * repeated and not doubled. Changing this recipe would orphan earlier grants.
 */
export function assignmentName(scope: string, principalId: string, roleGuid: string): string {
  return armGuid(scope.toLowerCase(), principalId.toLowerCase(), roleGuid.toLowerCase());
}

/** A random GUID (version 4): a PUT under it makes the assignment only if there is none of its tuple. */
export function freshName(randomBytes: (count: number) => Uint8Array): string {
  const bytes = Buffer.from(randomBytes(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
