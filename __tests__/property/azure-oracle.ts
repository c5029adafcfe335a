import type { AzureEstate, RoleDefinition } from '../../rehearsal/azure/estate.ts';
import { guid, isScope, liesIn, lineOf, placeOf, type Line, type Place } from './azure-oracle-places.ts';
import { azurePrincipalsOf } from './azure-oracle-principals.ts';
import { fault, grants, linesOf, refusal, type Outcome } from './expected.ts';

/** Inputs of a step. */
export interface AzureTexts {
  readonly operation: 'assign' | 'revoke';
  readonly principal: string;
  readonly target: string;
  readonly role: string;
  /** True if `azure-subscription-id` is given: the estate's. */
  readonly inSubscription: boolean;
  readonly allowPrivileged: boolean;
}

/** Results of the texts by docs/bulk.md#lines, computed from the estate alone: it shares no code with the action. */
export function azureOutcomes(texts: AzureTexts, estate: AzureEstate): readonly Outcome[] {
  const all = linesOf(texts.target);
  const lines = all.filter((line) => !line.startsWith('!')).map(lineOf);
  const exclusions = all.filter((line) => line.startsWith('!')).map((line) => lineOf(line.slice(1).trim()));
  const parsed = [...lines, ...exclusions];
  const roleLines = linesOf(texts.role);
  const principals = azurePrincipalsOf(linesOf(texts.principal), estate);
  const wrong = [
    ...(principals.kind === 'wrong' ? ['principal'] : []),
    ...(lines.length === 0 || parsed.includes(null) || leavesRoot(texts) ? ['target'] : []),
    ...(roleLines.length === 0 || roleLines.some(isWrongRole) ? ['role'] : []),
    ...(!texts.inSubscription && parsed.some((line) => line?.kind === 'resource-group')
      ? ['azure-subscription-id']
      : []),
  ];
  if (wrong.length > 0) return [fault(...wrong)];

  const placesOf = (some: readonly (Line | null)[]): readonly Place[] =>
    some.flatMap((line) => (line === null ? [] : [placeOf(line, estate)]));
  const chosen = placesOf(lines);
  const excluded = placesOf(exclusions);
  const unknown = [...chosen, ...excluded].flatMap((place) => ('unknown' in place ? place.unknown : []));
  unknown.push(...(principals.kind === 'unknown' ? principals.about : []));
  if (unknown.length > 0) return [refusal(...unknown)];
  const targets = distinct(chosen.flatMap((place) => ('scope' in place ? [place.scope] : [])));
  const ids = principals.kind === 'found' ? principals.ids : [];
  return [exclude(texts.operation, targets, excluded, estate, (kept) => granted(texts, ids, roleLines, kept, estate))];
}

/** `/` is a scope after an empty expression. */
function leavesRoot({ operation, allowPrivileged, target }: AzureTexts): boolean {
  return operation === 'assign' && !allowPrivileged && linesOf(target).includes('/');
}

function exclude(
  operation: AzureTexts['operation'],
  targets: readonly string[],
  exclusions: readonly Place[],
  estate: AzureEstate,
  granted: (kept: readonly string[]) => Outcome,
): Outcome {
  const covers = (place: Place, target: string): boolean => 'scope' in place && liesIn(target, place.scope, estate);
  const idle = exclusions.filter((place) => !targets.some((target) => covers(place, target)));
  if (idle.length > 0) return refusal(...idle.map(({ line }) => line.text));
  const kept = targets.filter((target) => !exclusions.some((place) => covers(place, target)));
  if (kept.length === 0) return refusal();
  // An assignment above applies below too, with any exclusions there.
  const inside = exclusions.filter(
    (place) => 'scope' in place && kept.some((target) => liesIn(place.scope, target, estate)),
  );
  return operation === 'assign' && inside.length > 0 ? refusal(...inside.map(({ line }) => line.text)) : granted(kept);
}

function granted(
  { operation, allowPrivileged }: AzureTexts,
  principals: readonly string[],
  roles: readonly string[],
  scopes: readonly string[],
  estate: AzureEstate,
): Outcome {
  const found = scopes.flatMap((scope) => roles.map((role) => ({ scope, role, ids: rolesAt(role, scope, estate) })));
  const unclear = found.filter(({ ids }) => ids.length !== 1);
  if (unclear.length > 0) return refusal(...unclear.map(({ role }) => role));
  const refused = operation === 'assign' && !allowPrivileged;
  // The permissions of a role must be read where it is to be assigned, and an ID can be that of a role of another
  // place.
  const strange = found.filter(({ scope, ids }) => ids.some((id) => !isKnownAt(id, scope, estate)));
  if (refused && strange.length > 0) return refusal();
  const caller = estate.servicePrincipals.find(({ appId }) => appId === estate.broker)?.id ?? '';
  const guarded = [
    ...found.flatMap(({ ids }) => ids).filter((id) => handsOutAccess(id, estate)),
    ...principals.filter((principal) => principal.endsWith(` ${caller}`)).map(() => caller),
  ];
  if (refused && guarded.length > 0) return refusal();
  return grants(
    found.flatMap(({ scope, ids }) =>
      ids.flatMap((id) => principals.map((principal) => `${principal} ${id} ${scope}`)),
    ),
  );
}

/** GUIDs of the roles of a line at a scope: a name selects those that are assignable there. */
function rolesAt(line: string, scope: string, estate: AzureEstate): readonly string[] {
  const byId = guid.test(line) ? line : /\/roleDefinitions\/(?<id>[^/]+)$/i.exec(line)?.groups?.['id'];
  if (byId !== undefined) return [byId.toLowerCase()];
  return estate.roleDefinitions
    .filter((role) => role.name.toLowerCase() === line.toLowerCase() && isAssignableAt(role, scope, estate))
    .map(({ id }) => id);
}

function isAssignableAt({ type, assignableScopes = [] }: RoleDefinition, scope: string, estate: AzureEstate): boolean {
  return type === 'BuiltInRole' || assignableScopes.some((above) => liesIn(scope, above, estate));
}

function isKnownAt(id: string, scope: string, estate: AzureEstate): boolean {
  const role = estate.roleDefinitions.find((one) => one.id === id);
  return role !== undefined && isAssignableAt(role, scope, estate);
}

function handsOutAccess(id: string, { roleDefinitions }: AzureEstate): boolean {
  return roleDefinitions.find((role) => role.id === id)?.name === 'Owner';
}

function isWrongRole(line: string): boolean {
  if (line.startsWith('!')) return true;
  if (guid.test(line)) return false;
  const [, scope, id = ''] = /^(.*)\/providers\/Microsoft\.Authorization\/roleDefinitions\/([^/]*)$/i.exec(line) ?? [];
  if (scope !== undefined) return !guid.test(id) || (scope !== '' && !isScope(scope));
  return line.startsWith('/') || /roleDefinitions\//i.test(line);
}

function distinct(scopes: readonly string[]): readonly string[] {
  return [...new Set(scopes.map((scope) => scope.toLowerCase()))];
}
