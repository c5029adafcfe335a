import { isRecord, isText, parseJson } from '#access/json';

/** The event that started the run. A called workflow has the event of its caller. */
export interface RunEvent {
  /** Empty where this runner names none. */
  readonly name: string;
  /** True on GitHub's runner, or on one that takes its place. */
  readonly onRunner: boolean;
  /** Repository of the head of its pull request; `null` where the event has none, or does not name it. */
  readonly head: 'here' | 'elsewhere' | null;
  /** The branch and the commit that a push left; `null` for other events. */
  readonly pushed: { readonly ref: string; readonly before: string; readonly after: string } | null;
}

/** Source: GitHub Docs, default environment variables. */
export function readEvent(variables: ReadonlyMap<string, string>, file: (path: string) => string | null): RunEvent {
  const payload = parseJson(file(variables.get('GITHUB_EVENT_PATH') ?? '') ?? '');
  return {
    name: variables.get('GITHUB_EVENT_NAME') ?? '',
    onRunner: variables.get('GITHUB_ACTIONS') === 'true',
    head: headOf(isRecord(payload) ? payload : {}, variables.get('GITHUB_REPOSITORY_ID')),
    pushed: pushedIn(isRecord(payload) ? payload : {}),
  };
}

/** Source: GitHub Docs, webhook events, push. */
function pushedIn({ ref, before, after }: Readonly<Record<string, unknown>>): RunEvent['pushed'] {
  return isText(ref) && isText(before) && isText(after) ? { ref, before, after } : null;
}

interface Payload {
  readonly repository?: Repository | null;
  readonly pull_request?: { readonly head?: { readonly repo?: Repository | null } | null } | null;
}

interface Repository {
  readonly id?: unknown;
}

/** Names can be given to another repository; ids cannot. A fork that was deleted has none any more. */
function headOf(payload: Payload, ownId: string | undefined): RunEvent['head'] {
  const repository = payload.pull_request?.head?.repo;
  if (repository === undefined) return null;
  const own = [ownId, idOf(payload.repository)].filter((id) => id !== undefined);
  const from = idOf(repository);
  return from !== undefined && own.length > 0 && own.every((id) => id === from) ? 'here' : 'elsewhere';
}

function idOf(repository: Repository | null | undefined): string | undefined {
  const id = repository?.id;
  return Number.isSafeInteger(id) ? String(id) : undefined;
}
