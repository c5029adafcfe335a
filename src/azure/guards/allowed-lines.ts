import { ok, wrong, type Parsed } from '#access/declaration';
import type { Line, Part } from '#access/request';
import { parsePrincipal, parseRole, parseTarget, type LineKind } from '../resolve/lines.ts';
import { resourceGroupName } from '../resolve/ids.ts';
import { hasWildcard } from '#access/wildcard';

/** A line of `allowed-principals`, `allowed-targets` or `allowed-roles`: as in `principal`, `target`, `role`, `*` in names is a wildcard. */
export function parseAllowed(part: Part, text: string): Parsed<Line> {
  if (text.startsWith('!')) return wrong(`"${text}" is an exclusion, and what is allowed has none`);
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
  // A wildcard stands for letters that the name may have.
  if (hasWildcard(group) && resourceGroupName.test(group.replaceAll('*', 'x')))
    return ok({ text, kind: 'resource-group', value: group });
  const line = parseTarget(text);
  return line.ok && line.value.kind === 'scope' && hasWildcard(line.value.value)
    ? wrong(`"${text}" has a wildcard, which a full scope does not take: it covers everything below it as it is`)
    : line;
}

/** What names somebody or something by a name that can be changed or given to another. */
const byName: readonly LineKind[] = [
  'User-name',
  'Group-name',
  'ServicePrincipal-name',
  'subscription-name',
  'management-group',
  'role-name',
];

/** Whether a line says by id what it means. A resource group's name is a part of its id, and cannot be changed. */
export function isById({ kind, value }: Line): boolean {
  const pattern = kind === 'resource-group' && hasWildcard(value);
  return !pattern && !byName.some((it) => it === kind);
}
