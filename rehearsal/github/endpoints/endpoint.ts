import type { Addresses } from '../addresses.ts';
import { pageOf, paged } from '../paging.ts';
import type { People } from '../people.ts';
import type { Repository } from '../repository/model.ts';
import type { Runs } from '../runs.ts';
import type { Shaping } from '../shapes/commit-shapes.ts';
import type { Permission } from '../tokens.ts';

/** State of GitHub. */
export interface Known {
  /** The estate's. Of others it knows runs only. */
  readonly state: Repository;
  readonly people: People;
  readonly runs: Runs;
  readonly addresses: Addresses;
  readonly now: () => number;
}

/** A request that has an endpoint. */
export interface Call extends Known {
  /** `owner/name`; empty for a path without one. */
  readonly repository: string;
  /** Of the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly accept: string;
  /**
   * The address without its query, as links have it: with the ID of the repository
   * [docs:using-pagination-in-the-rest-api].
   */
  readonly base: string;
}

export interface Found {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as it is, in this form, instead of JSON. */
  readonly contentType?: string;
}

export interface Refused {
  readonly status: number;
  readonly message: string;
}

export interface Endpoint {
  /** Its name in the journal: the operation's ID in GitHub's description, or Octokit's name for it. */
  readonly operation: string;
  /** After the repository; or of the whole path. */
  readonly path: RegExp;
  /** Permissions of the token in addition to `metadata: read` [docs:permissions-required-for-github-apps]. */
  readonly permission: Permission | null;
  /** Null for missing things. */
  readonly answer: (call: Call) => Found | Refused | null;
}

export function endpoint(
  operation: string,
  path: RegExp,
  permission: Permission | null,
  answer: Endpoint['answer'],
): Endpoint {
  return { operation, path, permission, answer };
}

/** A page of a list. */
export function listOf<T>({ query, base }: Call, all: readonly T[], shape: (item: T) => unknown): Found {
  const { items, headers } = paged(all, pageOf(query), base, query);
  return { body: items.map((item) => shape(item)), headers };
}

export function shapingOf({ repository, people, addresses }: Call): Shaping {
  return { repository, people, addresses };
}

/** A commit by its hash or by a branch. */
export function resolved({ state }: Known, ref: string): string | undefined {
  const sha = state.branches.get(ref.replace(/^(?:refs\/)?heads\//u, ''));
  return sha ?? (state.commits.has(ref) ? ref : undefined);
}
