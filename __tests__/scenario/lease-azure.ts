import type { Tuple } from '../../rehearsal/azure/arm/assignment.ts';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureByIds, azureIds, scopes } from './azure-support.ts';
import { entriesIn, type ShownEntry } from './azure-records.ts';
import { isSameGrant, time, type Granted, type LeaseCloud } from './lease-cloud.ts';
import { isNoted, noteIn, notesIn } from './lease-notes.ts';

/** A role's id, as the results of a step name it. */
const blobReader = `/providers/Microsoft.Authorization/roleDefinitions/${azureIds.blobReader}`;

const one: Granted = {
  principalType: 'Group',
  principalId: azureIds.onCall,
  roleId: blobReader,
  targetId: scopes.resourceGroup,
};

/** A group and a service principal on two scopes. */
const many: readonly Granted[] = (
  [
    ['Group', azureIds.onCall],
    ['ServicePrincipal', azureIds.deploy],
  ] as const
).flatMap(([principalType, principalId]) =>
  [scopes.resourceGroup, scopes.resource].map((targetId) => ({ ...one, principalType, principalId, targetId })),
);
const manyInputs = {
  principal: `group:${azureIds.onCall}\nservice-principal:${azureIds.deploy}`,
  target: `${scopes.resourceGroup}\n${scopes.resource}`,
};

/** The longest lease of a story ends so long after its beginning, in milliseconds. */
const longestMs = 3 * 3_600_000;

/** Leases in the descriptions of role assignments, which nothing but sweeps and holders ends. */
export const azure: LeaseCloud = {
  // Seventeen seconds after a full minute: the ends of leases are rounded down to one.
  world: { clouds: ['azure'], startAt: Date.UTC(2026, 4, 12, 9, 30, 17) },
  signIn(world, operation) {
    const { 'azure-subscription-id': subscription = '', ...rest } = world.azure.inputs;
    // A lease id says where its grants are.
    const isById = operation === 'release' || operation === 'extend';
    return { cloud: 'azure', ...rest, ...(isById ? {} : { 'azure-subscription-id': subscription }) };
  },
  inputs: { one: azureByIds, many: { ...azureByIds, ...manyInputs }, sweep: {} },
  one,
  many,
  estrange({ azure: { estate } }) {
    const others: readonly Granted[] = [
      { ...one, principalType: 'User', principalId: azureIds.alice },
      { ...one, roleId: azureIds.reader },
      { ...one, targetId: scopes.subscription },
      { ...one, targetId: scopes.managementGroup },
    ];
    for (const grant of others) estate.add(tupleOf(grant));
    // What was copied from another assignment, or is nobody's record, is not ours.
    const record = 'INC-1\n[cloud-access lease v1 0a1b2c3d4e: 9ix.1.1.1.0a1b2c3d@hbk2s]';
    const copied = { ...one, principalType: 'User', principalId: azureIds.alice, targetId: scopes.resource };
    estate.add({ ...tupleOf(copied), description: record });
    return [...others, copied];
  },
  has: (world, grant) => world.azure.estate.has(tupleOf(grant)),
  add: (world, grant) => {
    world.azure.estate.add(tupleOf(grant));
  },
  endsOf(world, grant) {
    const ids = namesOf(world, grant);
    return world.azure.estate
      .effectiveChanges()
      .flatMap(({ kind, id, at }) => (kind === 'delete' && ids.has(nameIn(id)) ? [at] : []));
  },
  bystanders: ({ azure: { estate } }, grants) =>
    estate
      .assignments()
      .filter((it) => {
        const its = { principalType: '', principalId: it.principalId, roleId: '', targetId: it.scope };
        return !grants.some((grant) => isSameGrant(grant, { ...its, roleId: roleLike(grant, it.roleDefinitionId) }));
      })
      .map((it) => JSON.stringify(it))
      .sort(),
  isChange: (operation) => /\.(?:put|delete)$/u.test(operation),
  orderProblems,
  carriedOutMs: 0,
  endsByClock: false,
  lastEnd: (world) => Math.max(0, ...leased(world).flatMap(({ entries }) => entries.map(({ end }) => end))),
  pastEnds: 2 * 60_000,
  recordsLeft: (world) => leased(world).map(({ id }) => `the sweep has left the record of ${id}`),
  overdue,
  garbage: (world) => leased(world).map(({ id }) => id),
};

export function tupleOf({ principalId, roleId, targetId }: Granted): Tuple {
  return { scope: targetId, role: roleId.split('/').at(-1) ?? '', principalId };
}

/** The role's id as the grant has it, where it is the same. */
function roleLike({ roleId }: Granted, guid: string): string {
  return roleId.endsWith(guid) ? roleId : guid;
}

interface Leased {
  readonly id: string;
  readonly entries: readonly ShownEntry[];
}

/** What carries a record of the stories' own. */
function leased({ azure: { estate } }: World): readonly Leased[] {
  return estate.assignments().flatMap(({ id, principalId, description }) => {
    const entries = principalId === azureIds.alice ? null : entriesIn(description ?? '');
    return entries === null ? [] : [{ id, entries }];
  });
}

interface Put {
  readonly name: string;
  readonly at: number;
  readonly grant: Granted;
  readonly entries: readonly ShownEntry[] | null;
}

interface PutBody {
  readonly properties?: {
    readonly principalId?: string;
    readonly roleDefinitionId?: string;
    readonly description?: string;
  };
}

function putsIn(requests: readonly JournalEntry[]): readonly Put[] {
  return requests.flatMap(({ operation, url = '', body, at }) => {
    if (operation !== 'roleAssignments.put') return [];
    const { principalId = '', roleDefinitionId: roleId = '', description = '' } = (body as PutBody).properties ?? {};
    const [scope = '', rest = ''] = decodeURIComponent(url).split(
      '/providers/Microsoft.Authorization/roleAssignments/',
    );
    const grant = { principalType: '', principalId, roleId, targetId: scope };
    return [{ name: nameIn(rest.split('?')[0] ?? ''), at, grant, entries: entriesIn(description) }];
  });
}

function nameIn(id: string): string {
  return (id.split('/').at(-1) ?? '').toLowerCase();
}

/** Every name that a grant's assignment has had. */
function namesOf(world: World, grant: Granted): ReadonlySet<string> {
  const there = world.azure.estate.find(tupleOf(grant));
  const put = putsIn(world.journal.all()).filter((it) => isLike(it.grant, grant));
  return new Set([...put.map(({ name }) => name), ...(there === undefined ? [] : [there.name])]);
}

export function isLike(one: Granted, other: Granted): boolean {
  const [a, b] = [tupleOf(one), tupleOf(other)];
  return [a, b]
    .map(({ scope, role, principalId }) => [scope, role, principalId].join(' ').toLowerCase())
    .every((text, _, [first]) => text === first);
}

/** The runner's state names the holder before an assignment does, and none is ever made without a record. */
function orderProblems({ requests, state }: Pick<StepResult, 'requests' | 'state'>): readonly string[] {
  const notes = notesIn(state);
  return putsIn(requests).flatMap(({ grant, entries }) => {
    const note = notes.find((it) => isLike(it.grant, grant))?.text;
    const { by, at } = noteIn(note);
    if (entries === null || entries.length === 0) return ['access without a record'];
    const isOwn = entries.some(({ holder }) => holder === by) || at === 'o';
    return isOwn && isNoted(note, { letter: 'c', holder: by })
      ? []
      : [`the state does not name the holder: ${note ?? ''}`];
  });
}

/** The end of an entry is its holder's alone, and never later than a lease may be. */
function overdue(world: World, grants: readonly Granted[]): readonly string[] {
  const puts = putsIn(world.journal.all()).filter((put) => grants.some((grant) => isLike(put.grant, grant)));
  const first = new Map<string, number>();
  return puts.flatMap(({ at, entries }) =>
    (entries ?? []).flatMap(({ holder, end }) => {
      const known = first.get(holder) ?? end;
      first.set(holder, known);
      if (end !== known) return [`the end of ${holder} was ${time(known)}, and became ${time(end)}`];
      return end > at + longestMs ? [`${holder} was written down until ${time(end)} at ${time(at)}`] : [];
    }),
  );
}
