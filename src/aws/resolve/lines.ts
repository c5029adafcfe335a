import { ok, wrong, type Parsed } from '#access/declaration';
import type { Line, OperationName, Part } from '#access/request';
import { parseAllowedTarget } from './target-lines.ts';
import * as patterns from './patterns.ts';

/** What a line of `principal` or `role`, or of their ceilings, can be on AWS. */
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

/** The prefixes of lines, and what others call them. */
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
  if (type === null) {
    return wrong(
      `"${text}" says neither user nor group: write user: or group: before it, or give principal-type`,
      withPrefix(text),
    );
  }
  if (value === '') {
    const example = type === 'USER' ? 'user:ann@example.com' : 'group:Payments On-Call';
    return wrong(`"${text}" names nobody: the expression after the prefix gave nothing`, example);
  }
  const prefix = type.toLowerCase();
  if (value.startsWith('@'))
    return wrong(`"${text}" has nothing before its @: did an expression give nothing?`, `${prefix}:ann${value}`);
  const arn = /^arn:[^:]+:identitystore:.*[/](?<id>[^/]+)$/u.exec(value)?.groups?.['id'];
  if (arn !== undefined) return wrong(`"${text}" has an ARN: give the id at its end`, `${prefix}:${arn}`);
  const isId = patterns.principalId.test(value);
  if (type === 'USER') return line(text, isId ? 'user-id' : 'user-name', value);
  return line(text, isId ? 'group-id' : 'group-name', value);
}

/** How it was probably meant: an e-mail address, a name. */
function withPrefix(text: string): string | undefined {
  if (/^[^\s@:]+@[^\s@:]+$/u.test(text)) return `user:${text}`;
  return /^[\p{L}\p{N}][^:]*$/u.test(text) ? `group:${text}` : undefined;
}

/** A permission set's name or ARN, and for provision `*`. ARNs are case-sensitive. */
export function parseRole(text: string, operation: OperationName): Parsed<Line> {
  if (text === '*') {
    return operation === 'provision'
      ? line(text, 'every-permission-set', text)
      : wrong('"*", every permission set, is for operation: provision only');
  }
  return parsePermissionSet(text, patterns.permissionSetName);
}

function parsePermissionSet(text: string, name: RegExp): Parsed<Line> {
  if (patterns.permissionSetArn.test(text)) return line(text, 'permission-set-arn', text);
  if (/^arn:[^:]+:iam:/u.test(text)) {
    return wrong(`"${text}" is an ARN of IAM: what is granted is a permission set, by its name or its own ARN`);
  }
  if (text.startsWith('arn:')) {
    return wrong(
      `"${text}" is not a permission set ARN (arn:aws:sso:::permissionSet/ssoins-…/ps-…; letter case counts)`,
    );
  }
  if (name.test(text)) return line(text, 'permission-set-name', text);
  return wrong(`"${text}" cannot be a permission set's name: those have 1 to 32 letters, digits and + = , . @ - _`);
}

/** A permission set's name with wildcards, which may be longer than what it means. */
const permissionSetNames = /^[\w+=,.@*-]{1,64}$/u;

/** A line of the ceilings: the same grammar, `*` being a wildcard inside names. */
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
  return wrong(`"${text}" says neither user nor group: write user: or group: before the name`);
}

/** What is by id: no renaming, and no moving between organizational units, changes what the line itself names. */
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

/** What a line by name could look like by id. */
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
