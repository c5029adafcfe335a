import { ok, wrong, type Parsed } from '#access/declaration';
import type { Line, Part } from '#access/request';
import { distinctBy } from '#access/distinct';
import * as faults from '../messages/lines.ts';
import { guid, resourceGroupName, roleDefinitionId, parseScope } from './ids.ts';

/** Principal types as Azure spells them. Source: docs/design/azure.md#role-assignments. */
export const principalTypes = ['User', 'Group', 'ServicePrincipal', 'ForeignGroup', 'Device'] as const;
export type PrincipalType = (typeof principalTypes)[number];

/** Kinds of lines of `principal`, `target` and `role` on Azure. */
export type LineKind =
  | `${PrincipalType}-id`
  | 'User-name'
  | 'Group-name'
  | 'ServicePrincipal-name'
  | 'client-id'
  | 'object-id'
  | 'scope'
  | 'subscription-name'
  | 'resource-group'
  | 'management-group'
  | 'role-guid'
  | 'role-id'
  | 'role-name';

/** Lines without duplicates. */
export function distinctLines(lines: readonly Line[]): readonly Line[] {
  return distinctBy(lines, lineKey);
}

/** The same for lines with the same meaning. */
export function lineKey({ kind, value }: Line): string {
  return `${kind} ${value}`;
}

function line(text: string, kind: LineKind, value: string): Parsed<Line> {
  return ok({ text, kind, value });
}

/** User principal names have at most 113 characters, display names 256, mail addresses a few more. */
const longestName = 1_024;

const types: Readonly<Record<string, PrincipalType | 'app'>> = {
  user: 'User',
  group: 'Group',
  'service-principal': 'ServicePrincipal',
  app: 'app',
  'foreign-group': 'ForeignGroup',
  device: 'Device',
};

/** A correct line of each kind. */
const exampleOf: Readonly<Record<PrincipalType | 'app', string>> = {
  User: 'user:ann@example.com',
  Group: 'group:Payments On-Call',
  ServicePrincipal: 'service-principal:payments-deploy',
  app: 'app:0a1b2c3d-1111-4222-8333-444455556666',
  ForeignGroup: 'foreign-group:0a1b2c3d-1111-4222-8333-444455556666',
  Device: 'device:0a1b2c3d-1111-4222-8333-444455556666',
};

/** `user:…`, `group:…`, `service-principal:…`, `app:<client id>`, `foreign-group:<id>`, `device:<id>`, an object id, or a name with `principal-type`. */
export function parsePrincipal(text: string, principalType: string | null): Parsed<Line> {
  const prefixed = /^(?<prefix>[a-z-]+):(?<value>.*)$/su.exec(text)?.groups;
  const known = Object.hasOwn(types, prefixed?.['prefix'] ?? '') ? types[prefixed?.['prefix'] ?? ''] : undefined;
  const value = (known === undefined ? text : (prefixed?.['value'] ?? '')).trim();
  const example = known === undefined ? undefined : exampleOf[known];
  if (value === '') return wrong(faults.namesNoPrincipal(text), example);
  const isId = guid.test(value);
  if (known === 'app') {
    return isId ? line(text, 'client-id', value) : wrong(faults.nameOfApplication(text), example);
  }
  if (value.length > longestName) return wrong(faults.longPrincipal(text));
  if (value.startsWith('/subscriptions/')) {
    return wrong(faults.resourceAsPrincipal(text), `service-principal:${someone}`);
  }
  if (value.startsWith('@')) return wrong(faults.nothingBeforeAt(text), `user:ann${value}`);
  const type = known ?? principalTypes.find((it) => it === principalType);
  if (isId) return line(text, type === undefined ? 'object-id' : `${type}-id`, value);
  if (type === undefined) return wrong(faults.principalWithoutType(text), withPrefix(text));
  if (type === 'ForeignGroup' || type === 'Device') return wrong(faults.nameOfIdOnlyType(text, type), example);
  return line(text, `${type}-name`, value);
}

const itself = (...words: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(words.map((word) => [word, word]));

/** The prefixes of lines, and the names of other tools for them. */
export const prefixes = {
  principal: {
    ...itself(...Object.keys(types)),
    sp: 'service-principal',
    spn: 'service-principal',
    mi: 'service-principal',
    msi: 'service-principal',
    'managed-identity': 'service-principal',
    identity: 'service-principal',
    upn: 'user',
    'client-id': 'app',
    application: 'app',
  },
  target: {
    ...itself('subscription', 'resource-group', 'management-group'),
    sub: 'subscription',
    rg: 'resource-group',
  },
  role: {},
};

/** A likely meaning of a line without a prefix: an e-mail address, a name. */
function withPrefix(text: string): string | undefined {
  if (/^[^\s@:]+@[^\s@:]+$/u.test(text)) return `user:${text}`;
  return /^[\p{L}\p{N}][^:]*$/u.test(text) ? `group:${text}` : undefined;
}

const someone = '0a1b2c3d-1111-4222-8333-444455556666';
const subscription = '11111111-2222-4333-8444-555555555555';
const exampleScope = `/subscriptions/${subscription}/resourceGroups/payments-prod`;

/** A line by ID, as an example for a line by name. */
export function exampleById(part: Part, { kind }: Line): string {
  switch (part) {
    case 'principal':
      if (kind === 'User-name') return `user:${someone}`;
      return kind === 'ServicePrincipal-name' ? `service-principal:${someone}` : `group:${someone}`;
    case 'target':
      if (kind === 'resource-group') return exampleScope;
      return kind === 'management-group'
        ? '/providers/Microsoft.Management/managementGroups/platform'
        : `subscription:${subscription}`;
    // Reader, which is built in.
    case 'role':
      return 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
  }
}

/** A full scope, `subscription:<id or name>`, `resource-group:<name>`, or `management-group:<id or display name>`. */
export function parseTarget(text: string): Parsed<Line> {
  const prefixed = /^(?<prefix>subscription|resource-group|management-group):(?<value>.*)$/su.exec(text)?.groups;
  const value = (prefixed?.['value'] ?? '').trim();
  if (prefixed === undefined) return parseFullScope(text);
  const example = prefixed['prefix'] === undefined ? undefined : exampleTargets[prefixed['prefix']];
  if (value === '') return wrong(faults.namesNoTarget(text), example);
  if (value.startsWith('/') && parseScope(value).ok) {
    return narrowEnough[prefixed['prefix'] ?? '']?.test(value) === true
      ? wrong(faults.scopeAfterPrefix(text, prefixed['prefix'] ?? ''), value)
      : wrong(faults.widerThanPrefix(text), example);
  }
  switch (prefixed['prefix'] ?? '') {
    case 'subscription':
      return guid.test(value) ? line(text, 'scope', `/subscriptions/${value}`) : line(text, 'subscription-name', value);
    case 'resource-group':
      if (guid.test(value)) return wrong(faults.guidAsResourceGroup(text, value), example);
      return resourceGroupName.test(value)
        ? line(text, 'resource-group', value)
        : wrong(faults.notResourceGroupName(text), example);
    default:
      return line(text, 'management-group', value);
  }
}

const exampleTargets: Readonly<Record<string, string>> = {
  subscription: `subscription:${subscription}`,
  'resource-group': 'resource-group:payments-prod',
  'management-group': 'management-group:platform',
};

/** A full scope after a prefix is suggested only if it is no wider than the prefix. */
const narrowEnough: Readonly<Record<string, RegExp>> = {
  subscription: /^\/subscriptions\//iu,
  'resource-group': /^\/subscriptions\/[^/]+\/resourceGroups\//iu,
  'management-group': /^\/./u,
};

function parseFullScope(text: string): Parsed<Line> {
  if (guid.test(text)) return wrong(faults.targetWithoutPrefix(text), `subscription:${text}`);
  if (!/^\/|^[a-z]:[\\/]/iu.test(text)) return wrong(faults.notFullScope(text), scopeMeant(text));
  const scope = parseScope(text);
  return scope.ok ? line(text, 'scope', scope.value) : wrong(scope.problem, scope.example ?? exampleScope);
}

/** A likely meaning of a line that is no scope: a scope without its first slash, a name. */
function scopeMeant(text: string): string | undefined {
  if (/^(?:subscriptions|providers)\//iu.test(text)) return `/${text}`;
  return resourceGroupName.test(text) ? `resource-group:${text}` : undefined;
}

/** A role's name, its GUID, or the full id of its definition. */
export function parseRole(text: string): Parsed<Line> {
  if (guid.test(text)) return line(text, 'role-guid', text);
  const id = roleDefinitionId.exec(text)?.groups;
  if (id !== undefined) {
    const scope = parseScope(id['scope'] === '' ? '/' : (id['scope'] ?? ''));
    return scope.ok ? line(text, 'role-id', text) : wrong(faults.roleIdAtNoScope(text, scope.problem));
  }
  if (/^\/|^[a-z]:[\\/]|roleDefinitions\//iu.test(text)) return wrong(faults.notRoleId(text));
  return text.length > 512 ? wrong(faults.longRole(text)) : line(text, 'role-name', text);
}
