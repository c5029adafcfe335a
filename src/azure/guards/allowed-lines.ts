import { ok, wrong, type Parsed } from '#access/declaration';
import type { Line, Part } from '#access/request';
import { allowedExclusion, wildcardInScope } from '../messages/lines.ts';
import { parsePrincipal, parseRole, parseTarget, type LineKind } from '../resolve/lines.ts';
import { resourceGroupName } from '../resolve/ids.ts';
import { hasWildcard } from '#access/wildcard';

/** A line of `allowed-principals`, `allowed-targets` or `allowed-roles`: as in `principal`, `target`, `role`, `*` in names is a wildcard. */
export function parseAllowed(part: Part, text: string): Parsed<Line> {
  if (text.startsWith('!')) return wrong(allowedExclusion(text));
  switch (part) {
    case 'principal':
      return parsePrincipal(text, null);
    case 'target':
      return parseAllowedTarget(text);
    case 'role':
      return parseRole(text);
  }
}

function parseAllowedTarget(text: string): Parsed<Line> {
  const group = /^resource-group:(?<name>.*)$/su.exec(text)?.groups?.['name']?.trim() ?? '';
  // A wildcard replaces characters that the name can have.
  if (hasWildcard(group) && resourceGroupName.test(group.replaceAll('*', 'x')))
    return ok({ text, kind: 'resource-group', value: group });
  const line = parseTarget(text);
  return line.ok && line.value.kind === 'scope' && hasWildcard(line.value.value) ? wrong(wildcardInScope(text)) : line;
}

/** Kinds of lines by names that can change or pass to another object. */
const byName: readonly LineKind[] = [
  'User-name',
  'Group-name',
  'ServicePrincipal-name',
  'subscription-name',
  'management-group',
  'role-name',
];

/** True if a line is by ID. The name of a resource group is part of its ID, and cannot change. */
export function isById({ kind, value }: Line): boolean {
  const pattern = kind === 'resource-group' && hasWildcard(value);
  return !pattern && !byName.some((it) => it === kind);
}
