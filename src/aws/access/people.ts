import { budgetWith, dispensable, type Budget } from '#access/clock';
import { CloudError } from '#access/errors';
import type { PrincipalState } from '#access/files/port';
import type { Principal } from '#access/grant';
import { inTurns } from '#access/turns';
import { directoryUnread } from '../messages/access.ts';
import type { Pager } from '../pages.ts';
import { describePrincipal, isMissingStore, listGroups, listUsers } from '../resolve/identity-store.ts';
import type { AwsSession } from '../session.ts';
import type { Row } from './requests.ts';
import { keyOfPrincipal } from '../resolve/principals.ts';

/** A principal as the directory knows it. */
interface Person {
  readonly principal: Principal;
  readonly state: PrincipalState;
}

export interface People {
  /** By type and ID. */
  readonly people: ReadonlyMap<string, Person>;
  readonly notices: readonly string[];
}

/** Most principals that are described one by one without reading a list. */
const few = 10;
const atOnce = 24;

/**
 * The names of principals. A list is read as long as it can need fewer requests than one for each principal. Only an
 * answer about that very ID proves that a principal does not exist.
 */
export async function readPeople(
  session: AwsSession,
  store: string | null,
  rows: readonly Row[],
  budget: Budget,
): Promise<People> {
  const wanted = new Map(rows.map(({ type, principal: id }) => [keyOfPrincipal({ type, id }), { type, id }]));
  const people = new Map<string, Person>();
  for (const [key, { type, id }] of wanted) people.set(key, { principal: { type, id, name: null }, state: 'unknown' });
  if (store === null || wanted.size === 0) return { people, notices: [] };
  const found = (type: 'USER' | 'GROUP', id: string, name: string | null): void => {
    const key = keyOfPrincipal({ type, id });
    const asked = wanted.get(key);
    if (asked !== undefined) people.set(key, { principal: { ...asked, name }, state: 'found' });
  };
  const countOf = (type: string): number =>
    [...wanted].filter(([key, it]) => it.type === type && people.get(key)?.state === 'unknown').length;
  const quick = dispensable(budgetWith(budget, { mayBeDenied: true }));
  await Promise.all([
    readWhileShorter(
      listUsers(session, store),
      quick,
      () => countOf('USER'),
      (user) => {
        found('USER', user.UserId ?? '', user.UserName ?? null);
      },
    ),
    readWhileShorter(
      listGroups(session, store),
      quick,
      () => countOf('GROUP'),
      (group) => {
        found('GROUP', group.GroupId ?? '', group.DisplayName ?? null);
      },
    ),
  ]);
  const left = [...wanted].filter(([key]) => people.get(key)?.state === 'unknown');
  let trouble: CloudError | null = null;
  await inTurns(left, atOnce, async ([key, { type, id }]) => {
    if (trouble !== null) return;
    try {
      found(type, id, (await describePrincipal(session, { type, id }, store, quick)).unique);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (isUnknownPrincipal(error, type)) people.set(key, { principal: { type, id, name: null }, state: 'orphan' });
      else trouble = error;
    }
  });
  const why = trouble as CloudError | null;
  return { people, notices: why === null ? [] : [directoryUnread(why.message)] };
}

/** True for the answer that this very principal does not exist. */
function isUnknownPrincipal(error: CloudError, type: 'USER' | 'GROUP'): boolean {
  const named = (error.cause as { readonly ResourceType?: string } | undefined)?.ResourceType;
  return error.failure.kind === 'not-found' && named === type && !isMissingStore(error);
}

/** Reads a list until it has all that is wanted, or could cost more than a request for each that is left. */
async function readWhileShorter<T>(
  list: Pager<T>,
  budget: Budget,
  left: () => number,
  note: (item: T) => void,
): Promise<void> {
  const most = left();
  if (most <= few) return;
  let seen = 0;
  try {
    while (!list.isDone() && list.pagesRead() < most && left() > 0) {
      await list.next(budget);
      for (const item of list.items.slice(seen)) note(item);
      seen = list.items.length;
    }
  } catch (error) {
    // Each principal is asked for by itself then.
    if (!(error instanceof CloudError)) throw error;
  }
}
