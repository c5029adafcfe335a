import { readEvent, type RunEvent } from './event.ts';
import type { Origin } from '#access/leases/liveness';
import type { Asker } from './asker.ts';
import type { RunByRunner } from './verified-run.ts';

/** Which run of which workflow this step belongs to, for audit records. */
export interface RunContext {
  /** The user who started the run, and the user who ran it again last: often the same. */
  readonly actor: string;
  readonly triggeringActor: string;
  /** The number of the account `actor`. */
  readonly actorId: string;
  readonly event: RunEvent;
  /** As `gh` takes it: with its host in front of it, where that is not github.com. */
  readonly repository: string;
  /** Address of the run's page. */
  readonly run: string;
  readonly runNumber: string;
  readonly attempt: string;
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
    triggeringActor: get('GITHUB_TRIGGERING_ACTOR'),
    actorId: get('GITHUB_ACTOR_ID'),
    event: readEvent(variables, file),
    repository: [...hostOf(server), get('GITHUB_REPOSITORY')].join('/'),
    run: `${server}/${get('GITHUB_REPOSITORY')}/actions/runs/${get('GITHUB_RUN_ID')}/attempts/${get('GITHUB_RUN_ATTEMPT')}`,
    runNumber: get('GITHUB_RUN_NUMBER'),
    attempt: get('GITHUB_RUN_ATTEMPT'),
    commit: get('GITHUB_SHA'),
    runName: [get('GITHUB_REPOSITORY_ID'), get('GITHUB_RUN_ID'), get('GITHUB_RUN_ATTEMPT')].join('-'),
  };
}

function hostOf(server: string): readonly string[] {
  const host = URL.parse(server)?.host ?? 'github.com';
  return host === 'github.com' ? [] : [host];
}

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

const defaultApiUrl = 'https://api.github.com';

/** Address of GitHub's REST API. Source: GitHub Docs, default environment variables. */
export function readApiUrl(variables: ReadonlyMap<string, string>): string {
  return variables.get('GITHUB_API_URL') ?? defaultApiUrl;
}

/** This run as the runner names it, to be compared with its ID token. */
export function readRunner(variables: ReadonlyMap<string, string>, { name, pushed }: RunEvent): RunByRunner {
  const get = (name: string): string => variables.get(name) ?? '';
  return {
    repository: get('GITHUB_REPOSITORY'),
    runId: get('GITHUB_RUN_ID'),
    attempt: get('GITHUB_RUN_ATTEMPT'),
    sha: get('GITHUB_SHA'),
    ref: get('GITHUB_REF'),
    event: name,
    actorId: get('GITHUB_ACTOR_ID'),
    pushed,
  };
}

/** This run, for questions to GitHub about jobs. @param token a secret, as the runner hands it over; empty for none */
export function readAsker(variables: ReadonlyMap<string, string>, token: string, apiUrl: string): Asker {
  const get = (name: string): string => variables.get(name) ?? '';
  return { token: token.trim(), apiUrl, repository: get('GITHUB_REPOSITORY'), runId: get('GITHUB_RUN_ID') };
}
