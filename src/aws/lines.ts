import { ok, wrong, type Parsed } from '../access/declaration.ts';
import type { Line, OperationName } from '../access/request.ts';
import { everywhere } from '../access/plan.ts';
import * as patterns from './patterns.ts';

/** What a line of `principal`, `target` or `role` can be on AWS. */
export type LineKind =
  | 'user-id'
  | 'user-name'
  | 'group-id'
  | 'group-name'
  | 'account-id'
  | 'account-name'
  | 'all'
  | 'permission-set-arn'
  | 'permission-set-name';

function line(text: string, kind: LineKind, value: string): Parsed<Line> {
  return ok({ text, kind, value });
}

export const principalTypes = ['USER', 'GROUP'] as const;

const prefixes = { user: 'USER', group: 'GROUP' } as const;

/** `user:…`, `group:…`, or a bare id or name whose type `principal-type` gives. */
export function parsePrincipal(text: string, principalType: string | null): Parsed<Line> {
  const prefixed = /^(?<prefix>user|group):(?<value>.*)$/su.exec(text)?.groups;
  const type = prefixed === undefined ? principalType : prefixes[prefixed['prefix'] as keyof typeof prefixes];
  const value = (prefixed?.['value'] ?? text).trim();
  if (type === null) {
    return wrong(`"${text}" says neither user nor group: write user: or group: before it, or give principal-type`);
  }
  if (value === '') return wrong(`"${text}" names nobody: the expression after the prefix gave nothing`);
  const isId = patterns.principalId.test(value);
  if (type === 'USER') return line(text, isId ? 'user-id' : 'user-name', value);
  return line(text, isId ? 'group-id' : 'group-name', value);
}

/** `123456789012`, `account:<name>`, and for provision `all`. */
export function parseTarget(text: string, operation: OperationName): Parsed<Line> {
  if (patterns.accountId.test(text)) return line(text, 'account-id', text);
  if (text === everywhere) {
    return operation === 'provision' ? line(text, 'all', text) : wrong('"all" is for operation: provision only');
  }
  const name = /^account:(?<name>.*)$/su.exec(text)?.groups?.['name']?.trim();
  if (name === '') return wrong(`"${text}" names no account: the expression after the prefix gave nothing`);
  if (name !== undefined) {
    return patterns.accountId.test(name) ? line(text, 'account-id', name) : line(text, 'account-name', name);
  }
  return wrong(describeBadTarget(text));
}

/** YAML reads an unquoted 012345678901 as a number: its leading zero goes, or it comes out as 1.2E+10. */
function describeBadTarget(text: string): string {
  if (/^\d{10,11}$/u.test(text)) {
    const padded = text.padStart(12, '0');
    return `"${text}" has ${text.length} digits and an account id has 12: unquoted, YAML reads it as a number and drops leading zeros; write "${padded}" in quotes if that is the account`;
  }
  if (/^[\d.]+E\+?\d+$/iu.test(text)) {
    return `"${text}" is a number in scientific notation: unquoted, YAML reads an account id as a number; write it in quotes`;
  }
  if (/^\d+$/u.test(text)) return `"${text}" has ${text.length} digits and an account id has 12`;
  return `"${text}" is neither a 12-digit account id nor account:<name>`;
}

/** A permission set's name or ARN. ARNs are case-sensitive. */
export function parseRole(text: string): Parsed<Line> {
  if (patterns.permissionSetArn.test(text)) return line(text, 'permission-set-arn', text);
  if (text.startsWith('arn:')) {
    return wrong(`"${text}" is no permission set ARN (arn:aws:sso:::permissionSet/ssoins-…/ps-…; letter case counts)`);
  }
  if (patterns.permissionSetName.test(text)) return line(text, 'permission-set-name', text);
  return wrong(`"${text}" cannot be a permission set's name: those have 1 to 32 letters, digits and + = , . @ - _`);
}
