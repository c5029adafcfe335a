/**
 * `npm run bench`, or `npm run bench bulk` for one part: the figures that this project promises, printed beside their
 * goals. Times are ratios to a bare `node -e 0` in the same run, taken in turn, since machines are shared and noisy, or
 * times on a virtual clock. Nothing here fails a build.
 */
import { measureBulkAzure } from './bulk-azure.ts';
import { measureBulk } from './bulk.ts';
import { measureCli } from './cli.ts';
import { measureGrowth } from './growth.ts';
import { measureLag } from './lag.ts';
import { measureLease } from './lease.ts';
import { measureRequests } from './requests.ts';
import { measureSize } from './size.ts';
import { measureStart } from './start.ts';
import { printTable, type Row } from './table.ts';

const parts: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  size: measureSize,
  start: measureStart,
  requests: measureRequests,
  lag: measureLag,
  lease: measureLease,
  cli: measureCli,
  bulk: measureBulk,
  'bulk-azure': measureBulkAzure,
  growth: measureGrowth,
};

const wanted = process.argv.slice(2);
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  printTable(name, await measure());
}
