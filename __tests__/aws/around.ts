import type { Around } from '../../src/aws/shared-files.ts';

/** Surroundings of a step with these variables and files. */
export function around(
  variables: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Around {
  return {
    variables: new Map(Object.entries(variables)),
    file: (path) => files[path] ?? null,
    homeFolder: '/home/me',
  };
}
