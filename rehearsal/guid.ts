/** A GUID with its hyphens, in small letters. */
export const SMALL_GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u;

/** The same in any letter case; without a flag, which a JSON Schema could not have. */
export const GUID = new RegExp(SMALL_GUID.source.replaceAll('a-f', 'a-fA-F'), 'u');

export function isGuid(text: string): boolean {
  return GUID.test(text);
}
