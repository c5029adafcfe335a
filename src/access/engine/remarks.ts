import { grantsSuchAs, moreRemarks } from '../messages/changes.ts';
import type { Budget } from '../clock.ts';
import type { ChangeKind } from '../cloud.ts';
import { describeGrant, type Grant, type Words } from '../grant.ts';
import { isChanged, type Result } from '../outcome.ts';
import type { RunTools } from './run-tools.ts';
import { capital } from '../words.ts';

/** Effects that no read shows: a change takes time to be enforced, and does not undo everything that a grant allowed. */
export async function remarksOn(
  results: readonly Result[],
  kind: ChangeKind,
  { cloud, clock, signal }: Pick<RunTools, 'cloud' | 'clock' | 'signal'>,
): Promise<readonly string[]> {
  // What waits for a person has changed nothing yet.
  const ended = results.filter(({ outcome: { status } }) => status !== 'FAILED' && status !== 'PENDING_APPROVAL');
  if (signal.aborted) return [];
  const budget: Budget = { until: clock.now() + 30_000, signal };
  const remarks = await Promise.all(
    ended.map((result) => {
      const verified = result.outcome.status === 'SUCCEEDED';
      const it = { kind, grant: result.grant, changed: isChanged(result), verified };
      return cloud.remarkOn(it, budget).catch(() => null);
    }),
  );
  const those = new Map<string, Grant[]>();
  for (const [index, { grant }] of ended.entries()) {
    const remark = remarks[index] ?? null;
    if (remark === null) continue;
    const grants = those.get(remark) ?? [];
    grants.push(grant);
    those.set(remark, grants);
  }
  const all = [...those].map(([remark, grants]) => remarkInWords(remark, grants, results.length, cloud.words));
  if (all.length <= mostRemarks) return all;
  return [...all.slice(0, mostRemarks), moreRemarks(all.length - mostRemarks)];
}

const mostRemarks = 20;

/** A remark with the grants that it is about, unless it is about all. */
function remarkInWords(remark: string, grants: readonly Grant[], all: number, words: Words): string {
  const [first] = grants;
  if (first === undefined || grants.length === all) return remark;
  const subject = describeGrant(first, words);
  return `${grants.length === 1 ? capital(subject) : grantsSuchAs(grants.length, subject)}: ${remark}`;
}
