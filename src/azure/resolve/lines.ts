import { ok, wrong, type Parsed } from '#access/declaration';
import type { Line, Part } from '#access/request';
import { distinctBy } from '#access/distinct';
import { guid, resourceGroupName, roleDefinitionId, parseScope } from './ids.ts';

/** Principal types as Azure spells them. Source: docs/design/azure.md#role-assignments. */
export const principalTypes = ['User', 'Group', 'ServicePrincipal', 'ForeignGroup', 'Device'] as const;
export type PrincipalType = (typeof principalTypes)[number];

/** What a line of `principal`, `target` or `role` can be on Azure. */
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

/** Lines that say the same, once. */
export function distinctLines(lines: readonly Line[]): readonly Line[] {
  return distinctBy(lines, ({ kind, value }) => `${kind} ${value}`);
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
  if (value === '') return wrong(`"${text}" names nobody: the expression after the prefix gave nothing`, example);
  const isId = guid.test(value);
  if (known === 'app') {
    return isId
      ? line(text, 'client-id', value)
      : wrong(`"${text}" needs a client id, a GUID, after app: instead of a name`, example);
  }
  if (value.length > longestName) return wrong('is longer than the name of anybody in a directory');
  if (value.startsWith('/subscriptions/')) {
    return wrong(
      `"${text}" has the id of a resource: a managed identity is granted access by the object id of its service principal, which its page shows as "Object (principal) ID"`,
      `service-principal:${someone}`,
    );
  }
  if (value.startsWith('@'))
    return wrong(`"${text}" has nothing before its @: did an expression give nothing?`, `user:ann${value}`);
  const type = known ?? principalTypes.find((it) => it === principalType);
  if (isId) return line(text, type === undefined ? 'object-id' : `${type}-id`, value);
  if (type === undefined) {
    return wrong(
      `"${text}" does not say what it is: write user:, group: or service-principal: before it, or give principal-type`,
      withPrefix(text),
    );
  }
  if (type === 'ForeignGroup' || type === 'Device')
    return wrong(`"${text}" is not an object id, a GUID: a ${type} cannot be looked up by name`, example);
  return line(text, `${type}-name`, value);
}

const itself = (...words: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(words.map((word) => [word, word]));

/** The prefixes of lines, and what others call them. */
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

/** How it was probably meant: an e-mail address, a name. */
function withPrefix(text: string): string | undefined {
  if (/^[^\s@:]+@[^\s@:]+$/u.test(text)) return `user:${text}`;
  return /^[\p{L}\p{N}][^:]*$/u.test(text) ? `group:${text}` : undefined;
}

const someone = '0a1b2c3d-1111-4222-8333-444455556666';
const subscription = '11111111-2222-4333-8444-555555555555';
const exampleScope = `/subscriptions/${subscription}/resourceGroups/payments-prod`;

/** What a line by name could look like by id. */
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
  if (value === '') return wrong(`"${text}" names nothing: the expression after the prefix gave nothing`, example);
  if (value.startsWith('/') && parseScope(value).ok) {
    return narrowEnough[prefixed['prefix'] ?? '']?.test(value) === true
      ? wrong(`"${text}" has a full scope: write it without ${prefixed['prefix'] ?? ''}:`, value)
      : wrong(`"${text}" has a wider scope than its prefix says: did an expression give nothing?`, example);
  }
  switch (prefixed['prefix'] ?? '') {
    case 'subscription':
      return guid.test(value) ? line(text, 'scope', `/subscriptions/${value}`) : line(text, 'subscription-name', value);
    case 'resource-group':
      if (guid.test(value)) return wrong(isGuidOf(text, value), example);
      return resourceGroupName.test(value)
        ? line(text, 'resource-group', value)
        : wrong(
            `"${text}" is not a resource group’s name: 1 to 90 letters, digits, _ - ( ) or ., no dot at the end`,
            example,
          );
    default:
      return line(text, 'management-group', value);
  }
}

/** Resource groups are seldom called so. A role at a whole subscription is more: that is asked, and no example. */
function isGuidOf(text: string, value: string): string {
  return `"${text}" has a GUID, which is what subscriptions have. Is a whole subscription meant, subscription:${value}? If a resource group has this name, give its full scope, /subscriptions/<id>/resourceGroups/${value}`;
}

const exampleTargets: Readonly<Record<string, string>> = {
  subscription: `subscription:${subscription}`,
  'resource-group': 'resource-group:payments-prod',
  'management-group': 'management-group:platform',
};

/** A full scope behind a prefix is offered only where it is no wider than what the prefix stands for. */
const narrowEnough: Readonly<Record<string, RegExp>> = {
  subscription: /^\/subscriptions\//iu,
  'resource-group': /^\/subscriptions\/[^/]+\/resourceGroups\//iu,
  'management-group': /^\/./u,
};

function parseFullScope(text: string): Parsed<Line> {
  if (guid.test(text))
    return wrong(
      `"${text}" does not say what it is: write subscription:${text} for a subscription`,
      `subscription:${text}`,
    );
  if (!/^\/|^[a-z]:[\\/]/iu.test(text)) {
    return wrong(
      `"${text}" is not a full scope, which begins with a slash: write one, or subscription:, resource-group: or management-group: before a name`,
      scopeMeant(text),
    );
  }
  const scope = parseScope(text);
  return scope.ok ? line(text, 'scope', scope.value) : wrong(scope.problem, scope.example ?? exampleScope);
}

/** How it was probably meant: without its first slash, a name. */
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
    return scope.ok ? line(text, 'role-id', text) : wrong(`"${text}" is not a role definition’s id: ${scope.problem}`);
  }
  if (/^\/|^[a-z]:[\\/]|roleDefinitions\//iu.test(text)) {
    return wrong(
      `"${text}" is not a role definition’s id (/…/providers/Microsoft.Authorization/roleDefinitions/<GUID>)`,
    );
  }
  return text.length > 512 ? wrong('is longer than the name of any role') : line(text, 'role-name', text);
}
