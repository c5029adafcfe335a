import { isoSeconds } from '#access/clock';
import { maxFileBytes } from '#access/files/grammar';
import type { Inventory, InventoryRow } from '#access/files/inventory-rows';
import { placeInWords } from '#access/messages/inventory';
import { log } from '../log.ts';
import { draftTooLarge, notWritten } from '../messages/inventory.ts';
import { csvLine } from './csv.ts';
import { toInventoryRecord } from './inventory-records.ts';
import type { InventoryOutputs } from './outputs.ts';
import { freshPath, withList, writeNew, type AuditContext } from './results.ts';

/** Version of the shape of `inventory-file`. */
const schema = 1;
/** Says to each reader what the file is. */
const kind = 'cloud-access-inventory';

/** What the files say besides the rows. */
interface InventoryContext {
  /** The cloud's name in the contract. */
  readonly cloud: string;
  readonly audit: AuditContext;
  /** The runner's folder for temporary files of the job. */
  readonly folder: string | undefined;
}

/** Writes the inventory as JSON, beside it as a table, and the draft. A file that cannot be written is a warning and an empty path. */
export function keepInventory(inventory: Inventory, context: InventoryContext): InventoryOutputs {
  const { folder } = context;
  const { draft, hasDrift } = inventory;
  if (Buffer.byteLength(draft) > maxFileBytes) log.warning(draftTooLarge);
  return {
    drift: hasDrift === null ? '' : String(hasDrift),
    file: tryToWrite('inventory-file', () => writeRows(inventory, context)),
    draft: tryToWrite('access-file-draft', () => {
      const path = freshPath('cloud-access-draft', 'yml', folder);
      writeNew(path, [draft]);
      return path;
    }),
  };
}

function tryToWrite(output: string, write: () => string): string {
  try {
    return write();
  } catch (error) {
    log.warning(notWritten(output, error instanceof Error ? error.message : String(error)));
    return '';
  }
}

function writeRows(inventory: Inventory, { cloud, audit, folder }: InventoryContext): string {
  const path = freshPath('cloud-access-inventory', 'json', folder);
  const { actor, run, commit, environment } = audit;
  const content = {
    schema,
    kind,
    cloud,
    directory: inventory.directory,
    'read-at': isoSeconds(inventory.readAt),
    actor,
    run,
    commit,
    environment,
    files: inventory.files,
    drift: inventory.hasDrift,
    unresolved: inventory.unresolved.map(({ place, lines, reasons }) => ({ row: placeInWords(place), lines, reasons })),
  };
  writeNew(path, withList(content, 'rows', recordsOf(inventory.rows)));
  writeNew(path.replace(/json$/u, 'csv'), tableOf(inventory.rows));
  return path;
}

/** One after the other: of thousands, never all are in memory. */
function* recordsOf(rows: readonly InventoryRow[]): Generator<object> {
  for (const row of rows) yield toInventoryRecord(row);
}

const emptyRow: InventoryRow = {
  grant: {
    kind: 'assignment',
    principal: { id: '', name: null, type: null },
    role: { id: '', name: null },
    target: { id: '', name: null },
  },
  existing: null,
  isPermanent: false,
  inFile: null,
  difference: null,
  place: null,
  expires: null,
  protection: null,
  isSuspect: false,
};

function* tableOf(rows: readonly InventoryRow[]): Generator<string> {
  yield csvLine(Object.keys(toInventoryRecord(emptyRow)));
  for (const row of rows) yield csvLine(Object.values(toInventoryRecord(row)));
}
