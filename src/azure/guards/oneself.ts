import { budgetWith, type Budget } from '#access/clock';
import { isInWords, isOfKind, Refusal } from '#access/errors';
import { nameAndId, type Principal } from '#access/grant';
import type { Log } from '#access/tools';
import { notAsDocumented } from '../answer.ts';
import { inBatches } from '../resolve/gather.ts';
import { isSameGuid } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';
import type { Caller } from '../sign-in/access-token.ts';

/** Graph checks at most so many groups in one request. Source: Microsoft Graph v1.0, directoryObject: checkMemberGroups. */
const mostGroups = 20;

/** A grant waits for what the directory says of groups for so long, in milliseconds, and goes on without it; for so long it asks a directory that fails again. */
const patienceMs = 10_000;
const faultsMs = 2_000;

/**
 * What refuses grants to the very identity that makes them, by way of groups too, unless that is allowed (P10).
 *
 * @param mayAsk whether the directory is asked: a grant by ids needs no right in it and sends it nothing
 */
export async function refuseGrantsToOneself(
  session: AzureSession,
  principals: readonly Principal[],
  caller: Caller,
  mayAsk: boolean,
  budget: Budget,
): Promise<readonly Refusal[]> {
  const ids = principals.map(({ id }) => id);
  const oneself = refuseOneself(ids, caller, session.tools.log);
  const groups = mayAsk ? await groupsOf(session, caller, principals, budget) : [];
  return [...(oneself === null ? [] : [oneself]), ...groups.map(refuseOwnGroup)];
}

/** Exported for its test. */
export function refuseOneself(principalIds: readonly string[], { objectId }: Caller, log: Log): Refusal | null {
  if (objectId === null) {
    log.warning(
      'The access token does not say whom it was given to, so that nobody can say whether this is a grant to oneself.',
    );
    return null;
  }
  const oneself = principalIds.find((id) => isSameGuid(id, objectId));
  if (oneself === undefined) return null;
  return new Refusal(
    `The principal ${oneself} is the identity that this job signs in as: a grant to oneself is refused by default.`,
    onlyIfMeant,
  );
}

function refuseOwnGroup(group: Principal): Refusal {
  return new Refusal(
    `The identity that this job signs in as is a member of the group ${nameAndId(group)}: a grant to oneself by way of a group is refused by default.`,
    onlyIfMeant,
  );
}

const onlyIfMeant =
  'Choose another principal. Only if this very grant is meant and was reviewed, set allow-privileged: true, in a step that grants nothing else.';

/** Those of the principals that are groups with the caller in them, as far as it is allowed to read the directory. */
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
    if (!isOfKind(error, 'denied', 'not-found', 'invalid'))
      log.info(`Whether the identity of this job is in a group of these grants is not known: ${error.message}`);
    return [];
  };
  const path = `/directoryObjects/${objectId}/checkMemberGroups`;
  const answers = await Promise.all(
    inBatches(ids, mostGroups).map((groupIds) => session.graph(path, short, idsIn, { groupIds }).catch(unknown)),
  );
  const own = answers.flat();
  return groups.filter(({ id }) => own.some((it) => isSameGuid(it, id)));
}

function idsIn(answer: unknown): readonly string[] {
  const { value } = (answer ?? {}) as { readonly value?: unknown };
  if (Array.isArray(value) && value.every((id) => typeof id === 'string')) return value;
  throw notAsDocumented(200);
}
