import type { World } from '../../../rehearsal/world.ts';
import { entriesIn } from '../../scenario/azure-records.ts';
import { clockTime, watchGrants, type Looking, type Watch } from '../watch.ts';
import { holderActor, runOf } from './holders.ts';
import { grantAt } from './names.ts';

/** Result of a look at the role assignments, and the names that each grant's assignment has had. */
export interface AzureWatch extends Watch {
  readonly names: (grant: number) => ReadonlySet<string>;
}

export function watchAzure(world: World, count: number): AzureWatch {
  const names = Array.from({ length: count }, () => new Set<string>());
  const watch = watchGrants(world, count, (grant, looking) => {
    const row = world.azure.estate.find(grantAt(grant));
    if (row !== undefined) names[grant]?.add(row.name);
    const entries = row === undefined ? [] : entriesIn(row.description ?? '');
    const holders = new Map((entries ?? []).map(({ holder, end }) => [holder, end]));
    mark(world, grant, holders, row?.name ?? '', looking);
    if (entries === null && !looking.notOurs.has(grant))
      looking.breaks(
        `endless ${grant}`,
        `grant ${grant} is there, and nothing shows that it is a lease, and nothing ends it`,
      );
    if (looking.notOurs.has(grant)) return;
    for (const { actor, grant: of, end } of looking.entitled) {
      // An extension in progress has another end.
      const isNamed = [...holders.keys()].some((holder) => holderActor(holder) === actor);
      if (of === grant && world.now() < end && !isNamed)
        looking.breaks(
          `unnamed ${grant} ${actor}`,
          `${actor} was told that it has grant ${grant} until ${clockTime(end)}, and its description does not name it`,
        );
    }
  });
  return { ...watch, names: (grant) => names[grant] ?? new Set() };
}

/** Every holder is one record; a write that restores a deleted one has made a ghost of it. */
function mark(
  world: World,
  grant: number,
  holders: ReadonlyMap<string, number>,
  assignment: string,
  { known }: Looking,
): void {
  const now = world.now();
  for (const record of known.values()) if (record.goneAt === null && !holders.has(record.holder)) record.goneAt = now;
  for (const [holder, end] of holders) {
    const before = [...known.values()].filter((it) => it.holder === holder);
    if (before.some(({ goneAt }) => goneAt === null)) continue;
    const writer = writerOf(world, assignment);
    known.set(`${holder} ${before.length}`, {
      name: `${holder} of ${grant}`,
      kind: 'h',
      end,
      holder,
      maker: `-${runOf(holder)}-`,
      createdAt: now,
      goneAt: null,
      enabled: false,
      startsAt: 0,
      isGhost: before.length > 0 && writer !== runOf(holder),
    });
  }
}

/** The run that was the last to write an assignment of that name. */
function writerOf(world: World, assignment: string): string {
  const last = world.journal
    .of('roleAssignments.put')
    .findLast(({ url = '', status }) => url.includes(assignment) && status === 201);
  return last?.runId ?? '';
}
