import { isGuid } from '../../guid.ts';
import type { Subject } from '../arm/assignment.ts';
import type { Call } from '../arm/call.ts';
import { ArmRefusal } from '../arm/refusal.ts';
import { withGroups } from '../arm/role-assignments.ts';
import type { Scope } from '../arm/scopes.ts';

/** The filters that there are (docs/design/azure.md#pim-lists) [spec]. */
export type PimFilter =
  | { readonly kind: 'none' | 'atScope' | 'asTarget' | 'asRequestor' | 'asApprover' }
  | { readonly kind: 'principal'; readonly id: string }
  | { readonly kind: 'assignedTo'; readonly id: string; readonly atScope: boolean };

const WORDS = {
  'atScope()': 'atScope',
  'asTarget()': 'asTarget',
  'asRequestor()': 'asRequestor',
  'asApprover()': 'asApprover',
} as const;

export function pimFilter(text: string | undefined): PimFilter {
  if (text === undefined || text.trim() === '') return { kind: 'none' };
  const filter = text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^\((.*)\)$/, '$1');
  const word = Object.entries(WORDS).find(([written]) => written.toLowerCase() === filter.toLowerCase());
  if (word !== undefined) return { kind: word[1] };
  const principal = /^principalId eq '([^']*)'$/i.exec(filter)?.[1];
  if (principal !== undefined && isGuid(principal)) return { kind: 'principal', id: principal.toLowerCase() };
  const [, atScope, assigned] = /^(atScope\(\) and )?assignedTo\('([^']*)'\)$/i.exec(filter) ?? [];
  if (assigned !== undefined && isGuid(assigned))
    return { kind: 'assignedTo', id: assigned.toLowerCase(), atScope: atScope !== undefined };
  throw new ArmRefusal(400, 'UnsupportedQuery', `The filter '${text}' is not supported.`);
}

/**
 * True if a list at a scope shows an access, which is at, above or below it like a role assignment
 * (docs/design/azure.md#lists-and-filters).
 */
export function selects(
  call: Call,
  scope: Scope,
  filter: PimFilter,
  one: Subject & { readonly requestorId?: string },
): boolean {
  const { arm, estate } = call.cloud;
  const id = scope.id.toLowerCase();
  const atOrAbove = arm.lineage(id).includes(one.scope.toLowerCase());
  const near = atOrAbove || arm.lineage(one.scope).includes(id);
  const caller = call.caller.objectId.toLowerCase();
  switch (filter.kind) {
    case 'none':
      return near;
    case 'atScope':
      return atOrAbove;
    case 'asTarget':
      return near && one.principalId === caller;
    case 'asRequestor':
      return near && one.requestorId === caller;
    case 'asApprover':
      return false;
    case 'principal':
      return near && one.principalId === filter.id;
    case 'assignedTo':
      return (filter.atScope ? atOrAbove : near) && withGroups(estate, filter.id).has(one.principalId);
  }
}

/**
 * A caller that requests its own access needs no rights for it with `asTarget()`
 * (docs/design/azure.md#pim-error-codes).
 */
export function asksForOwn({ kind }: PimFilter): boolean {
  return kind === 'asTarget' || kind === 'asRequestor' || kind === 'asApprover';
}
