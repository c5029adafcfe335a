import { countDifferences, type Inventory, type InventoryRow } from '#access/files/inventory-rows';
import { describeGrant, type Words } from '#access/grant';
import { differencesInWords } from '#access/messages/inventory';
import type { Lack } from '#access/outcome';
import { log, logError, logGroup } from '../log.ts';
import * as messages from '../messages/inventory.ts';
import { advice, product } from '../messages/report.ts';
import { beginning } from '../messages/message.ts';
import { isOverdue, notesOn, pressingRows, stateAtBeginning } from './inventory-rows.ts';
import { sentenceOf } from './sentence.ts';
import type { InventoryOutputs } from './outputs.ts';
import type { AuditContext } from './results.ts';

/** More lines of one kind than this are folded. */
const maxOpenLines = 20;

/** Reports an inventory in the log: what differs, then what a person should look at, then where everything is. */
export function reportInventory(
  inventory: Inventory,
  { words, lack, outputs }: { readonly words: Words; readonly lack: Lack | null; readonly outputs: InventoryOutputs },
): void {
  const pressing = pressingRows(inventory.rows);
  const differing = pressing.filter(({ difference }) => difference !== null);
  const others = pressing.filter(({ difference }) => difference === null);
  const line = (row: InventoryRow): string =>
    messages.lineOf(stateAtBeginning(row), describeGrant(row.grant, words), notesOn(row));
  logLines(differing.map(line), messages.foldedDifferences);
  logLines(others.map(line), messages.foldedOthers);
  warn(inventory.rows);
  if (lack !== null) logError(`${product}: ${lack.title}`, [lack.reason, advice(lack.hint)]);
  else if (differing.length > 0) log.notice(messages.differs(differencesInWords(countDifferences(inventory.rows))));
  if (outputs.file !== '') log.info(messages.inventoryFile(outputs.file));
  if (outputs.draft !== '') log.info(messages.draftFile(outputs.draft));
  log.info(`${headlineOf(inventory)}.`);
}

/** The first line of the summary and the last one of the log. */
export function headlineOf({ rows, hasDrift }: Inventory): string {
  const count = rows.filter(({ existing }) => existing !== null).length;
  const overdue = countOverdue(rows);
  const end = overdue === 0 ? '' : messages.andOverdue(overdue);
  switch (hasDrift) {
    case null:
      return messages.found(count) + end;
    case false:
      return messages.noDrift(count) + end;
    case true:
      return messages.drift(differencesInWords(countDifferences(rows))) + end;
  }
}

/** Number of leases whose end time has passed; access through a group is the group's. */
export function countOverdue(rows: readonly InventoryRow[]): number {
  return rows.filter(({ existing }) => isOverdue(existing) && existing?.via === null).length;
}

/** The output `message`. */
export function inventoryMessage(inventory: Inventory, lack: Lack | null, audit: AuditContext): string {
  const begin = lack === null ? '' : beginning.FAILED;
  return sentenceOf(begin + headlineOf(inventory), audit, lack?.reason);
}

/** Sentences about access that looks right and might not be. */
export function doubtsAbout(rows: readonly InventoryRow[]): readonly string[] {
  const suspects = rows.filter(({ isSuspect }) => isSuspect).length;
  const orphans = rows.filter(({ existing }) => existing?.principalState === 'orphan').length;
  const overdue = countOverdue(rows);
  return [
    ...(overdue === 0 ? [] : [messages.overdue(overdue)]),
    ...(suspects === 0 ? [] : [messages.suspects(suspects)]),
    ...(orphans === 0 ? [] : [messages.orphans(orphans)]),
  ];
}

function warn(rows: readonly InventoryRow[]): void {
  for (const doubt of doubtsAbout(rows)) log.warning(doubt);
}

function logLines(lines: readonly string[], titleOf: (count: number) => string): void {
  for (const line of lines.slice(0, maxOpenLines)) log.info(line);
  const folded = lines.slice(maxOpenLines);
  if (folded.length > 0) logGroup(titleOf(folded.length), folded);
}
