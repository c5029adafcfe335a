import type { ReceivedRequest } from '../serving/dialect.ts';
import { actionsEndpoints } from './endpoints/actions.ts';
import { contentsEndpoints } from './endpoints/contents.ts';
import type { Call, Endpoint, Known } from './endpoints/endpoint.ts';
import { metadataEndpoints, userEndpoints } from './endpoints/people.ts';
import { pullsEndpoints } from './endpoints/pulls.ts';

/** Subject of a request. */
export interface Route {
  readonly endpoint: Endpoint;
  /** Of path and query, for the journal. */
  readonly parameters: Readonly<Record<string, string>>;
  /**
   * `owner/name`; addresses of further pages name it by its ID. Empty outside of repositories, null for an unknown one.
   */
  repository(known: Known): string | null;
  call(known: Known, repository: string): Call;
}

/** The first that fits counts. */
const inRepositories = [...actionsEndpoints, ...pullsEndpoints, ...contentsEndpoints, ...metadataEndpoints];

/** Null where GitHub has nothing, or the rehearsal does not have that part of GitHub. */
export function routeOf({ method, url: address, headers }: ReceivedRequest): Route | null {
  const url = new URL(address, 'http://localhost');
  const place = /^\/(?:repos\/(?<name>[^/]+\/[^/]+)|repositories\/(?<id>\d+))(?<rest>(?:\/.*)?)$/.exec(
    url.pathname,
  )?.groups;
  if (method !== 'GET') return null;
  const rest = place?.['rest'] ?? url.pathname;
  for (const endpoint of place === undefined ? userEndpoints : inRepositories) {
    const found = endpoint.path.exec(rest);
    if (found === null) continue;
    const named = namedBy(place);
    const parameters = decoded(found.groups ?? {});
    return {
      endpoint,
      parameters: { ...named, ...parameters, ...Object.fromEntries(url.searchParams) },
      repository: ({ runs, state }) => {
        if (place === undefined) return '';
        if (named.repositoryId === undefined) return named.repository ?? null;
        return named.repositoryId === state.id ? state.name : runs.repositoryWith(named.repositoryId);
      },
      call: (known, repository) => {
        const id = idOf(known, repository);
        const base = `${known.addresses.api}${place === undefined ? '' : `/repositories/${id}`}${rest}`;
        return { ...known, repository, parameters, query: url.searchParams, accept: headers['accept'] ?? '', base };
      },
    };
  }
  return null;
}

interface Named {
  readonly repository?: string;
  readonly repositoryId?: string;
}

function namedBy(place: Readonly<Record<string, string>> | undefined): Named {
  if (place === undefined) return {};
  return place['name'] === undefined
    ? { repositoryId: place['id'] ?? '' }
    : { repository: decodeURIComponent(place['name']) };
}

function decoded(groups: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
}

function idOf({ runs, state }: Known, repository: string): string {
  if (repository.toLowerCase() === state.name.toLowerCase()) return state.id;
  return runs.idOf(repository) ?? '';
}
