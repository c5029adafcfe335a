/** The key under which main tells post what it did. Apart from the rest, so that an idle post loads nothing. */
export const stateKey = 'cloud-access';

/** The version of what main tells post: its shape is `LeaseState`, in `journal.ts`. */
export const stateVersion = 2;

/** What main's first act leaves behind, and nothing more where it took no lease. */
export const nothingTaken = JSON.stringify({ version: stateVersion });

/** A piece of the list of grants. */
export function chunkKey(index: number): string {
  return `${stateKey}-grants-${index}`;
}

/** How far a group of grants has come. */
export function progressKey(group: number): string {
  return `${stateKey}-progress-${group}`;
}
