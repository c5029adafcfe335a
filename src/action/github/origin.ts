import type { Origin } from '#access/leases/origin';

/** Which step of which job this is. Source: GitHub Docs, default environment variables. */
export function readOrigin(variables: ReadonlyMap<string, string>, checkRunId: string | null): Origin {
  const get = (name: string): string => variables.get(name) ?? '';
  return {
    repository: get('GITHUB_REPOSITORY'),
    repositoryId: get('GITHUB_REPOSITORY_ID'),
    runId: get('GITHUB_RUN_ID'),
    attempt: get('GITHUB_RUN_ATTEMPT'),
    checkRunId,
    job: get('GITHUB_JOB'),
    step: get('GITHUB_ACTION'),
    actor: get('GITHUB_ACTOR'),
  };
}
