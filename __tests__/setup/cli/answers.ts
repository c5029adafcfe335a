/** What is asked of GitHub's REST API, and what it answers. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** JSON, or what -f makes of its fields. */
  readonly body: Readonly<Record<string, unknown>>;
}
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** The next page, where there is one: path and query. */
  readonly next?: string;
}

export const found = (body: unknown): Answer => ({ status: 200, body });
export const nothing: Answer = { status: 204, body: '' };
export const wrong = (status: number, message: string): Answer => ({ status, body: { message } });
export const missing = wrong(404, 'Not Found');

/** A page of what there is. */
export function paged<T>(
  { path, query }: Request,
  all: readonly T[],
  most: number,
  wrap: (some: readonly T[]) => unknown = (some) => some,
): Answer {
  const size = Math.min(Number(query.get('per_page') ?? '30'), most);
  const page = Number(query.get('page') ?? '1');
  const answer = found(wrap(all.slice((page - 1) * size, page * size)));
  if (page * size >= all.length) return answer;
  const rest = new URLSearchParams(query);
  rest.set('page', String(page + 1));
  return { ...answer, next: `${path}?${rest.toString()}` };
}

export const people: Readonly<Record<string, number>> = { octocat: 583231, 'alice-octo': 1, 'hubot-admin': 480938 };
export const teams: Readonly<Record<string, number>> = { security: 77 };
/** All that are in some team are in each of them. */
export const members = ['alice-octo', 'hubot-admin'];
export const nameOf = (of: Readonly<Record<string, number>>, id: number): string =>
  Object.entries(of).find(([, it]) => it === id)?.[0] ?? 'somebody';
