import type { Budget } from '../clock.ts';
import { distinctBy } from '../distinct.ts';
import { together } from '../errors.ts';
import { expiredUnresolved } from '../messages/files.ts';
import { alsoIgnored, outsideOwns } from '../messages/inventory.ts';
import type { Line, Lines } from '../request.ts';
import type { AccessFile, GrantRow, Selecting } from './access-file.ts';
import type { UnresolvedRow } from './inventory-rows.ts';
import type { AccessPort, Selected, Selection } from './port.ts';
import { covers } from './reading-files.ts';
import { isExpired, type RowGrants } from './wanted.ts';

/** Access files after their lines were looked up. What means nothing exact is listed, and stops nothing. */
export interface FoundFiles {
  /** Grants of the rows that mean something exact, are inside what the files own, and are not ignored as well. */
  readonly rows: readonly RowGrants[];
  /** Grants of the rows that are not: they are not compared, so that what exists of them is not drift. */
  readonly faulty: readonly RowGrants[];
  readonly owned: readonly Selection[];
  /** Places of the rows of files without `owns`. */
  readonly reached: readonly Selection[];
  readonly ignored: readonly Selection[];
  readonly unresolved: readonly UnresolvedRow[];
  readonly notices: readonly string[];
}

/** Looks up the lines of access files, by the same rules as `readFiles`. Throws a `Refusal` if lines of `owns` mean nothing exact. */
export async function lookUpFiles(
  files: readonly AccessFile[],
  access: AccessPort,
  now: number,
  budget: Budget,
): Promise<FoundFiles> {
  const found = await lookUpRows(files, access, now, budget);
  const reaching = files.flatMap((file) => {
    if (file.owns !== null) return [file.owns];
    const rows = found.rows.filter((it) => it.file === file).map(({ row }) => row);
    return rows.length === 0 ? [] : [placesOf(rows)];
  });
  const ignoring = files.flatMap(({ ignore }) => ignore.map((row) => ({ ...row, leavesAlone: true })));
  const selected = await access.select([...reaching, ...ignoring], budget);
  const reached = selectionsOf(selected.slice(0, reaching.length));
  const own = reached.filter((_, index) => isOwns(files, reaching[index]));
  const ignored = selected.slice(reaching.length);
  const ignore = ignored.flatMap((it) => (it.ok ? [it.selection] : []));
  const checked = found.rows.map((it) => ({ it, faults: faultsOf(it, own, ignore) }));
  const faulty = checked.filter(({ faults }) => faults.length > 0);
  return {
    rows: checked.flatMap(({ it, faults }) => (faults.length > 0 ? [] : [it])),
    faulty: faulty.map(({ it }) => it),
    owned: own,
    reached: reached.filter((it) => !own.includes(it)),
    ignored: ignore,
    unresolved: [
      ...found.unresolved,
      ...faulty.map(({ it, faults }) => unresolved(it.row, faults)),
      ...ignored.flatMap((it, index) => {
        const row = ignoring[index];
        return it.ok || row === undefined
          ? []
          : [
              unresolved(
                row,
                it.refusals.map(({ message }) => message),
              ),
            ];
      }),
    ],
    notices: [...found.notices, ...selected.flatMap((it) => (it.ok ? it.notices : []))],
  };
}

/** Selections of lines that have to mean something exact. */
export function selectionsOf(selected: readonly Selected[]): readonly Selection[] {
  const refusals = selected.flatMap((it) => (it.ok ? [] : it.refusals));
  if (refusals.length > 0) throw together(refusals);
  return selected.flatMap((it) => (it.ok ? [it.selection] : []));
}

interface RowOfFile extends RowGrants {
  readonly file: AccessFile;
}

interface FoundRows extends Pick<FoundFiles, 'unresolved' | 'notices'> {
  readonly rows: readonly RowOfFile[];
}

async function lookUpRows(
  files: readonly AccessFile[],
  access: AccessPort,
  now: number,
  budget: Budget,
): Promise<FoundRows> {
  const asked = files.flatMap((file) => file.grants.map((row) => ({ file, row })));
  const resolved = await access.resolveRows(
    asked.map(({ row }) => row),
    budget,
  );
  const answers = asked.map((it, index) => ({ ...it, resolved: resolved[index] }));
  const found = answers.flatMap(({ resolved: it, ...of }) => (it?.ok === true ? [{ ...of, resolved: it }] : []));
  const refused = answers.flatMap(({ row, resolved: it }) =>
    it?.ok === false ? [{ row, refusals: it.refusals }] : [],
  );
  const forgotten = refused.filter(({ row }) => isExpired(row, now));
  return {
    rows: found,
    unresolved: refused
      .filter((it) => !forgotten.includes(it))
      .map(({ row, refusals }) =>
        unresolved(
          row,
          refusals.map(({ message }) => message),
        ),
      ),
    notices: [
      ...found.flatMap(({ resolved: { leftOut, notices } }) => [...leftOut, ...notices]),
      ...forgotten.map(({ row: { place } }) => expiredUnresolved(place)),
    ],
  };
}

function isOwns(files: readonly AccessFile[], selecting: Selecting | undefined): boolean {
  return files.some(({ owns }) => owns !== null && owns === selecting);
}

/** Faults of a row in sentences. What the files of a step own is a union. */
function faultsOf(
  { file, resolved: { grants } }: RowOfFile,
  own: readonly Selection[],
  ignore: readonly Selection[],
): readonly string[] {
  return [
    ...(file.owns !== null && grants.some((grant) => !covers(own, grant)) ? [outsideOwns] : []),
    ...(grants.some((grant) => covers(ignore, grant)) ? [alsoIgnored] : []),
  ];
}

/** Where the rows of a file without `owns` are: their roles on their targets, for all principals. */
function placesOf(rows: readonly GrantRow[]): Selecting {
  const distinct = (linesOf: (row: GrantRow) => readonly Line[]): readonly Line[] =>
    distinctBy(rows.flatMap(linesOf), ({ kind, value }) => `${kind} ${value}`);
  return {
    principals: null,
    principalTypes: null,
    roles: distinct(({ roles }) => roles),
    targets: distinct(({ targets }) => targets),
    exclusions: [],
    below: false,
  };
}

function unresolved(
  { place, ...row }: Pick<GrantRow, 'place'> & { readonly [Part in keyof Lines]: readonly Line[] | null },
  reasons: readonly string[],
): UnresolvedRow {
  const lines = [row.principals, row.roles, row.targets].flatMap((them) => (them ?? []).map(({ text }) => text));
  return { place, lines, reasons };
}
