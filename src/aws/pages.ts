interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

/** All items of a paginated list. A page may be empty and still have a successor. */
export async function pages<T>(read: (nextToken: string | undefined) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of eachItem(read)) all.push(item);
  return all;
}

/** The items of a paginated list one by one: who stops asking, stops the pages. */
export async function* eachItem<T>(
  read: (nextToken: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  let next: string | undefined;
  do {
    const page = await read(next);
    yield* page.items ?? [];
    next = page.next === '' ? undefined : page.next;
  } while (next !== undefined);
}
