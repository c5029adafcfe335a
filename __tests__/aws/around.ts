import type { Around } from '../../src/aws/shared-files.ts';

/** What a step of these variables and files sees around it. */
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
