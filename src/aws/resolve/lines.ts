import { ok, wrong, type Parsed } from '#access/declaration';
import type { Line, OperationName, Part } from '#access/request';
import { parseAllowedTarget } from './target-lines.ts';
import * as messages from '../messages/inputs.ts';
import * as patterns from './patterns.ts';

/** Kinds of lines in `principal` and `role`, and in their ceilings. */
type LineKind =
  | 'user-id'
  | 'user-name'
  | 'group-id'
  | 'group-name'
  | 'principal-id'
  | 'permission-set-arn'
  | 'permission-set-name'
  | 'every-permission-set';

function line(text: string, kind: LineKind, value: string): Parsed<Line> {
  return ok({ text, kind, value });
}

export const principalTypes = ['USER', 'GROUP'] as const;

/** The prefixes of lines, and the names that other tools give them. */
export const prefixes = {
  principal: { user: 'user', group: 'group', username: 'user', email: 'user' },
  target: { account: 'account', ou: 'ou', 'account-id': 'account', 'organizational-unit': 'ou' },
  role: {},
} as const;

const types = { user: 'USER', group: 'GROUP' } as const;

/** `user:…`, `group:…`, or a bare id or name whose type `principal-type` gives. */
export function parsePrincipal(text: string, principalType: string | null): Parsed<Line> {
  const prefixed = /^(?<prefix>user|group):(?<value>.*)$/su.exec(text)?.groups;
  const type = prefixed === undefined ? principalType : types[prefixed['prefix'] as keyof typeof types];
  const value = (prefixed?.['value'] ?? text).trim();
  if (type === null) return wrong(messages.noPrincipalType(text), withPrefix(text));
  const prefix = type.toLowerCase();
  if (value === '') {
    const example = type === 'USER' ? 'user:ann@example.com' : 'group:Payments On-Call';
    return wrong(messages.namesNoPrincipal(text, prefix), example);
  }
  if (value.startsWith('@')) return wrong(messages.nothingBeforeAt(text), `${prefix}:ann${value}`);
  const arn = /^arn:[^:]+:identitystore:.*[/](?<id>[^/]+)$/u.exec(value)?.groups?.['id'];
  if (arn !== undefined) return wrong(messages.principalArn(text), `${prefix}:${arn}`);
  const isId = patterns.principalId.test(value);
  if (type === 'USER') return line(text, isId ? 'user-id' : 'user-name', value);
  return line(text, isId ? 'group-id' : 'group-name', value);
}

/** The line as it was probably meant: an e-mail address, or a name. */
function withPrefix(text: string): string | undefined {
  if (/^[^\s@:]+@[^\s@:]+$/u.test(text)) return `user:${text}`;
  return /^[\p{L}\p{N}][^:]*$/u.test(text) ? `group:${text}` : undefined;
}

/** A permission set's name or ARN, and for provision `*`. ARNs are case-sensitive. */
export function parseRole(text: string, operation: OperationName): Parsed<Line> {
  if (text === '*') {
    return operation === 'provision' ? line(text, 'every-permission-set', text) : wrong(messages.everyRole);
  }
  return parsePermissionSet(text, patterns.permissionSetName);
}

function parsePermissionSet(text: string, name: RegExp): Parsed<Line> {
  if (patterns.permissionSetArn.test(text)) return line(text, 'permission-set-arn', text);
  if (/^arn:[^:]+:iam:/u.test(text)) return wrong(messages.iamArn(text));
  if (text.startsWith('arn:')) return wrong(messages.noPermissionSetArn(text));
  if (name.test(text)) return line(text, 'permission-set-name', text);
  return wrong(messages.noPermissionSetName(text));
}

/** The name of a permission set with wildcards, which may be longer than the names that it matches. */
const permissionSetNames = /^[\w+=,.@*-]{1,64}$/u;

/** A line of a ceiling: the same grammar, with `*` as a wildcard inside names. */
export function parseAllowed(part: Part, text: string): Parsed<Line> {
  switch (part) {
    case 'principal':
      return patterns.principalId.test(text) ? line(text, 'principal-id', text) : parseAllowedPrincipal(text);
    case 'target':
      return parseAllowedTarget(text);
    case 'role':
      return parsePermissionSet(text, permissionSetNames);
  }
}

function parseAllowedPrincipal(text: string): Parsed<Line> {
  if (/^(?:user|group):/u.test(text)) return parsePrincipal(text, null);
  return wrong(messages.noPrincipalPrefix(text));
}

/** Kinds of lines by ID: no renaming and no moving between organizational units changes what such a line names. */
const byId: ReadonlySet<string> = new Set([
  'user-id',
  'group-id',
  'principal-id',
  'account-id',
  'ou-id',
  'ou-id-below',
  'all',
  'outdated',
  'permission-set-arn',
  'every-permission-set',
]);

export function isById({ kind }: Line): boolean {
  return byId.has(kind);
}

const someone = '1a2b3c4d-1111-4222-8333-444455556666';

/** A line by ID that could replace a line by name. */
export function exampleById(part: Part, { kind }: Line): string {
  switch (part) {
    case 'principal':
      return kind === 'user-name' ? `user:${someone}` : `group:${someone}`;
    case 'target':
      if (kind === 'ou-path') return 'ou:ou-a1b2-c3d4e5f6';
      return kind === 'ou-path-below' ? 'ou:ou-a1b2-c3d4e5f6/**' : '123456789012';
    case 'role':
      return 'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-31d20e5987f0ce66';
  }
}
