import { budgetWith, type Budget } from '#access/clock';
import { isInWords, isOfKind, type Refusal } from '#access/errors';
import { nameAndId, type Principal } from '#access/grant';
import type { Log } from '#access/tools';
import { notAsDocumented } from '../answer.ts';
import { grantToOneself, grantToOwnGroup, oneselfUnknown, ownGroupsUnknown } from '../messages/principals.ts';
import { inBatches } from '../resolve/gather.ts';
import { isSameGuid } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';
import type { Caller } from '../sign-in/access-token.ts';

/** Number of groups that Graph checks in one request at most. Source: Microsoft Graph v1.0, directoryObject: checkMemberGroups. */
const mostGroups = 20;

/** Time that a grant waits for the directory to name groups, and time that it retries a failing directory, in milliseconds. */
const patienceMs = 10_000;
const faultsMs = 2_000;

/**
 * Refuses grants to the identity that makes them, and to its groups, unless that is allowed (P10).
 *
 * @param mayAsk whether the directory is asked: a grant by IDs needs no permission in it and sends it nothing
 */
export async function refuseGrantsToOneself(
  session: AzureSession,
  principals: readonly Principal[],
  caller: Caller,
  mayAsk: boolean,
  budget: Budget,
): Promise<readonly Refusal[]> {
  return [...(await grantsToOneself(session, principals, caller, mayAsk, budget)).values()];
}

/** The same refusals, by the IDs of the principals. */
export async function grantsToOneself(
  session: AzureSession,
  principals: readonly Principal[],
  caller: Caller,
  mayAsk: boolean,
  budget: Budget,
): Promise<ReadonlyMap<string, Refusal>> {
  const ids = principals.map(({ id }) => id);
  const oneself = refuseOneself(ids, caller, session.tools.log);
  const groups = mayAsk ? await groupsOf(session, caller, principals, budget) : [];
  return new Map([
    ...(oneself === null ? [] : [[ids.find((id) => isSameGuid(id, caller.objectId ?? '')) ?? '', oneself] as const]),
    ...groups.map((group) => [group.id, grantToOwnGroup(nameAndId(group))] as const),
  ]);
}

/** Exported for its test. */
export function refuseOneself(principalIds: readonly string[], { objectId }: Caller, log: Log): Refusal | null {
  if (objectId === null) {
    log.warning(oneselfUnknown);
    return null;
  }
  const oneself = principalIds.find((id) => isSameGuid(id, objectId));
  return oneself === undefined ? null : grantToOneself(oneself);
}

/** The groups among the principals that the caller is a member of, as far as it is allowed to read the directory. */
async function groupsOf(
  session: AzureSession,
  { objectId }: Caller,
  principals: readonly Principal[],
  budget: Budget,
): Promise<readonly Principal[]> {
  const { clock, log } = session.tools;
  const groups = principals.filter(({ type }) => type === 'Group' || type === null);
  if (objectId === null || groups.length === 0 || (await session.environment(budget)).graph === null) return [];
  const ids = groups.map(({ id }) => id);
  const until = clock.now() + patienceMs;
  const short = budgetWith(budget, { faultsMs }, () => Math.min(budget.until, until));
  const unknown = (error: unknown): readonly string[] => {
    if (!isInWords(error) || budget.signal.aborted) throw error;
    if (!isOfKind(error, 'denied', 'not-found', 'invalid')) log.info(ownGroupsUnknown(error.message));
    return [];
  };
  const own = await memberGroups(session, objectId, ids, short, unknown);
  return groups.filter(({ id }) => own.some((it) => isSameGuid(it, id)));
}

/** Those of some groups that an object is a member of, through other groups too. @param refused for `catch` */
export async function memberGroups(
  session: AzureSession,
  objectId: string,
  ids: readonly string[],
  budget: Budget,
  refused: (error: unknown) => readonly string[],
): Promise<readonly string[]> {
  const path = `/directoryObjects/${objectId}/checkMemberGroups`;
  const answers = await Promise.all(
    inBatches(ids, mostGroups).map((groupIds) => session.graph(path, budget, idsIn, { groupIds }).catch(refused)),
  );
  return answers.flat();
}

function idsIn(answer: unknown): readonly string[] {
  const { value } = (answer ?? {}) as { readonly value?: unknown };
  if (Array.isArray(value) && value.every((id) => typeof id === 'string')) return value;
  throw notAsDocumented(200);
}
