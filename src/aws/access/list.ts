import { budgetWith, dispensable, type Budget } from '#access/clock';
import { distinctBy } from '#access/distinct';
import { CloudError, orCloudError } from '#access/errors';
import type { Existing, Listing, ListingNeed, Selection } from '#access/files/port';
import type { Assignment, Identity, Principal } from '#access/grant';
import { inTurns } from '#access/turns';
import { unnamed } from '../assignments.ts';
import { tagsUnread } from '../messages/access.ts';
import { lookUp } from '../resolve/organization.ts';
import { withNames } from '../resolve/permission-sets.ts';
import { noMemberships, readMemberships, readOfPrincipals } from './of-principals.ts';
import { readPeople, type People } from './people.ts';
import { keyOf, readRecords, type Recorded } from './records.ts';
import { isTagged, type Row } from './requests.ts';
import { hasPlace, scopeOf } from './select.ts';
import type { AccessTools, Attached } from './tools.ts';
import { walk } from './walk.ts';
import { keyOfPrincipal } from '../resolve/principals.ts';

const atOnce = 24;

/** An assignment, and the user to whom it gives access. */
interface Found {
  /** The grant of the assignment itself. */
  readonly own: Assignment;
  /** The user who has it through its group; `null` for the principal of the assignment. */
  readonly user: Principal | null;
}

/** Everything that exists in the selections, each once. */
export async function listExisting(
  selections: readonly Selection[],
  { records, breadth }: ListingNeed,
  tools: AccessTools,
  attached: Attached,
  budget: Budget,
): Promise<Listing> {
  const { session } = tools;
  const { instance } = attached;
  if (selections.length === 0) return { existing: [], notices: [] };
  const scopes = selections.map(scopeOf);
  const memberships = breadth === 'effective' ? await readMemberships(scopes, tools, attached, budget) : noMemberships;
  const listed =
    (await readOfPrincipals(scopes, memberships, tools, attached, budget)) ??
    (await walk(scopes, tools, attached, budget));
  // A list that changes while it is read can show a row on two pages.
  const rows = distinctBy(
    listed,
    (row) => `${row.account} ${row.permissionSet} ${keyOfPrincipal({ type: row.type, id: row.principal })}`,
  ).filter((row) => scopes.some((scope) => hasPlace(scope, row.permissionSet, row.account)));
  const usersOf = (row: Row): readonly Principal[] =>
    row.type === 'GROUP' ? (memberships.usersOf.get(row.principal.toLowerCase()) ?? []) : [];
  const isCovered = (grant: Assignment): boolean => selections.some(({ covers }) => covers(grant));
  const bare = rows.map((row) => ({ row, grant: bareGrant(row), users: usersOf(row) }));
  const kept = bare.filter(
    ({ grant, users }) => isCovered(grant) || users.some((principal) => isCovered({ ...grant, principal })),
  );
  const keptRows = kept.map(({ row }) => row);
  const keys = new Set(kept.map(({ grant }) => keyOf(instance.arn, grant)));
  const arns = [...new Set(keptRows.map(({ permissionSet }) => permissionSet))];
  const [people, recorded, roles, accounts, tagged] = await Promise.all([
    readPeople(session, instance.identityStoreId, keptRows, budget),
    readRecords(tools, keys, records, budget),
    withNames(attached.permissionSets, arns, budget),
    namesOfAccounts(tools, [...new Set(keptRows.map(({ account }) => account))], budget),
    taggedOf(tools, attached, arns, budget),
  ]);
  const naming = { people, roles: new Map(roles.map((role) => [role.id, role])), accounts };
  const existing = kept.flatMap(({ row, grant, users }): readonly Existing[] => {
    const own = withNamesOf(row, naming);
    const shown: readonly Found[] = [
      ...(isCovered(grant) ? [{ own, user: null }] : []),
      ...users.filter((principal) => isCovered({ ...grant, principal })).map((user) => ({ own, user })),
    ];
    return shown.map((found) => existingOf(found, naming.people, recorded, tagged.arns, instance.arn));
  });
  return { existing, notices: [...memberships.notices, ...people.notices, ...recorded.notices, ...tagged.notices] };
}

function bareGrant({ account, permissionSet, type, principal }: Row): Assignment {
  return {
    kind: 'assignment',
    principal: { type, id: principal, name: null },
    role: { id: permissionSet, name: null },
    target: { id: account, name: null },
  };
}

interface Naming {
  readonly people: People;
  readonly roles: ReadonlyMap<string, Identity>;
  readonly accounts: ReadonlyMap<string, Identity>;
}

function withNamesOf(row: Row, { people, roles, accounts }: Naming): Assignment {
  const bare = bareGrant(row);
  return {
    ...bare,
    principal: people.people.get(keyOfPrincipal(bare.principal))?.principal ?? bare.principal,
    role: roles.get(row.permissionSet) ?? bare.role,
    target: accounts.get(row.account) ?? bare.target,
  };
}

function existingOf(
  { own, user }: Found,
  { people }: People,
  { leases }: Recorded,
  tagged: ReadonlySet<string>,
  instanceArn: string,
): Existing {
  const record = leases.get(keyOf(instanceArn, own));
  const isLeased = record?.isLeased === true;
  return {
    grant: user === null ? own : { ...own, principal: user },
    seen: unnamed,
    source: 'direct',
    via: user === null ? null : own.principal,
    kind: isLeased ? 'lease' : 'permanent',
    holders: record?.holders ?? [],
    endsAt: record?.endsAt ?? null,
    overdueSince: record?.overdueSince ?? null,
    principalState: user === null ? (people.get(keyOfPrincipal(own.principal))?.state ?? 'unknown') : 'found',
    createdAt: null,
    properties: { condition: null, description: null },
    isTaggedForLeases: !isLeased && tagged.has(own.role.id),
  };
}

/** The names of accounts, where they can be read: IDs are enough, and work even if Organizations is down. */
async function namesOfAccounts(
  { organization }: AccessTools,
  ids: readonly string[],
  budget: Budget,
): Promise<ReadonlyMap<string, Identity>> {
  const quick = dispensable(budgetWith(budget, { mayBeDenied: true }));
  await lookUp(organization, ids, quick).catch(orCloudError);
  return new Map(ids.map((id) => [id, { id, name: organization.known(id)?.name ?? null }]));
}

interface Tagged {
  readonly arns: ReadonlySet<string>;
  readonly notices: readonly string[];
}

const noTags: Tagged = { arns: new Set(), notices: [] };

async function taggedOf(
  { session }: AccessTools,
  { instance }: Attached,
  arns: readonly string[],
  budget: Budget,
): Promise<Tagged> {
  const quick = dispensable(budgetWith(budget, { mayBeDenied: true }));
  try {
    const tagged = await inTurns(arns, atOnce, (arn) => isTagged(session, instance.arn, arn, quick));
    return { arns: new Set(arns.filter((_, index) => tagged[index])), notices: [] };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { ...noTags, notices: [tagsUnread(error.message)] };
  }
}
