import { Refusal } from '#access/errors';
import { listed } from '#access/words';

/** One of several roles. @param scopes where it can be assigned */
export const roleAmong = (id: string, type: string, scopes: readonly string[]): string =>
  `${id} (${type}${scopes.length === 0 ? '' : `, for ${listed(scopes, 3)}`})`;

export const severalRoles = (name: string, scope: string, found: readonly string[]): Refusal =>
  new Refusal(
    `"${name}" is the name of ${found.length} roles at ${scope}: ${found.join(', ')}.`,
    'Use the GUID or the full ID of the one that you mean.',
  );

/** @param scopes those that have no such role @param near the sentences about similar names */
export const noSuchRole = (name: string, scopes: readonly string[], near: string): Refusal =>
  new Refusal(
    `No role named "${name}" can be assigned at ${listed(scopes, 4)}.${near}`,
    'Correct role, or use its GUID. A custom role needs the scope, or one above it, in its assignableScopes.',
  );

export const canHandOut = (role: string, action: string): Refusal =>
  new Refusal(
    `The role ${role} can hand out access (${action}). By default, this action refuses such roles.`,
    'Choose a role that cannot. Only if you mean exactly this grant and it was reviewed, set allow-privileged: true in a step that grants nothing else.',
  );

export const canSignInAsOthers = (role: string, action: string): string =>
  `The role ${role} can write federated credentials (${action}). Its holder can sign in as each managed identity at or below the scope. Grant it only where none of them has more access than the holder is meant to have.`;

export const permissionsUnknown = (guid: string): string =>
  `Could not read the permissions of the role ${guid} (requires Microsoft.Authorization/roleDefinitions/read), so this action cannot check whether the role can hand out access.`;

export const nameUnknown = (guid: string): Refusal =>
  new Refusal(
    `The definition of the role ${guid} has no name, so this action cannot check whether allowed-roles covers it.`,
    'In allowed-roles, use GUIDs, which need no lookup.',
  );
