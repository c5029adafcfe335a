import { getContinuationToken, type AuthorizationManagementClient } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import { parseJson } from '#access/json';
import { watchGrowth } from '#access/answers';
import { endless } from '#access/messages/requests';
import { itemsOf, notAsDocumented } from './answer.ts';
import type { ArmOptions } from './arm.ts';
import type { AzureSession } from './session.ts';

/**
 * All items of a list of the SDK, page by page: each page is one request with tries of its own. The SDK treats an answer
 * that it cannot read as an empty page, so the text of each page is checked.
 *
 * @param scope of the request
 * @param isWhole whether an item has all members that will be read
 */
export function pagesOf<T>(
  session: AzureSession,
  action: string,
  scope: string,
  budget: Budget,
  isWhole: (item: T) => boolean,
  list: (client: AuthorizationManagementClient, options: ListOptions, settings: PageSettings) => AsyncIterator<T[]>,
): Promise<readonly T[]> {
  return follow(action, async (next) => {
    const settings = next === null ? {} : { continuationToken: next };
    const items = await session.read(action, scope, budget, async (client, options) => {
      let text = '';
      const onResponse: ListOptions['onResponse'] = (raw) => (text = raw.bodyAsText ?? '');
      const page = await list(client, { ...options, onResponse }, settings).next();
      itemsOf(parseJson(text), () => true);
      const found = page.done === true ? [] : page.value;
      if (!found.every(isWhole)) throw notAsDocumented();
      return found;
    });
    return { items, next: getContinuationToken(items) ?? null };
  });
}

interface ListOptions extends ArmOptions {
  readonly onResponse: (raw: { readonly bodyAsText?: string | null }) => void;
}

/** Settings of the SDK for the next page: the address that the previous page named. */
interface PageSettings {
  readonly continuationToken?: string;
}

/** All items of a list for which the SDK has no method. */
export function pagesAt<T>(
  session: AzureSession,
  action: string,
  path: string,
  budget: Budget,
  isWhole: (item: Partial<T>) => boolean,
): Promise<readonly T[]> {
  return follow(action, (next) =>
    session.get(action, next ?? path, budget, (answer) => {
      const { nextLink } = answer as { readonly nextLink?: unknown };
      return { items: itemsOf<T>(answer, isWhole), next: typeof nextLink === 'string' ? nextLink : null };
    }),
  );
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Reads page after page, each with tries of its own; `null` asks for the first. */
export async function follow<T>(
  action: string,
  read: (next: string | null) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  const growth = watchGrowth();
  let next: string | null = null;
  do {
    const page: Page<T> = await read(next);
    for (const item of page.items) items.push(item);
    next = page.next;
    if (next !== null && growth.isEndless(page.items.length, next)) throw endless('Azure', action);
  } while (next !== null);
  return items;
}
