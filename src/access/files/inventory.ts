import { readingBudget, type Budget } from '../clock.ts';
import type { Run } from '../engine/run.ts';
import type { RunTools } from '../engine/run-tools.ts';
import { driftFails, expiresSoon, notResolved } from '../messages/inventory.ts';
import type { Lack } from '../outcome.ts';
import type { Selecting } from './access-file.ts';
import { draftOf, type Ownable, ownableBy } from './draft.ts';
import { compareWithFiles, keyed, withoutFiles, type Keyed } from './drift.ts';
import { countDifferences, type ExpiringRow, type Inventory } from './inventory-rows.ts';
import { lookUpFiles, selectionsOf, type FoundFiles } from './look-up.ts';
import { listingFor, type AccessPort } from './port.ts';
import { covers } from './reading-files.ts';
import type { InventoryRequest } from './request.ts';
import { addUp, type WantedGrants } from './wanted.ts';

/** Rows that expire within this time are named, in milliseconds. */
export const soonMs = 14 * 24 * 60 * 60_000;

/** Shows what exists, and how it differs from access files. Changes nothing. */
export async function showInventory(
  request: InventoryRequest,
  access: AccessPort,
  tools: RunTools,
): Promise<Run & { readonly inventory: Inventory }> {
  const { clock, signal, log, cloud, planning } = tools;
  const budget = readingBudget(clock, signal);
  const readAt = clock.now();
  const read = request.files.length === 0 ? readLines : readFiles;
  const { rows, unresolved, notices, expiring, ownable } = await read(request, access, { tools, budget, readAt });
  const { directory } = await cloud.planContext(budget);
  const context = { cloud: planning.cloud, words: cloud.words, readAt };
  const inventory: Inventory = {
    directory,
    readAt,
    files: request.files.map(({ path, blob }) => ({ path, blob })),
    rows,
    unresolved,
    expiring,
    hasDrift: request.files.length === 0 ? null : rows.some(({ difference }) => difference !== null),
    draft: draftOf(rows, ownable, context),
  };
  const told = [...notices, ...unresolved.map(notResolved), ...expiring.map((row) => expiresSoon(row, cloud.words))];
  for (const notice of told) log.info(notice);
  return { results: [], notices, remarks: [], lack: lackOf(inventory, request), inventory };
}

interface Reading {
  readonly tools: RunTools;
  readonly budget: Budget;
  readonly readAt: number;
}

/** What was read, in a form that no longer depends on the files. */
interface ReadInventory extends Pick<Inventory, 'rows' | 'unresolved' | 'expiring'> {
  readonly notices: readonly string[];
  readonly ownable: Ownable;
}

async function readLines(
  { principals, roles, targets, exclusions }: InventoryRequest,
  access: AccessPort,
  { tools: { cloud }, budget }: Reading,
): Promise<ReadInventory> {
  const lines: Selecting = {
    principals: principals.length === 0 ? null : principals,
    principalTypes: null,
    roles: roles.length === 0 ? null : roles,
    targets: targets.length === 0 ? null : targets,
    exclusions,
    // As in `list` and `sweep`: a target includes everything below it.
    below: true,
  };
  const selected = await access.select([lines], budget);
  const listing = await access.list(selectionsOf(selected), listingFor.inventory, budget);
  return {
    rows: withoutFiles(keyed(listing.existing, cloud.words)),
    unresolved: [],
    expiring: [],
    notices: [...selected.flatMap((it) => (it.ok ? it.notices : [])), ...listing.notices],
    ownable: lines.principals === null ? 'whole' : 'some-principals',
  };
}

async function readFiles(
  { files }: InventoryRequest,
  access: AccessPort,
  { tools: { cloud, planning }, budget, readAt }: Reading,
): Promise<ReadInventory> {
  const found = await lookUpFiles(files, access, readAt, budget);
  const wanted = addUp(found.rows, readAt, cloud.words);
  const selections = [...found.owned, ...found.reached];
  const listing =
    selections.length === 0 ? { existing: [], notices: [] } : await access.list(selections, listingFor.drift, budget);
  const there = keyed(listing.existing, cloud.words).filter((it) => isOfFiles(it, wanted, found));
  const faulty = addUp(found.faulty, readAt, cloud.words);
  const { removable, rows } = compareWithFiles(there, {
    ...wanted,
    isIgnored: ({ existing: { grant } }) => covers(found.ignored, grant),
    isOwned: ({ key, existing: { grant } }) => covers(found.owned, grant) && !has(faulty, key),
  });
  const remover = { planFor: planning.planFor };
  const protections = removable.length === 0 ? [] : await access.protections(removable, remover, budget);
  const permanent = there.flatMap(({ existing, isPermanent }) => (isPermanent ? [existing] : []));
  return {
    rows: rows(protections),
    unresolved: found.unresolved,
    expiring: expiringRows(wanted, readAt),
    notices: [...found.notices, ...wanted.conflicts.map(({ message }) => message), ...listing.notices],
    ownable: found.reached.length > 0 ? 'some-rows' : ownableBy(found.owned, permanent),
  };
}

function has({ live, expired }: WantedGrants, key: string): boolean {
  return live.has(key) || expired.has(key);
}

/** A file without `owns` is about its own rows only. Inherited access is listed where it has an effect. */
function isOfFiles({ key, existing }: Keyed, wanted: WantedGrants, { reached, owned }: FoundFiles): boolean {
  if (reached.length === 0 || existing.source === 'inherited') return true;
  return has(wanted, key) || covers(owned, existing.grant);
}

function expiringRows({ live }: WantedGrants, now: number): readonly ExpiringRow[] {
  const soon = [...live.values()].flatMap(({ grant, place, expires }) =>
    expires !== null && expires <= now + soonMs ? [{ grant, place, expires }] : [],
  );
  const byRow = Map.groupBy(soon, ({ place }) => place);
  return [...byRow]
    .flatMap(([place, [first, ...others]]) =>
      first === undefined
        ? []
        : [{ place, expires: first.expires, grants: [first, ...others].map(({ grant }) => grant) }],
    )
    .toSorted((a, b) => a.expires - b.expires);
}

function lackOf({ hasDrift, rows }: Inventory, { prune }: InventoryRequest): Lack | null {
  return hasDrift === true && prune === 'fail' ? driftFails(countDifferences(rows)) : null;
}
