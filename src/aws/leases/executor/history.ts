import type { Budget } from '#access/clock';
import type { Family, OperationEntry } from '../../family.ts';
import type { HistorySpan } from '../steps/records.ts';

/** Most pages that are read of a status list, and most operations that are described. */
const mostPages = 10;
const mostDescribed = 200;

interface Entry {
  readonly id: string;
  readonly at: number;
}

/**
 * True if the existing access is the lease of a spent timer: a SUCCEEDED creation of the grant in that time, no SUCCEEDED
 * deletion after it, and lists that reach back that far. Each doubt is a no. How long AWS keeps the lists is not
 * documented. Source: docs/design/leases.md#what-proves-a-lease.
 */
export async function isProvenByHistory(
  key: string,
  span: HistorySpan,
  creations: Family,
  deletions: Family,
  budget: Budget,
): Promise<boolean> {
  const [made, removed] = await Promise.all([succeeded(creations, budget), succeeded(deletions, budget)]);
  if (made === null || removed === null) return false;
  // The lists have whole seconds: an assignment of the second of the oldest record was created with it.
  const after = Math.floor(span.after / 1_000) * 1_000;
  const candidates = made.filter(({ at }) => at >= after && at < span.before);
  const creation = await newestOf(candidates, key, creations, budget);
  if (creation === null || !removed.some(({ at }) => at < creation.at)) return false;
  const since = removed.filter(({ at }) => at >= creation.at);
  if (since.length > mostDescribed) return false;
  return (await newestOf(since, key, deletions, budget)) === null;
}

/** The SUCCEEDED operations, the newest first; `null` where there are too many to read. */
async function succeeded(family: Family, budget: Budget): Promise<readonly Entry[] | null> {
  const list = family.list('SUCCEEDED');
  while (!list.isDone() && list.pagesRead() < mostPages) await list.next(budget);
  return list.isDone() ? list.items.flatMap(entryOf).sort((a, b) => b.at - a.at) : null;
}

function entryOf({ RequestId, CreatedDate }: OperationEntry): readonly Entry[] {
  return RequestId === undefined || CreatedDate === undefined ? [] : [{ id: RequestId, at: CreatedDate.getTime() }];
}

async function newestOf(entries: readonly Entry[], key: string, family: Family, budget: Budget): Promise<Entry | null> {
  for (const entry of entries.slice(0, mostDescribed)) {
    const { key: about } = await family.describe(entry.id, budget);
    if (about === key) return entry;
  }
  return null;
}
