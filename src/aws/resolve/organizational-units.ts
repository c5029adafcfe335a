import type { Budget } from '#access/clock';
import { instead, isOfKind, Refusal, type CloudError } from '#access/errors';
import { candidate, closeTo, type Candidate } from '#access/near';
import type { Line } from '#access/request';
import { belowRoot, belowUnit, noUnitAt, noUnitWithId, severalUnitsAt } from '../messages/organization.ts';
import type { Member, Organization } from './organization.ts';
import type { Unit } from './organization-requests.ts';
import { readAll, type Pager } from '../pages.ts';
import { listed } from '#access/words';

/** The accounts of an organizational unit, or why the line names none. */
type Found = readonly Member[] | Refusal;

interface Wanted {
  readonly line: Line;
  readonly id: string;
  /** Also those in the units below. */
  readonly below: boolean;
}

/** True for a line that names an organizational unit. */
export function isUnit({ kind }: Line): boolean {
  return kind.startsWith('ou-');
}

/**
 * The accounts of each line's organizational unit, in any state. There are two ways: a list of all accounts, each with its
 * place, and a walk from the units down. The shorter one is unknown beforehand, so they take turns, request by request: at
 * most twice as many requests are sent as the shorter one needs. A way that is denied drops out.
 */
export function accountsOfUnits(
  organization: Organization,
  lines: readonly Line[],
  budget: Budget,
): Promise<ReadonlyMap<Line, Found>> {
  return organization.alone(async () => {
    const found = new Map<Line, Found>();
    const wanted: Wanted[] = [];
    for (const line of lines) {
      const id = await unitIdOf(organization, line, budget).catch(asRefusal);
      if (id instanceof Refusal) found.set(line, id);
      else wanted.push({ line, id, below: line.kind.endsWith('-below') });
    }
    if (wanted.length === 0) return found;
    const ways = [walk(organization, wanted, budget), sweepFor(organization, wanted, budget)];
    // A list that was read already costs nothing more.
    if (organization.sweep.isDone()) ways.reverse();
    for (const [line, members] of await firstToFinish(ways)) found.set(line, members);
    return found;
  });
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  throw error;
}

/** One request with each turn; `null` for a way that cannot find them. */
type Way = AsyncGenerator<undefined, ReadonlyMap<Line, Found> | null, undefined>;

async function firstToFinish(ways: readonly Way[]): Promise<ReadonlyMap<Line, Found>> {
  let open = ways;
  let denied: CloudError | null = null;
  while (open.length > 0) {
    for (const way of open) {
      try {
        const { done, value } = await way.next();
        if (done !== true) continue;
        if (value !== null) return value;
      } catch (error) {
        if (!isOfKind(error, 'denied')) throw error;
        denied ??= error;
      }
      open = open.filter((it) => it !== way);
    }
  }
  throw denied ?? new TypeError('one way of looking always leads somewhere');
}

/** Unit by unit, from the named ones down. */
async function* walk(organization: Organization, wanted: readonly Wanted[], budget: Budget): Way {
  const found = new Map<Line, Found>();
  let turns = 0;
  for (const { line, id, below } of wanted) {
    const members: Member[] = [];
    const queue = [id];
    for (const parent of queue) {
      const accounts = organization.accountsIn(parent);
      const units = organization.unitsIn(parent);
      const lists: readonly Pager<unknown>[] = below ? [accounts, units] : [accounts];
      let missing = false;
      for (const list of lists) {
        while (!missing && !list.isDone()) {
          if (turns > 0) yield;
          turns += 1;
          missing = await isMissing(list.next(budget));
        }
      }
      if (missing && parent === id) found.set(line, noUnitWithId(line.text, line.value));
      // A unit that was deleted after its parent was read was empty: only empty units can be deleted.
      if (missing) continue;
      members.push(...accounts.items);
      if (below) queue.push(...units.items.map((unit) => unit.id));
    }
    if (!found.has(line)) found.set(line, members);
  }
  return found;
}

async function* sweepFor(organization: Organization, wanted: readonly Wanted[], budget: Budget): Way {
  const { sweep } = organization;
  const tellsPlaces = (): boolean => sweep.items.every(({ places }) => places !== null);
  let turns = 0;
  while (!sweep.isDone() && tellsPlaces()) {
    if (turns > 0) yield;
    turns += 1;
    await sweep.next(budget);
  }
  if (!tellsPlaces()) return null;
  const found = new Map<Line, Found>();
  for (const { line, id, below } of wanted) {
    const members = sweep.items.filter(({ places }) =>
      places?.some((place) => (below ? place.includes(id) : place.at(-1) === id)),
    );
    // Without accounts, an empty unit looks like one that does not exist.
    const doubtful = members.length === 0 && line.kind.startsWith('ou-id');
    if (doubtful && turns > 0) yield;
    const missing = doubtful && (await isMissing(organization.accountsIn(id).next(budget)));
    found.set(line, missing ? noUnitWithId(line.text, line.value) : members);
  }
  return found;
}

function isMissing(asking: Promise<void>): Promise<boolean> {
  return asking.then(() => false, instead('not-found', true));
}

async function unitIdOf(organization: Organization, line: Line, budget: Budget): Promise<string> {
  if (line.kind.startsWith('ou-id')) return line.value;
  const root = await organization.rootId(budget);
  const seen: SeenUnit[] = [];
  const found = await unitsAt(organization, root, '', line.value, seen, budget);
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first.id;
  if (first !== undefined)
    throw severalUnitsAt(
      line.text,
      found.map(({ id }) => id),
    );
  throw noUnitAt(line.text, line.value, closeTo(line.value, seen) + unitsBelow(line.value, seen));
}

/** A unit on the way to the one that is searched, named by its path. */
interface SeenUnit extends Candidate {
  /** The path of the unit above; empty for the units below the root. */
  readonly parentPath: string;
  /** The last name of the path. */
  readonly own: string;
}

const mostShown = 20;

/** A sentence about the deepest part of a path that exists, and the units below it. */
function unitsBelow(path: string, seen: readonly SeenUnit[]): string {
  const deepest = seen
    .filter(({ name }) => path.startsWith(`${name}/`))
    .reduce((longest, { name }) => (name.length > longest.length ? name : longest), '');
  const below = seen
    .filter(({ parentPath }) => parentPath === deepest)
    .map(({ own, id }) => candidate({ name: own, id }));
  const what = below.length === 0 ? 'nothing' : listed(below, mostShown);
  return deepest === '' ? belowRoot(what) : belowUnit(deepest, what);
}

/** All units whose names from the root down make up this path. A name may contain slashes, so several units can match. */
async function unitsAt(
  organization: Organization,
  parentId: string,
  parentPath: string,
  path: string,
  seen: SeenUnit[],
  budget: Budget,
): Promise<readonly Unit[]> {
  const found: Unit[] = [];
  for (const unit of await readAll(organization.unitsIn(parentId), budget)) {
    const own = `${parentPath}/${unit.name}`;
    seen.push({ name: own, id: unit.id, parentPath, own: unit.name });
    if (own === path) found.push(unit);
    else if (path.startsWith(`${own}/`)) found.push(...(await unitsAt(organization, unit.id, own, path, seen, budget)));
  }
  return found;
}
