/** A GUID with its hyphens, in small letters. */
export const SMALL_GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u;

/** The same in any letter case. */
export const GUID = new RegExp(SMALL_GUID.source, 'iu');

export function isGuid(text: string): boolean {
  return GUID.test(text);
}
