/** The key of the state that main saves for post. In a file of its own, so that an idle post loads nothing. */
export const stateKey = 'cloud-access';

/** The version of that state: its shape is `LeaseState`, in `journal.ts`. */
export const stateVersion = 2;

/** The state that main saves first, and the only one where it takes no lease. */
export const nothingTaken = JSON.stringify({ version: stateVersion });

/** A piece of the list of grants. */
export function chunkKey(index: number): string {
  return `${stateKey}-grants-${index}`;
}

/** The progress of a group of grants. */
export function progressKey(group: number): string {
  return `${stateKey}-progress-${group}`;
}
