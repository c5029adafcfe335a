import { isGuid } from '../../guid.ts';
import { ArmRefusal } from './refusal.ts';

/** The filters of role assignment lists that there are (docs/design/azure.md#lists-and-filters). */
export type AssignmentFilter =
  | { readonly kind: 'none' | 'atScope' }
  | { readonly kind: 'principal'; readonly id: string }
  | { readonly kind: 'assignedTo'; readonly id: string; readonly atScope: boolean };

/** A string of OData: quotes are doubled inside. */
const TEXT = `'((?:[^']|'')*)'`;

const PRINCIPAL = new RegExp(`^principalId eq ${TEXT}$`);
const ASSIGNED_TO = new RegExp(`^(atScope\\(\\) and )?assignedTo\\(${TEXT}\\)$`);

export function assignmentFilter(text: string | undefined): AssignmentFilter {
  if (text === undefined || text === '') return { kind: 'none' };
  const filter = text.trim().replace(/\s+/g, ' ');
  if (filter === 'atScope()') return { kind: 'atScope' };
  const principal = PRINCIPAL.exec(filter)?.[1];
  if (principal !== undefined && isGuid(principal)) return { kind: 'principal', id: principal.toLowerCase() };
  const [, atScope, assigned] = ASSIGNED_TO.exec(filter) ?? [];
  if (assigned !== undefined && isGuid(assigned))
    return { kind: 'assignedTo', id: assigned.toLowerCase(), atScope: atScope !== undefined };
  // [azure-rest-api-specs#28255, steampipe-plugin-azure]
  throw unsupported(
    `The filter '${text}' is not supported. Supported filters are either 'atScope()' or 'principalId eq '{value}' or assignedTo('{value}')'.`,
  );
}

/** Filters of role definition lists [docs:role-definitions-list]; several with `and`. */
export interface DefinitionFilter {
  readonly roleName?: string;
  readonly type?: string;
  /** Custom roles that are assignable only further down, too. */
  readonly below?: boolean;
}

export function definitionFilter(text: string | undefined): DefinitionFilter {
  if (text === undefined || text.trim() === '') return {};
  let filter: DefinitionFilter = {};
  let rest = text.trim();
  for (;;) {
    const match = new RegExp(`^(?:(atScope|atScopeAndBelow)\\(\\)|(roleName|type) eq ${TEXT})(?: and |$)`).exec(rest);
    if (match === null) throw unsupported(`The filter '${text}' is not supported.`);
    const [whole, at, field, value = ''] = match;
    if (at !== undefined) filter = { ...filter, below: at === 'atScopeAndBelow' };
    else filter = { ...filter, [field ?? '']: value.replaceAll("''", "'").toLowerCase() };
    rest = rest.slice(whole.length);
    if (rest === '') {
      if (whole.endsWith(' and ')) throw unsupported(`The filter '${text}' is not supported.`);
      return filter;
    }
  }
}

function unsupported(message: string): ArmRefusal {
  return new ArmRefusal(400, 'UnsupportedQuery', message);
}
