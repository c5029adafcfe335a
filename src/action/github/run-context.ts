/** Which run of which workflow this step belongs to, for audit records. */
export interface RunContext {
  readonly actor: string;
  readonly event: string;
  /** Address of the run's page. */
  readonly run: string;
  readonly commit: string;
  /** Repository id, run id and attempt: unique to this run, and fit for a session name. */
  readonly runName: string;
  /** Whether the run is for a pull request from a fork, which gets neither ID token nor write permissions. */
  readonly fork: boolean;
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
    event: get('GITHUB_EVENT_NAME'),
    run: `${server}/${get('GITHUB_REPOSITORY')}/actions/runs/${get('GITHUB_RUN_ID')}/attempts/${get('GITHUB_RUN_ATTEMPT')}`,
    commit: get('GITHUB_SHA'),
    runName: [get('GITHUB_REPOSITORY_ID'), get('GITHUB_RUN_ID'), get('GITHUB_RUN_ATTEMPT')].join('-'),
    // This event gives the pull request of a fork the repository's own rights. Source: GitHub Docs, `pull_request_target`.
    fork: get('GITHUB_EVENT_NAME') !== 'pull_request_target' && isFork(file(get('GITHUB_EVENT_PATH'))),
  };
}

interface PullRequestEvent {
  readonly pull_request?: { readonly head?: Side | null; readonly base?: Side | null } | null;
}

interface Side {
  readonly repo?: { readonly id?: number } | null;
}

/** The head is in another repository than the base: that either may itself be a fork says nothing. */
function isFork(event: string | null): boolean {
  if (event === null) return false;
  try {
    const { head, base } = (JSON.parse(event) as PullRequestEvent | null)?.pull_request ?? {};
    const [from, to] = [head?.repo?.id, base?.repo?.id];
    return from !== undefined && from !== to;
  } catch {
    return false;
  }
}
