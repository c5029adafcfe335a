import type { Budget } from '../../clock.ts';
import { remarksOn } from '../../engine/remarks.ts';
import type { Run } from '../../engine/run.ts';
import { describeGrant } from '../../grant.ts';
import { toBeEnded, toBeTidied } from '../../messages/lease-operations.ts';
import { refused, succeeded, type Result } from '../../outcome.ts';
import type { SweepRequest } from '../../request.ts';
import type { Leases } from '../port.ts';
import { forEach, type LeaseRunTools, runOf, untouched } from './each.ts';

export async function sweep(
  request: SweepRequest,
  leases: Leases,
  tools: LeaseRunTools,
  reading: Budget,
): Promise<Run> {
  const { clock, log } = tools;
  const { items, notices, suspects } = await leases.findDue(request, reading);
  for (const notice of notices) log.info(notice);
  const now = clock.now();
  const looked = suspects.map((it) => untouched(it.grant, 'refuse', refused(it), now));
  for (const { grant, why, due } of items)
    log.info((due ? toBeEnded : toBeTidied)(describeGrant(grant, tools.cloud.words), why));
  if (request.dryRun) {
    const results = items
      .filter((it) => it.due)
      .map(({ grant }) => untouched(grant, 'remove', succeeded(null, true), now));
    return runOf([...results, ...looked], notices);
  }
  const results = await forEach(
    items,
    ({ grant }) => ({ grant, kind: 'remove', action: 'remove' }),
    request,
    tools,
    (item, doing) => item.sweep(doing),
  );
  // One object for each lease that was ended, or could not be: a sentence reports the rest.
  const isWorthTelling = ({ outcome }: Result): boolean => outcome.status !== 'SUCCEEDED' || outcome.changed;
  const quiet = results.filter((it) => !isWorthTelling(it));
  const told = quiet.flatMap(({ outcome }) => (outcome.status === 'SUCCEEDED' ? (outcome.remark ?? []) : []));
  const quietly = counted(told);
  for (const sentence of quietly) log.info(sentence);
  const ended = results.filter(isWorthTelling);
  return runOf([...ended, ...looked], [...notices, ...quietly], await remarksOn(ended, 'remove', tools));
}

/** Each sentence once, with the number of grants that it applies to. */
function counted(sentences: readonly string[]): readonly string[] {
  return [...Map.groupBy(sentences, (it) => it)].map(([sentence, those]) =>
    those.length === 1 ? sentence : `${those.length} ×: ${sentence}`,
  );
}
