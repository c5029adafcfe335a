import { gzipSync, gunzipSync } from 'node:zlib';
import type { Assignment } from '#access/grant';
import { isRecord, isText, parseJson } from '#access/json';

/** Far more than the grants of any step come to, in bytes. */
const largest = 64 * 1024 * 1024;

/** Grants as a text of ASCII characters: its pieces are cut by characters, and bounded in bytes. */
export function packGrants(grants: readonly Assignment[]): string {
  return gzipSync(JSON.stringify(grants)).toString('base64');
}

/** The other way round; `null` where it is no such text. */
export function unpackGrants(text: string): readonly Assignment[] | null {
  const grants = parseJson(unzipped(text));
  return Array.isArray(grants) && grants.every(isAssignment) ? grants : null;
}

function unzipped(text: string): string {
  try {
    return gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: largest }).toString();
  } catch {
    return '';
  }
}

function isAssignment(value: unknown): value is Assignment {
  if (!isRecord(value) || value['kind'] !== 'assignment') return false;
  const { principal, role, target } = value;
  return [principal, role, target].every(isIdentity) && isTextOrNull((principal as Record<string, unknown>)['type']);
}

function isIdentity(value: unknown): boolean {
  return isRecord(value) && isText(value['id']) && isTextOrNull(value['name']);
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}
