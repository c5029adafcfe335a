import type { Budget } from '../../access/clock.ts';
import { instead } from '../../access/errors.ts';
import type { Principal } from '../../access/grant.ts';
import { notAsDocumented } from '../answer.ts';
import type { AzureSession } from '../session.ts';
import type { Caller } from '../sign-in/sign-in.ts';

/** Graph checks at most so many groups in one request. Source: Microsoft Graph v1.0, directoryObject: checkMemberGroups. */
const mostGroups = 20;

/**
 * Those of these principals that are groups with the caller in them, by way of other groups too. The directory is asked
 * only where it was asked for a name before: ids need no right in it. Where it may not be asked this, none is known.
 */
export async function groupsOf(
  session: AzureSession,
  { objectId }: Caller,
  principals: readonly Principal[],
  budget: Budget,
): Promise<readonly Principal[]> {
  const groups = principals.filter(({ type }) => type === 'Group');
  if (objectId === null || groups.length === 0 || principals.every(({ name }) => name === null)) return [];
  const batches = Array.from({ length: Math.ceil(groups.length / mostGroups) }, (_, index) =>
    groups.slice(index * mostGroups, (index + 1) * mostGroups).map(({ id }) => id),
  );
  const answers = await Promise.all(
    batches.map((groupIds) =>
      session
        .graph(`/directoryObjects/${objectId}/checkMemberGroups`, budget, idsIn, { groupIds })
        .catch(instead(['denied', 'not-found', 'invalid'], [] as readonly string[])),
    ),
  );
  const own = new Set(answers.flat().map((id) => id.toLowerCase()));
  return groups.filter(({ id }) => own.has(id.toLowerCase()));
}

function idsIn(answer: unknown): readonly string[] {
  const { value } = (answer ?? {}) as { readonly value?: unknown };
  if (Array.isArray(value) && value.every((id) => typeof id === 'string')) return value;
  throw notAsDocumented(200);
}
