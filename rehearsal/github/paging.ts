/** A requested part of a list. */
export interface Page {
  readonly number: number;
  readonly size: number;
}

/** 30 to a page unless asked otherwise, 100 at most [oas]; of few lists, more. */
export function pageOf(query: URLSearchParams, usual = 30, most = 100): Page {
  const number = (name: string, otherwise: number): number => Number(query.get(name) ?? '') || otherwise;
  return { number: Math.max(1, number('page', 1)), size: Math.min(most, Math.max(1, number('per_page', usual))) };
}

export interface Paged<T> {
  readonly items: readonly T[];
  /** Of the answer: `Link`, where there is more than this page. */
  readonly headers: Readonly<Record<string, string>>;
}

/** @param base the address without a query; @param query the other parameters, which the links repeat */
export function paged<T>(
  all: readonly T[],
  { number, size }: Page,
  base: string,
  query = new URLSearchParams(),
): Paged<T> {
  const last = Math.max(1, Math.ceil(all.length / size));
  const to = (page: number): string => address(base, query, { per_page: String(size), page: String(page) });
  return {
    items: all.slice((number - 1) * size, number * size),
    headers: links([
      ...(number > 1
        ? ([
            ['prev', to(number - 1)],
            ['first', to(1)],
          ] as const)
        : []),
      ...(number < last
        ? ([
            ['next', to(number + 1)],
            ['last', to(last)],
          ] as const)
        : []),
    ]),
  };
}

/** By cursors, which mark the beginning of a page; nothing else is known of them (docs/design/github.md#activity). */
export function pagedByCursor<T extends { readonly id: number }>(
  all: readonly T[],
  base: string,
  query: URLSearchParams,
): Paged<T> {
  const { size } = pageOf(query);
  const placeOf = (name: string): number => all.findIndex(({ id }) => cursor(id) === query.get(name));
  const before = query.has('before') ? placeOf('before') : -1;
  const from = before >= 0 ? Math.max(0, before - size) : placeOf('after') + 1;
  const items = all.slice(from, before >= 0 ? before : from + size);
  const [first, last] = [items[0], items.at(-1)];
  const to = (name: string, id: number): string => address(base, query, { per_page: String(size), [name]: cursor(id) });
  return {
    items,
    headers: links([
      ...(first !== undefined && from > 0 ? ([['prev', to('before', first.id)]] as const) : []),
      ...(last !== undefined && all.at(-1) !== last ? ([['next', to('after', last.id)]] as const) : []),
    ]),
  };
}

function cursor(id: number): string {
  return Buffer.from(`cursor:${id}`).toString('base64url');
}

function address(base: string, query: URLSearchParams, more: Readonly<Record<string, string>>): string {
  const all = new URLSearchParams(query);
  for (const name of ['page', 'per_page', 'before', 'after']) all.delete(name);
  for (const [name, value] of Object.entries(more)) all.set(name, value);
  return `${base}?${all.toString()}`;
}

function links(all: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return all.length === 0 ? {} : { link: all.map(([rel, url]) => `<${url}>; rel="${rel}"`).join(', ') };
}
