import type { RoleAssignment, RoleEligibilityScheduleInstance } from '@azure/arm-authorization';
import type { Existing } from '#access/files/port';
import type { Assignment, GrantProperties, Identity } from '#access/grant';
import type { Origin } from '#access/leases/liveness';
import { grantOf } from '../leases/finding/catalogue.ts';
import { timeIn } from '../leases/pim/service/reading.ts';
import { holderInWords } from '../leases/records/holder-names.ts';
import { recordIn, type Described } from '../leases/records/record-text.ts';
import { constants } from '../leases/steps/constants.ts';
import { counts, lastEnd } from '../leases/steps/entries.ts';
import type { Known } from './principal-states.ts';

/** Facts about a row of a list that are not in the row. */
interface Facts {
  readonly source: Existing['source'];
  readonly principal: Known;
  readonly roleName: string | null;
  /** End of the schedule instance that governs it, `null` for none; `undefined` where no instance governs it. */
  readonly governedUntil: number | null | undefined;
}

/** @param date now by Azure's clock, in milliseconds since the epoch */
export function existingOf(row: RoleAssignment, facts: Facts, origin: Origin, date: number): Existing {
  const described = recordIn(row, date);
  const isLease = described.is === 'record';
  const { governedUntil } = facts;
  const holders = isLease ? holdersIn(described, origin, date) : [];
  const end = isLease ? lastEnd(described.entries) : null;
  return {
    ...common(named(grantOf(row), facts), facts),
    seen: { assignmentId: row.id ?? null, principalType: row.principalType ?? null },
    kind: governedUntil === undefined ? (isLease ? 'lease' : 'permanent') : 'pim-active',
    holders,
    endsAt: governedUntil === undefined ? end : governedUntil,
    overdueSince: governedUntil === undefined && holders.length === 0 ? end : null,
    createdAt: timeIn(row.createdOn),
    properties: propertiesOf(row, described),
  };
}

/** Access that a principal can activate. It is no role assignment. */
export function eligibleOf(instance: RoleEligibilityScheduleInstance, facts: Omit<Facts, 'governedUntil'>): Existing {
  const { condition, createdOn, endDateTime, principalType } = instance;
  return {
    ...common(named(grantOf(instance), facts), facts),
    seen: { assignmentId: null, principalType: principalType ?? null },
    kind: 'pim-eligible',
    holders: [],
    endsAt: timeIn(endDateTime),
    overdueSince: null,
    createdAt: timeIn(createdOn),
    properties: { condition: filled(condition), description: null },
  };
}

/** The same access of a member of the group that has it. */
export function throughGroup(existing: Existing, member: Assignment['principal'], known: Known): Existing {
  const { principal: group, ...rest } = existing.grant;
  return {
    ...existing,
    grant: { ...rest, principal: { ...member, name: member.name ?? known.name } },
    via: { id: group.id, name: group.name },
    principalState: known.state,
  };
}

function common(
  grant: Assignment,
  { source, principal }: Pick<Facts, 'source' | 'principal'>,
): Pick<Existing, 'grant' | 'source' | 'via' | 'principalState' | 'isTaggedForLeases'> {
  // Without a type, it can be of one that no file owns: then no step prunes it (P11).
  const principalState = grant.principal.type === null ? 'unknown' : principal.state;
  return { grant, source, via: null, principalState, isTaggedForLeases: false };
}

function named(grant: Assignment, { principal, roleName }: Pick<Facts, 'principal' | 'roleName'>): Assignment {
  const withName = <T extends Identity>(it: T, name: string | null): T => ({ ...it, name });
  return {
    ...grant,
    principal: withName(grant.principal, principal.name),
    role: withName(grant.role, roleName),
  };
}

/** Condition and description, the record of a lease left out. */
export function propertiesOf(
  { condition, description }: Pick<RoleAssignment, 'condition' | 'description'>,
  described: Described,
): GrantProperties {
  return {
    condition: filled(condition),
    description: filled(described.is === 'record' ? described.text : description),
  };
}

function filled(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function holdersIn(
  { entries }: Extract<Described, { is: 'record' }>,
  origin: Origin,
  date: number,
): Existing['holders'] {
  return entries
    .filter((entry) => counts(entry, [], date, constants))
    .map(({ holder, end }) => ({ holder, end, words: holderInWords(holder, origin) }));
}
