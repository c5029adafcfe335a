export type Tier = 'quick' | 'full' | 'nightly' | 'peers';

interface Project {
  readonly displayName: string;
  readonly testRegex: readonly string[];
  readonly testPathIgnorePatterns?: readonly string[];
}

const { default: config } = (await import(new URL('../../jest.config.mjs', import.meta.url).href)) as {
  readonly default: { readonly projects: readonly Project[] };
};

/** Which of the parts of jest.config.mjs runs a file; `null` where none does, as of files that register tests for others. */
export function tierOf(file: string): Tier | null {
  const matches = (pattern: string): boolean => new RegExp(pattern, 'u').test(`/${file}`);
  const project = config.projects.find(
    ({ testRegex, testPathIgnorePatterns = [] }) => testRegex.some(matches) && !testPathIgnorePatterns.some(matches),
  );
  return (project?.displayName as Tier | undefined) ?? null;
}
