import type { Budget } from '#access/clock';
import { CloudError } from '#access/errors';
import { candidate, type Candidate } from '#access/near';
import { ask, selected, type DirectoryObject } from './directory.ts';
import type { AzureSession } from '../session.ts';

/** Enough for a hint, in one request. */
const some = '$top=100';

/**
 * Objects whose names begin like a name that no object has, for a hint, as far as the caller can read them. Source: Microsoft
 * Graph, "Use the $filter query parameter": `startswith` and `or` need no advanced query.
 */
export async function findNear(
  session: AzureSession,
  collection: 'users' | 'groups' | 'servicePrincipals',
  name: string,
  budget: Budget,
): Promise<readonly Candidate[]> {
  const property = collection === 'users' ? 'userPrincipalName' : 'displayName';
  // Odd characters and misspellings are mostly after the beginning of a name; a space can be before it.
  const plain = /^[\w .@-]*/u.exec(name)?.[0] ?? '';
  const start = plain.slice(0, Math.max(3, Math.ceil(name.length / 2)));
  if (start.length < 2) return [];
  const begins = (text: string): string => `startswith(${property},'${text}')`;
  const filter = encodeURIComponent(`${begins(start)} or ${begins(` ${start}`)}`);
  const path = `/${collection}?$filter=${filter}&$select=${selected(collection)}&${some}`;
  const found = await ask(session, path, budget, undefined, false).catch(orNone);
  return found.map((it) => asCandidate(it, it[property] ?? it.displayName ?? ''));
}

function orNone(error: unknown): readonly DirectoryObject[] {
  if (error instanceof CloudError) return [];
  throw error;
}

/** An object among others, with what distinguishes it from others of the same name. */
function asCandidate(object: DirectoryObject, name: string): Candidate {
  const { id, appId, servicePrincipalType, groupTypes, mail } = object;
  const types: readonly unknown[] = Array.isArray(groupTypes) ? groupTypes : [];
  const notes = [
    appId == null ? '' : `client ID ${appId}`,
    servicePrincipalType ?? '',
    types.includes('Unified') ? 'Microsoft 365 group' : '',
    mail == null || mail === name ? '' : mail,
  ].filter((it) => it !== '');
  return { id, name, note: notes.length === 0 ? undefined : notes.join(', ') };
}

/** One of several objects in a message. */
export function shown(object: DirectoryObject): string {
  return candidate(asCandidate(object, object.userPrincipalName ?? object.displayName ?? object.id));
}
