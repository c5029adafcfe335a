import type { Budget } from '#access/clock';
import { allOrRefused } from '#access/errors';
import type { Principal } from '#access/grant';
import type { Line } from '#access/request';
import { textOf } from '../answer.ts';
import { ambiguousAllowed, nameHidden } from '../messages/principals.ts';
import { findBy, findByIds, type TypedObject } from '../resolve/directory.ts';
import { shown } from '../resolve/near-objects.ts';
import { isSameGuid } from '../resolve/ids.ts';
import type { AzureSession } from '../session.ts';
import { hasWildcard, matchesInAnyCase } from '#access/wildcard';

/** The principals that no line covers: IDs are compared first, then the present names in the directory. */
export async function uncoveredPrincipals(
  session: AzureSession,
  lines: readonly Line[],
  principals: readonly Principal[],
  budget: Budget,
): Promise<readonly Principal[]> {
  const rest = principals.filter((principal) => !lines.some((line) => isSameId(line, principal)));
  const rules = lines.flatMap((line) => ruleOf(line) ?? []);
  if (rest.length === 0 || rules.length === 0) return rest;
  const objects = await findByIds(
    session,
    rest.map(({ id }) => id),
    budget,
  );
  const met = new Set<Rule>();
  const uncovered = rest.filter((principal) => {
    const found = objects.get(principal.id.toLowerCase());
    const rule = found === undefined ? null : coveringRule(principal, found, rules);
    if (rule !== null) met.add(rule);
    return rule === null;
  });
  await allOrRefused([...met].map((rule) => refuseAmbiguous(session, rule, budget)));
  return uncovered;
}

/** Refuses a name that several objects have: anyone can give a group the name of another (P8). */
async function refuseAmbiguous(
  session: AzureSession,
  { type, properties, pattern }: Rule,
  budget: Budget,
): Promise<void> {
  const unique = properties.every((property) => property === 'appId');
  if (unique || hasWildcard(pattern)) return;
  const lists = await Promise.all(
    properties.map((property) => findBy(session, collections[type], property, pattern, budget)),
  );
  const found = new Map(lists.flat().map((object) => [object.id, object]));
  if (found.size > 1) throw ambiguousAllowed(pattern, [...found.values()].map(shown));
}

const collections = { User: 'users', Group: 'groups', ServicePrincipal: 'servicePrincipals' } as const;

/** True if a line is the ID of a principal; an ID with a type covers no principal of another type. */
function isSameId({ kind, value }: Line, { id, type }: Principal): boolean {
  if (!isSameGuid(value, id)) return false;
  return kind === 'object-id' || kind === `${type ?? ''}-id` || (type === null && kind.endsWith('-id'));
}

/** A line about the present names of objects of one type. */
interface Rule {
  readonly type: keyof typeof collections;
  readonly properties: readonly ('userPrincipalName' | 'mail' | 'displayName' | 'appId')[];
  readonly pattern: string;
}

const named = {
  'User-name': { type: 'User', properties: ['userPrincipalName', 'mail'] },
  'Group-name': { type: 'Group', properties: ['displayName'] },
  'ServicePrincipal-name': { type: 'ServicePrincipal', properties: ['displayName'] },
  'client-id': { type: 'ServicePrincipal', properties: ['appId'] },
} as const satisfies Readonly<Record<string, Omit<Rule, 'pattern'>>>;

function ruleOf({ kind, value }: Line): Rule | null {
  return Object.hasOwn(named, kind) ? { ...named[kind as keyof typeof named], pattern: value } : null;
}

/** The rule that covers a principal; names in the directory ignore letter case. */
function coveringRule(principal: Principal, { object, type }: TypedObject, rules: readonly Rule[]): Rule | null {
  if (principal.type !== null && principal.type !== type) return null;
  const ofType = rules.filter((rule) => rule.type === type);
  const met = ofType.find(({ properties, pattern }) =>
    properties.some((property) => {
      const name = textOf(object[property]);
      return name !== null && matchesInAnyCase(pattern, name);
    }),
  );
  // A principal can lack a mail address; any other empty property is hidden from the caller.
  const hidden = ofType.find(({ properties: [first] }) => first !== undefined && textOf(object[first]) === null);
  if (met === undefined && hidden !== undefined) throw nameHidden(type, principal.id);
  return met ?? null;
}
