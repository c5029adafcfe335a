import { readingBudget, type Budget } from '../clock.ts';
import { changeOf } from '../engine/carry-out.ts';
import { foresee, settlePlan } from '../engine/planning.ts';
import { remarksOn } from '../engine/remarks.ts';
import type { Run } from '../engine/run.ts';
import type { RunTools } from '../engine/run-tools.ts';
import type { Words } from '../grant.ts';
import { checkGuards } from '../plan/guards.ts';
import { printPlan } from '../plan/log.ts';
import { permanent } from '../request.ts';
import type { Step } from '../plan/plan.ts';
import type { GrantRow, Selecting } from './access-file.ts';
import { mostRemovals, refuseTooManyRemovals, carryOutRemovals, stayed, stepOf } from './removing.ts';
import { documentFiles } from './documenting.ts';
import { grantKey, isExpired, type Wanted } from './wanted.ts';
import { sortOut, withoutProtected, type Found, type Leftover } from './leftovers.ts';
import { tellNotices } from './notices.ts';
import { selectionsOf } from './look-up.ts';
import { listingFor, type AccessPort, type Listing, type Selection } from './port.ts';
import { readFiles, type Said } from './reading-files.ts';
import { type FileRequest, requestFor } from './request.ts';

/** Removes what has expired rows only, and nothing else; what is in no row is not looked at. */
export async function revokeExpired(request: FileRequest, access: AccessPort, tools: RunTools): Promise<Run> {
  const { cloud, clock, signal, log, planning } = tools;
  const { words } = cloud;
  const budget = readingBudget(clock, signal);
  const said = await readFiles(request.files, { access, clock, words }, budget);
  const { found, notices: listed } = await findExpired(request, said, access, tools, budget);
  const expired = [...said.expired.values()];
  const { free, guarded } = await withoutProtected(found.leftovers, request.allowPrivileged, access, planning, budget);
  const grants = expired.map(({ grant }) => grant);
  await checkGuards(requestFor(request, 'revoke'), { grants, refusals: [] }, cloud, budget);
  const notices = tellNotices(said, listed, { extra: [], guarded, staying: found.staying }, words, log);
  const steps = stepsFor(expired, free, found, words);
  printPlan(steps, permanent, words, log);
  await settlePlan((context) => documentFiles(steps, [], request, said, context, planning, words), budget, tools);
  const { maxRemovals } = request;
  refuseTooManyRemovals(free, mostRemovals(maxRemovals, said.owns.length === 0 ? null : found.permanent), words);
  if (request.dryRun) return { results: foresee(steps, clock), notices, remarks: [], lack: null };
  const results = await carryOutRemovals(steps, free, request, access, tools);
  const stay = stayed(results, words);
  for (const notice of stay) log.notice(notice);
  const remarks = await remarksOn(results, changeOf.revoke, tools);
  return { results, notices: [...notices, ...stay], remarks, lack: null };
}

/** Lists what exists of the expired rows; all that the files own only where a percentage of it bounds the removals. */
async function findExpired(
  { files, maxRemovals }: FileRequest,
  said: Said,
  access: AccessPort,
  { cloud: { words }, clock }: RunTools,
  budget: Budget,
): Promise<{ readonly found: Found; readonly notices: readonly string[] }> {
  const isShare = maxRemovals !== null && maxRemovals.percent !== null && said.owns.length > 0;
  const now = clock.now();
  const rows = files.flatMap(({ grants }) => grants.filter((row) => isExpired(row, now)));
  const within = isShare ? said.owns : await selectRows(rows, said, access, budget);
  const listing: Listing = within.length === 0 ? nothingListed : await access.list(within, listingFor.removals, budget);
  const found = sortOut(listing.existing, said, within, words);
  // What shares a place with an expired row, or is in no row at all, is none of this operation's business.
  const ofRows = found.leftovers.filter(({ cause }) => cause === 'expired');
  const staying = found.staying.filter(({ existing: { grant } }) => said.expired.has(grantKey(grant, words)));
  return { found: { ...found, leftovers: ofRows, staying }, notices: listing.notices };
}

const nothingListed: Listing = { existing: [], notices: [] };

async function selectRows(
  rows: readonly GrantRow[],
  { forgotten }: Said,
  access: AccessPort,
  budget: Budget,
): Promise<readonly Selection[]> {
  const unresolved = new Set(forgotten);
  const selecting = rows.filter((row) => !unresolved.has(row)).map(selectingOf);
  if (selecting.length === 0) return [];
  return selectionsOf(await access.select(selecting, budget));
}

function selectingOf({ principals, roles, targets, exclusions }: GrantRow): Selecting {
  return { principals, roles, targets, exclusions, principalTypes: null, below: false };
}

/** A step for each expired row: what exists and must stay has none. */
function stepsFor(
  expired: readonly Wanted[],
  removals: readonly Leftover[],
  { there }: Found,
  words: Words,
): readonly Step[] {
  const removing = new Map(removals.map((it) => [grantKey(it.existing.grant, words), stepOf(it)]));
  return expired.flatMap(({ grant }): readonly Step[] => {
    const key = grantKey(grant, words);
    const step = removing.get(key);
    if (step !== undefined) return [step];
    return there.has(key) ? [] : [{ action: 'keep', grant, seen: null }];
  });
}
