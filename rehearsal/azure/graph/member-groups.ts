import { isGuid } from '../../guid.ts';
import type { AzureEstate } from '../estate.ts';
import { directoryObjects } from './objects.ts';
import { GraphError, refusals } from './refusal.ts';

/** [docs] directoryObject: checkMemberGroups. */
const MOST_GROUPS = 20;

/** Groups of a list that an object is in, through other groups too. */
export function memberGroups(estate: AzureEstate, id: string, body: unknown): readonly string[] {
  const { groupIds } = (typeof body === 'object' && body !== null ? body : {}) as { readonly groupIds?: unknown };
  if (
    !Array.isArray(groupIds) ||
    groupIds.length === 0 ||
    !groupIds.every((one) => typeof one === 'string' && isGuid(one))
  )
    throw new GraphError(400, 'Request_BadRequest', "Invalid value specified for property 'groupIds'.");
  if (groupIds.length > MOST_GROUPS)
    throw new GraphError(400, 'Request_BadRequest', `Too many groupIds: ${groupIds.length}; at most ${MOST_GROUPS}.`);
  if (!directoryObjects(estate).some(({ object }) => object.id === id.toLowerCase())) throw refusals.notFound(id);
  const within = new Set([id.toLowerCase()]);
  for (const member of within)
    for (const group of estate.groups)
      if (group.members?.some((one) => one.toLowerCase() === member) === true) within.add(group.id.toLowerCase());
  return (groupIds as readonly string[]).filter(
    (one) => one.toLowerCase() !== id.toLowerCase() && within.has(one.toLowerCase()),
  );
}
