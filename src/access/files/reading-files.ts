import type { Budget, Clock } from '../clock.ts';
import { eachOf, Refusal } from '../errors.ts';
import { describeGrant, type Assignment, type Words } from '../grant.ts';
import { alsoIgnored, atPlace, expiredUnresolved, outsideOwns } from '../messages/files.ts';
import { asOne } from '../plan/guards.ts';
import type { AccessFile, GrantRow, IgnoreRow, Owned, Place } from './access-file.ts';
import type { AccessPort, Selected, Selection } from './port.ts';
import { addUp, isExpired, type RowGrants, type WantedGrants } from './wanted.ts';

/** What the files of a step say, by exact IDs. */
export interface Said extends WantedGrants {
  /** One for each file that owns something. */
  readonly owns: readonly Selection[];
  readonly ignore: readonly Selection[];
  /** Rows that have expired, and that mean nothing exact any more. */
  readonly forgotten: readonly GrantRow[];
  /** Sentences about what was left out, or could not be looked up; each once. */
  readonly notices: readonly string[];
  /** Sentences about what was left out because it is privileged and was not named. */
  readonly leftOut: readonly string[];
}

interface Surroundings {
  readonly access: AccessPort;
  readonly clock: Clock;
  readonly words: Words;
}

/**
 * Resolves all rows, `owns` and `ignore` of all files. Throws one `Refusal` with every fault of them: rows that mean nothing
 * exact (P8), that contradict each other, that are outside of all `owns`, or that are ignored as well.
 */
export async function readFiles(
  files: readonly AccessFile[],
  { access, clock, words }: Surroundings,
  budget: Budget,
): Promise<Said> {
  const rows = files.flatMap(({ grants }) => grants);
  const owned = files.flatMap(({ owns }) => (owns === null ? [] : [owns]));
  const ignored = files.flatMap(({ ignore }) => ignore.map((row) => ({ ...row, leavesAlone: true })));
  const resolved = rows.length === 0 ? [] : await access.resolveRows(rows, budget);
  const selecting = [...owned, ...ignored];
  const selected = selecting.length === 0 ? [] : await access.select(selecting, budget);
  const now = clock.now();
  const faults: Refusal[] = [];
  const meant: RowGrants[] = [];
  const forgotten: GrantRow[] = [];
  for (const [index, row] of rows.entries()) {
    const it = resolved[index];
    if (it === undefined) throw new TypeError('every row has an answer');
    if (it.ok) meant.push({ row, resolved: it });
    else if (isExpired(row, now)) forgotten.push(row);
    else faults.push(...it.refusals.flatMap((refusal) => at(row.place, refusal)));
  }
  faults.push(...selected.flatMap((it, index) => faultsOf(it, selecting[index])));
  const selections = selected.map((it) => (it.ok ? it.selection : null));
  const owns = known(selections.slice(0, owned.length));
  const ignore = known(selections.slice(owned.length));
  const wanted = addUp(meant, now, words);
  faults.push(...wanted.conflicts);
  // A selection that is not known covers nothing, and would make faults of its own.
  if (owns.length === owned.length && owns.length > 0) faults.push(...outside(meant, owns, words));
  faults.push(...ignoredToo(meant, ignore, words));
  if (faults.length > 0) throw asOne(faults);
  return {
    ...wanted,
    owns,
    ignore,
    forgotten,
    notices: [
      ...new Set([
        ...meant.flatMap(({ resolved: { notices } }) => notices),
        ...selected.flatMap((it) => (it.ok ? it.notices : [])),
        ...forgotten.map(({ place }) => expiredUnresolved(place)),
      ]),
    ],
    leftOut: [...new Set(meant.flatMap(({ resolved: { leftOut } }) => leftOut))],
  };
}

function faultsOf(selected: Selected, selecting: Owned | IgnoreRow | undefined): readonly Refusal[] {
  if (selected.ok || selecting === undefined) return [];
  return selected.refusals.flatMap((refusal) => at(selecting.place, refusal));
}

/** The same faults, with the place in the file before each. */
function at(place: Place, refusal: Refusal): readonly Refusal[] {
  return eachOf(refusal).map(({ message, hint, details }) => new Refusal(atPlace(place, message), hint, details));
}

function known(selections: readonly (Selection | null)[]): readonly Selection[] {
  return selections.filter((it) => it !== null);
}

function outside(rows: readonly RowGrants[], owns: readonly Selection[], words: Words): readonly Refusal[] {
  return rows.flatMap(({ row: { place }, resolved }) => {
    const grants = resolved.grants.filter((grant) => !covers(owns, grant));
    return grants.length === 0 ? [] : [outsideOwns(place, inWords(grants, words))];
  });
}

function ignoredToo(rows: readonly RowGrants[], ignore: readonly Selection[], words: Words): readonly Refusal[] {
  if (ignore.length === 0) return [];
  return rows.flatMap(({ row: { place }, resolved }) => {
    const grants = resolved.grants.filter((grant) => covers(ignore, grant));
    return grants.length === 0 ? [] : [alsoIgnored(place, inWords(grants, words))];
  });
}

function inWords(grants: readonly Assignment[], words: Words): readonly string[] {
  return grants.map((grant) => describeGrant(grant, words));
}

/** True if one of these selections covers a grant. */
export function covers(selections: readonly Selection[], grant: Assignment): boolean {
  return selections.some((selection) => selection.covers(grant));
}
