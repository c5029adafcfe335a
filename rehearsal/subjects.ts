import type { Repository } from './estate.ts';

/**
 * The subjects of a repository's jobs (docs/design/github.md#subjects), each in both forms: with names, and with IDs
 * for repositories created after 15 July 2026.
 *
 * @param trusts whole subjects, or what follows the repository in one; default the repository's environment
 */
export function subjectsOf(repository: Repository, trusts?: readonly string[]): readonly string[] {
  const { name, id, ownerId } = repository;
  const [owner = '', own = ''] = name.split('/');
  return (trusts ?? [usualTrust(repository)]).flatMap((it) =>
    it.startsWith('repo:') ? [it] : [`repo:${name}:${it}`, `repo:${owner}@${ownerId}/${own}@${id}:${it}`],
  );
}

/** The jobs that are trusted by default: those of the repository's environment, else of its main branch. */
export function usualTrust({ environment }: Pick<Repository, 'environment'>): string {
  return environment === undefined ? 'ref:refs/heads/main' : `environment:${environment}`;
}
