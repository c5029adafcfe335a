import { readEvent, type RunEvent } from './event.ts';

/** Which run of which workflow this step belongs to, for audit records. */
export interface RunContext {
  readonly actor: string;
  readonly event: RunEvent;
  /** Address of the run's page. */
  readonly run: string;
  readonly commit: string;
  /** Repository id, run id and attempt: unique to this run, and fit for a session name. */
  readonly runName: string;
}

/** Source: GitHub Docs, default environment variables. */
export function readRunContext(
  variables: ReadonlyMap<string, string>,
  file: (path: string) => string | null,
): RunContext {
  const get = (name: string): string => variables.get(name) ?? '';
  const server = variables.get('GITHUB_SERVER_URL') ?? 'https://github.com';
  return {
    actor: get('GITHUB_ACTOR'),
    event: readEvent(variables, file),
    run: `${server}/${get('GITHUB_REPOSITORY')}/actions/runs/${get('GITHUB_RUN_ID')}/attempts/${get('GITHUB_RUN_ATTEMPT')}`,
    commit: get('GITHUB_SHA'),
    runName: [get('GITHUB_REPOSITORY_ID'), get('GITHUB_RUN_ID'), get('GITHUB_RUN_ATTEMPT')].join('-'),
  };
}
