/* Faults of access files and of inputs beside them. */

export const notBesideFile = 'This input cannot be used beside access-file: the rows of the files name the grants.';
export const nothingOwned =
  'No file has owns, so none is the whole truth about anything. operation: reconcile requires it.';
export const unboundedRemovals =
  'With prune: revoke, this step removes access that no row has. Bound that: name the reviewed plan in expected-plan, or the most removals here.';
export const inventoryRemovesNothing =
  '"revoke" is not possible with operation: inventory, which removes nothing. With "fail", drift makes the step red.';

/* Paths. @param pattern the line as it was given */

export const outsideWorkspace = (pattern: string): string =>
  `"${pattern}" leads to a place outside the workspace, links included.`;
export const noSuchFile = (pattern: string): string => `"${pattern}" is not a file in the workspace.`;
export const noMatch = (pattern: string): string => `"${pattern}" matches no file in the workspace.`;
export const unreadable = (path: string): string => `"${path}" cannot be read.`;
/** @param problem such as `is a pipe` */
export const notRegular = (path: string, problem: string): string => `"${path}" ${problem}.`;
export const hiddenInName = 'The name of a file that a line matches has characters that people do not see as they are.';
export const renameFile = 'Rename it.';
export const tooLargeTogether =
  'The files are larger than 8 MiB together. Write lists in a row instead of a row for each grant, or use several steps.';
export const tooManyFiles = (count: number, most: number): string =>
  `The lines match ${count} files. At most ${most} are allowed.`;
