import { isGuid } from '../../guid.ts';
import type { AzureEstate } from '../estate.ts';
import { directoryObjects, typeNames, type TypeName, type Wire } from './objects.ts';
import { GraphError } from './refusal.ts';

/** [docs] directoryObject: getByIds. */
const MOST_IDS = 1000;

/**
 * Without types all objects of the directory itself are meant, which excludes representations of another tenant's
 * objects.
 */
const unasked: readonly TypeName[] = typeNames.filter((name) => name !== 'directoryObjectPartnerReference');

/** The objects of some IDs; missing ones are left out. `bare`: only type and ID. */
export function getByIds(estate: AzureEstate, body: unknown, bare: boolean): readonly Wire[] {
  const { ids, types } = read(body);
  const wanted = new Set(ids.map((id) => id.toLowerCase()));
  return directoryObjects(estate)
    .filter(({ type, object }) => wanted.has(object.id) && types.includes(type))
    .map(({ type, object }) => ({
      '@odata.type': `#microsoft.graph.${type}`,
      ...(bare ? { id: object.id } : object),
    }));
}

function read(body: unknown): { readonly ids: readonly string[]; readonly types: readonly TypeName[] } {
  const { ids, types } = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  if (!isTexts(ids) || ids.length === 0 || !(types === undefined || isTexts(types)))
    throw new GraphError(400, 'Request_BadRequest', "Invalid value specified for property 'ids' or 'types'.");
  if (ids.length > MOST_IDS)
    throw new GraphError(400, 'Request_BadRequest', `Too many ids: ${ids.length}; at most ${MOST_IDS} are allowed.`);
  for (const id of ids) if (!isGuid(id)) throw new GraphError(400, 'Request_BadRequest', `Invalid GUID:${id}`);
  if (types === undefined || types.includes('directoryObject')) return { ids, types: unasked };
  return { ids, types: types.map(typeNamed) };
}

function typeNamed(name: string): TypeName {
  const known = typeNames.find((type) => type.toLowerCase() === name.toLowerCase());
  if (known === undefined)
    throw new GraphError(400, 'Request_BadRequest', `Invalid resource type '${name}' specified in types.`);
  return known;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
