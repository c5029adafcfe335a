import { describeEndpoints, type EndpointSetting } from '#access/endpoints';
import type { Inventory, InventoryRow } from '#access/files/inventory-rows';
import type { ExistingKind } from '#access/files/port';
import { typeInWords, type Identity, type Words } from '#access/grant';
import { expiresSoon, placeInWords } from '#access/messages/inventory';
import { andMore, moreInLog } from '#access/messages/plans';
import type { Lack } from '#access/outcome';
import { capital } from '#access/words';
import * as messages from '../messages/inventory.ts';
import { requestTo } from '../messages/report.ts';
import {
  advised,
  detailsEnd,
  detailsHead,
  foldedLines,
  heading,
  listBegin,
  listEnd,
  listItem,
  nameBesideId,
  paragraph,
  plain,
  prose,
  strong,
  tableEnd,
  tableHead,
  tableRow,
} from './html.ts';
import { countOverdue, doubtsAbout, headlineOf } from './inventory-report.ts';
import { notesOn, pressingRows, stateOf } from './inventory-rows.ts';
import { addFacts, runFacts, type Fact, type Run } from './run-facts.ts';
import { createBoundedText, writeSummary, type BoundedText } from './summary-file.ts';

/** What the summary says besides the inventory. */
interface InventoryNotes {
  readonly words: Words;
  /** The request, a line each. */
  readonly request: readonly string[];
  readonly run: Run;
  readonly endpoints: readonly EndpointSetting[];
  readonly notices: readonly string[];
  readonly lack: Lack | null;
}

/** Bytes, of the 1 MiB that GitHub accepts. */
const largestSummary = 900 * 1024;
/** Rows of the table, and entries of each list below it. */
const maxRows = 50;
const maxEntries = 25;

/** Writes the summary: what differs, then what a person should look at, then counts and the rest. */
export async function summarizeInventory(inventory: Inventory, notes: InventoryNotes): Promise<void> {
  const { lack, words, run, request } = notes;
  const { rows } = inventory;
  const body = createBoundedText(largestSummary);
  body.add(heading(signOf(inventory, lack) + headlineOf(inventory)));
  if (lack !== null) body.add(paragraph(lack.reason, advised(lack.hint)));
  for (const doubt of doubtsAbout(rows)) body.add(paragraph(prose(doubt)));
  addRows(body, inventory, words);
  addSentences(
    body,
    inventory.expiring.map((row) => expiresSoon(row, words)),
  );
  addUnresolved(body, inventory);
  addFacts(body, factsOf(inventory, run));
  addCounts(body, rows, words);
  addSentences(body, notes.notices);
  addSentences(body, describeEndpoints(notes.endpoints));
  if (request.length > 0) body.add(foldedLines(requestTo(words.cloud), request));
  await writeSummary(body.text());
}

function signOf({ hasDrift, rows }: Inventory, lack: Lack | null): string {
  if (lack !== null) return '❌ ';
  if (countOverdue(rows) > 0) return '⚠️ ';
  return hasDrift === null ? '' : hasDrift ? '⚠️ ' : '✅ ';
}

/** Beside a file, rows that are as it has them are counted only. */
function addRows(body: BoundedText, { rows, hasDrift }: Inventory, words: Words): void {
  const pressing = pressingRows(rows);
  const all = hasDrift === null ? [...new Set([...pressing, ...rows])] : pressing;
  const shown = all.slice(0, maxRows);
  if (shown.length === 0) return;
  const head = tableHead(['State', 'Principal', capital(words.role), capital(words.target), 'Notes']);
  const left = body.addBetween(head, shown, (row) => rowMarkup(row, words), tableEnd) + all.length - shown.length;
  if (left > 0) body.add(paragraph(messages.moreRows(left)));
}

function rowMarkup(row: InventoryRow, words: Words): string {
  const { principal, role, target } = row.grant;
  return tableRow([
    strong(stateOf(row)),
    `${typeInWords(principal)} ${named(principal, words)}`,
    named(role, words),
    named(target, words),
    notesOn(row).join('; '),
  ]);
}

/** The name, or the ID where no name was looked up. The files have all IDs. */
function named({ id, name }: Identity, { brief }: Words): string {
  return name ?? brief(id);
}

function addUnresolved(body: BoundedText, { unresolved }: Inventory): void {
  if (unresolved.length === 0) return;
  body.add(paragraph(strong(`${messages.rowsNotCompared(unresolved.length)}:`)));
  const shown = unresolved.slice(0, maxEntries);
  body.addBetween(
    listBegin,
    shown,
    ({ place, lines, reasons }) =>
      listItem(strong(`${placeInWords(place)}: `, lines.join(', ')), prose(reasons.join(' '))),
    listEnd,
  );
  if (unresolved.length > shown.length) body.add(paragraph(moreInLog(unresolved.length - shown.length)));
}

function factsOf({ directory, files }: Inventory, run: Run): readonly Fact[] {
  return [
    ...runFacts(run),
    { title: 'Directory', value: nameBesideId('', null, directory) },
    ...(files.length === 0 ? [] : [{ title: 'Access files', value: plain(listedPaths(files)) }]),
  ];
}

function listedPaths(files: Inventory['files']): string {
  const shown = files.slice(0, maxEntries).map(({ path }) => path);
  const more = files.length - shown.length;
  return [...shown, ...(more > 0 ? [andMore(more)] : [])].join(', ');
}

const kinds: readonly ExistingKind[] = ['permanent', 'lease', 'pim-active', 'pim-eligible'];

function addCounts(body: BoundedText, rows: readonly InventoryRow[], words: Words): void {
  const there = rows.filter(({ existing }) => existing !== null);
  if (there.length === 0) return;
  const byKind = Map.groupBy(there, ({ existing }) => existing?.kind);
  const counts = kinds.flatMap((kind) => {
    const count = byKind.get(kind)?.length ?? 0;
    return count === 0 ? [] : [[kind, count] as const];
  });
  body.add(paragraph(messages.kindsInWords(counts)));
  addCountsOf(
    body,
    there.map(({ grant }) => grant.role),
    words,
    { noun: words.role, title: messages.byRole },
  );
  addCountsOf(
    body,
    there.map(({ grant }) => grant.target),
    words,
    { noun: words.target, title: messages.byTarget },
  );
}

function addCountsOf(
  body: BoundedText,
  identities: readonly Identity[],
  words: Words,
  { noun, title }: { readonly noun: string; readonly title: (noun: string, count: number) => string },
): void {
  const groups = [...Map.groupBy(identities, ({ id }) => words.brief(id)).values()];
  const sorted = groups.toSorted((a, b) => b.length - a.length);
  const begin = detailsHead(title(noun, groups.length)) + tableHead([capital(noun), 'Assignments']);
  const render = ([first, ...others]: readonly Identity[]): string =>
    first === undefined ? '' : tableRow([named(first, words), String(others.length + 1)]);
  const shown = sorted.slice(0, maxEntries);
  const more = sorted.length - shown.length;
  const end = tableEnd + (more > 0 ? paragraph(andMore(more)) : '') + detailsEnd;
  body.addBetween(begin, shown, render, end);
}

function addSentences(body: BoundedText, sentences: readonly string[]): void {
  for (const sentence of sentences.slice(0, maxEntries)) body.add(paragraph(prose(sentence)));
  const more = sentences.length - maxEntries;
  if (more > 0) body.add(paragraph(moreInLog(more)));
}
