/**
 * The figures that this project promises, printed beside their goals. Times are ratios to a bare `node -e 0` in the same
 * run, taken in turn, since machines are shared and noisy, or times on a virtual clock. Nothing here fails a build.
 */
import { commandLine, misused } from '../scripts/command.ts';
import { measureBulkAzure } from './bulk-azure.ts';
import { measureBulkAzureLease } from './bulk-lease-azure.ts';
import { measureBulkLease } from './bulk-lease.ts';
import { measureBulk } from './bulk.ts';
import { measureCli } from './cli.ts';
import { measureGrowth } from './growth.ts';
import { measureInventory } from './inventory.ts';
import { measureLag } from './lag.ts';
import { measureLease } from './lease.ts';
import { measureLoading } from './loading.ts';
import { record } from './recorded.ts';
import { measureRequests } from './requests.ts';
import { measureSize } from './size.ts';
import { measureStart } from './start.ts';
import { printTable, type Row } from './table.ts';

const parts: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  size: measureSize,
  start: measureStart,
  loading: measureLoading,
  requests: measureRequests,
  lag: measureLag,
  lease: measureLease,
  cli: measureCli,
  bulk: measureBulk,
  'bulk-lease': measureBulkLease,
  'bulk-azure': measureBulkAzure,
  'bulk-azure-lease': measureBulkAzureLease,
  growth: measureGrowth,
  inventory: measureInventory,
};

const usage = `npm run bench [part …] [-- --record]

  part      ${Object.keys(parts).join(', ')}; all of them unless some are named
  --record  keeps the figures for docs/design/performance.md`;

const { values, positionals } = commandLine(usage, { record: { type: 'boolean' } }, true);
const unknown = positionals.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) misused(usage, `There is no part ${unknown}.`);
for (const [name, measure] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const rows = await measure();
  printTable(name, rows);
  if (values.record === true) record(name, rows);
}
