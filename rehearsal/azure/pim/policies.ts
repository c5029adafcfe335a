import { resolveScope } from '../arm/scopes.ts';
import type { AzureEstate, PolicyEntry } from '../estate.ts';
import { durationMs } from './duration.ts';
import type { Wanted } from './model.ts';
import { endOf } from './requests.ts';

/** The settings of a role at a scope, whole. */
export interface Policy {
  /** ISO 8601 */
  readonly maximumDuration: string;
  readonly permanent: boolean;
  readonly requires: readonly Requirement[];
  /** The value of the `acrs` claim that a requestor's token must have. */
  readonly authenticationContext: string | null;
  readonly approvers: readonly string[];
  readonly refuses: readonly string[];
}

type Requirement = 'MultiFactorAuthentication' | 'Justification' | 'Ticketing';

export interface Policies {
  of(scope: string, roleDefinitionId: string): Policy;
  set(entry: PolicyEntry): void;
}

/** Default settings of a role [docs:pim-resource-roles-configure-role-settings] (not known for sure). */
const USUAL: Policy = {
  maximumDuration: 'P180D',
  permanent: false,
  requires: ['Justification'],
  authenticationContext: null,
  approvers: [],
  refuses: [],
};

/** No access is shorter (docs/design/azure.md#the-first-five-minutes). */
const SHORTEST_MS = 300_000;

export function makePolicies(estate: AzureEstate, roleOf: (role: string) => string): Policies {
  const set = new Map<string, Policy>();
  const keyOf = (scope: string, role: string): string => `${scope} ${role}`.toLowerCase();
  const put = ({ scope, role, ...given }: PolicyEntry): void => {
    if (given.maximumDuration !== undefined && durationMs(given.maximumDuration) === undefined)
      throw new Error(`The maximumDuration ${given.maximumDuration} of ${role} at ${scope} is no ISO 8601 duration.`);
    const at = resolveScope(estate, scope);
    if (at === null) throw new Error(`The estate has no scope ${scope}.`);
    set.set(keyOf(at.id, roleOf(role)), { ...USUAL, ...given });
  };
  for (const entry of estate.policies ?? []) put(entry);
  // Settings are not handed down from one scope to the next [docs:pim-resource-roles-configure-role-settings].
  return { of: (scope, role) => set.get(keyOf(scope, role)) ?? USUAL, set: put };
}

/**
 * The names of the rules that a request breaks (docs/design/azure.md#pim-error-codes); a workload identity's token has
 * no MFA claim (docs/design/azure.md#pim-principals).
 */
export function brokenRules(
  policy: Policy,
  wanted: Wanted,
  now: number,
  /** Of the access to change. */
  begun: number | undefined,
): readonly string[] {
  if (wanted.requestType === 'AdminRemove') return [];
  const { requires } = policy;
  const without = (text: string | null): boolean => text === null || text.trim() === '';
  const broken: Readonly<Record<string, boolean>> = {
    ExpirationRule: breaksExpiration(policy, wanted, begun ?? now),
    MfaRule: requires.includes('MultiFactorAuthentication'),
    JustificationRule: requires.includes('Justification') && without(wanted.justification),
    TicketingRule: requires.includes('Ticketing') && (without(wanted.ticketNumber) || without(wanted.ticketSystem)),
  };
  return [...Object.keys(broken).filter((rule) => broken[rule] === true), ...policy.refuses];
}

/** It is not known for sure that the same rule reports the shortest time. */
function breaksExpiration({ maximumDuration, permanent }: Policy, wanted: Wanted, earliest: number): boolean {
  const startAt = Math.max(wanted.startAt ?? earliest, earliest);
  const endAt = endOf(wanted, startAt);
  if (endAt === null) return !permanent;
  const longest = durationMs(maximumDuration) ?? 0;
  return endAt - startAt < SHORTEST_MS || endAt - startAt > longest;
}
