import type { Account } from '@aws-sdk/client-organizations';
import type { Budget } from '#access/clock';
import { instead } from '#access/errors';
import { noRoot } from '../messages/organization.ts';
import {
  describeAccount,
  findManagementAccount,
  listAccounts,
  listAccountsIn,
  listRoots,
  listUnitsIn,
  type Unit,
} from './organization-requests.ts';
import { readAll, type Pager } from '../pages.ts';
import type { Instance } from '../instance.ts';
import type { AwsSession } from '../session.ts';

/** An account as AWS Organizations describes it. */
export interface Member {
  readonly id: string;
  readonly name: string | null;
  /** `ACTIVE`, or the state because of which nothing can be done there. */
  readonly state: string;
  /** The IDs from the root down to the account's organizational unit, one list for each place; `null` where unknown. */
  readonly places: readonly (readonly string[])[] | null;
}

/** The organization as it is read in this run: no request is sent twice, and lists are read only as far as needed. */
export interface Organization {
  /** All accounts, twenty with each request. */
  readonly sweep: Pager<Member>;
  accountsIn(parentId: string): Pager<Member>;
  unitsIn(parentId: string): Pager<Unit>;
  rootId(budget: Budget): Promise<string>;
  managementAccount(budget: Budget): Promise<string | null>;
  /** `null` for an account that is not of this organization. */
  describe(accountId: string, budget: Budget): Promise<Member | null>;
  /** An account that was read already, `null` for any other. */
  known(accountId: string): Member | null;
  /** Runs work on lists one after another: two that read on in the same list would read a page twice. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function openOrganization(session: AwsSession): Organization {
  const known = new Map<string, Member>();
  let root: string | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const note = (account: Account): Member => {
    const member = toMember(account);
    // Lists of one parent may leave out the places that the list of all accounts has.
    const places = member.places ?? known.get(member.id)?.places ?? null;
    known.set(member.id, { ...member, places });
    return member;
  };
  const sweep = listAccounts(session, note);

  return {
    sweep,
    accountsIn: remembered((parentId) => listAccountsIn(session, parentId, note)),
    unitsIn: remembered((parentId) => listUnitsIn(session, parentId)),
    async rootId(budget) {
      root ??= rootAmong(sweep.items) ?? (await findRoot(session, budget).catch(instead('denied', null)));
      // Every account's place begins with the root.
      while (root === null && !sweep.isDone()) {
        await sweep.next(budget);
        root = rootAmong(sweep.items);
      }
      return root ?? findRoot(session, budget);
    },
    managementAccount: (budget) => findManagementAccount(session, budget),
    describe: async (accountId, budget) => {
      const account = await describeAccount(session, accountId, budget).catch(instead('not-found', null));
      return account === null ? null : note(account);
    },
    known: (accountId) => known.get(accountId) ?? null,
    alone: (work) => {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

function remembered<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const it = known.get(key) ?? make(key);
    known.set(key, it);
    return it;
  };
}

function toMember({ Id = '', Name, State, Status, Paths }: Account): Member {
  // Status is announced to retire in September 2026; State takes its place. Source: organizations service model.
  return { id: Id, name: Name ?? null, state: State ?? Status ?? 'ACTIVE', places: placesIn(Paths) };
}

/**
 * `o-…/r-…/ou-…/ou-…/123456789012/` as the ids from the root down. Whether the account's own id ends it is not
 * documented: by their prefixes nothing depends on it.
 */
function placesIn(paths: readonly string[] | undefined): Member['places'] {
  const places = (paths ?? []).map((path) => path.split('/').filter((part) => /^(?:r|ou)-/u.test(part)));
  return places.length > 0 && places.every(([first]) => first?.startsWith('r-') === true) ? places : null;
}

function rootAmong(members: readonly Member[]): string | null {
  return members.find(({ places }) => places !== null)?.places?.[0]?.[0] ?? null;
}

async function findRoot(session: AwsSession, budget: Budget): Promise<string> {
  const [root] = await readAll(listRoots(session), budget);
  if (root !== undefined) return root;
  throw noRoot();
}

/** Most accounts that are described one by one: a list of all needs a request for every twenty of them. */
const fewAccounts = 10;

/**
 * Reads these accounts: one by one where they are few, else by the list of all. Accounts of other organizations are left
 * out.
 */
export async function lookUp(
  organization: Organization,
  ids: readonly string[],
  budget: Budget,
): Promise<ReadonlyMap<string, Member>> {
  const { sweep } = organization;
  const unknown = ids.filter((id) => organization.known(id) === null);
  const isAnswered =
    sweep.isDone() || (unknown.length <= fewAccounts && (await describeEach(organization, unknown, budget)));
  if (!isAnswered) await organization.alone(() => readAll(sweep, budget));
  const members = ids.map((id) => organization.known(id)).filter((member) => member !== null);
  return new Map(members.map((member) => [member.id, member]));
}

/** False where that is denied: the list of all accounts may be allowed. */
async function describeEach(organization: Organization, ids: readonly string[], budget: Budget): Promise<boolean> {
  const asking = Promise.all(ids.map((id) => organization.describe(id, budget)));
  return asking.then(() => true, instead('denied', false));
}

/** The management account, from the pinned instance or from Organizations; `null` where neither names it. */
export async function managementOf(
  { ownerAccountId }: Instance,
  organization: Organization,
  budget: Budget,
): Promise<string | null> {
  return ownerAccountId ?? organization.managementAccount(budget);
}
