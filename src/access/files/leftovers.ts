import { describeGrant, type Assignment, type Words } from '../grant.ts';
import { grantKey, type Wanted, propertiesOf } from './wanted.ts';
import type { AccessPort, Existing, Protection, Remover, Selection } from './port.ts';
import { covers, type Said } from './reading-files.ts';
import type { Budget } from '../clock.ts';
import type { RemovalCause } from '../plan/plan.ts';

/** An assignment that can be removed: every row of it has expired, or it is in no row. */
export interface Leftover {
  readonly existing: Existing;
  readonly cause: RemovalCause;
}

/** Why an assignment is never removed, besides a protection of the cloud. `temporary`: it ends by itself. */
type Stay = 'ignored' | 'temporary' | 'inherited' | 'unknown';

/** An assignment that exists, that no live row has, and that stays. */
export interface Staying extends Leftover {
  readonly why: Stay;
}

export interface ProtectedOne extends Pick<Leftover, 'existing'> {
  readonly reason: string;
}

/** What exists, beside what files say. */
export interface Found {
  /** All that exists, by `grantKey`. */
  readonly there: ReadonlyMap<string, readonly Existing[]>;
  readonly leftovers: readonly Leftover[];
  readonly staying: readonly Staying[];
  /** Permanent assignments inside `owns`. */
  readonly permanent: number;
}

/**
 * Holds what exists against the rows (P11). An assignment that no selection covers is none of this step's business, even if a
 * list has it.
 *
 * @param within selections that were listed
 */
export function sortOut(
  existing: readonly Existing[],
  { live, expired, ignore }: Pick<Said, 'live' | 'expired' | 'ignore'>,
  within: readonly Selection[],
  words: Words,
): Found {
  const owned = existing.filter(({ grant }) => covers(within, grant));
  const there = Map.groupBy(owned, ({ grant }) => grantKey(grant, words));
  const leftovers: Leftover[] = [];
  const staying: Staying[] = [];
  for (const [key, all] of there) {
    if (live.has(key)) continue;
    const cause: RemovalCause = expired.has(key) ? 'expired' : 'extra';
    const stays = all.map((it) => ({ existing: it, cause, why: whyStays(it, all, ignore) }));
    staying.push(...stays.flatMap(({ why, ...it }) => (why === null ? [] : [{ ...it, why }])));
    const [first] = stays.filter(({ why }) => why === null);
    if (first !== undefined) leftovers.push({ existing: first.existing, cause });
  }
  return { there, leftovers, staying, permanent: owned.filter(isPermanent).length };
}

/** Why an assignment stays whatever the rows say; `null` where it can be removed. @param same all of the same grant */
function whyStays(existing: Existing, same: readonly Existing[], ignore: readonly Selection[]): Stay | null {
  if (covers(ignore, existing.grant)) return 'ignored';
  if (same.some(isTemporary) || !isPermanent(existing)) return isOwn(existing) ? 'temporary' : 'inherited';
  return existing.principalState === 'unknown' ? 'unknown' : null;
}

/**
 * A principal's own access that a lease or the cloud ends: it can be the same assignment as one that looks permanent. What
 * a principal can activate, or has through a group, is another.
 */
export function isTemporary(existing: Existing): boolean {
  const { kind, endsAt, holders } = existing;
  if (kind === 'pim-eligible' || !isOwn(existing)) return false;
  return kind === 'lease' || kind === 'pim-active' || endsAt !== null || holders.length > 0;
}

/** A principal's own assignment, at its own target. */
export function isOwn({ source, via }: Existing): boolean {
  return source === 'direct' && via === null;
}

/** True for a principal's own assignment that nothing ends. */
export function isPermanent(existing: Existing): boolean {
  return existing.kind === 'permanent' && isOwn(existing) && !isTemporary(existing);
}

/** True if a grant exists just as its row says, so that nothing has to be read about it. */
export function isAsWritten(wanted: Wanted, all: readonly Existing[]): boolean {
  return (
    !all.some(isTemporary) &&
    all.some((it) => isPermanent(it) && isSameType(it.grant, wanted.grant) && sameProperties(wanted, it))
  );
}

/** True if a grant exists as a lease of this action. */
export function isLeased(all: readonly Existing[]): boolean {
  return all.some((it) => it.kind === 'lease' && isOwn(it));
}

function isSameType({ principal: one }: Assignment, { principal: other }: Assignment): boolean {
  return one.type === null || other.type === null || one.type === other.type;
}

/** Grants in words, in an order that is the same in every run. */
export function inWords(those: readonly Pick<Leftover, 'existing'>[], words: Words): readonly string[] {
  return those.map(({ existing: { grant } }) => describeGrant(grant, words)).toSorted();
}

/** Asks the cloud which leftovers must stay: those, with the reason, and the others. */
export async function withoutProtected(
  leftovers: readonly Leftover[],
  allowPrivileged: boolean,
  access: Pick<AccessPort, 'protections'>,
  remover: Remover,
  budget: Budget,
): Promise<{ readonly free: readonly Leftover[]; readonly guarded: readonly ProtectedOne[] }> {
  if (leftovers.length === 0) return { free: [], guarded: [] };
  const protections = await access.protections(
    leftovers.map(({ existing }) => existing),
    remover,
    budget,
  );
  if (protections.length !== leftovers.length) throw new TypeError('every assignment has an answer');
  const holds = (it: Protection | null | undefined): it is Protection =>
    it != null && !(it.isPrivileged && allowPrivileged);
  return {
    free: leftovers.filter((_, index) => !holds(protections[index])),
    guarded: leftovers.flatMap(({ existing }, index) => {
      const protection = protections[index];
      return holds(protection) ? [{ existing, reason: protection.reason }] : [];
    }),
  };
}

/** True if an assignment has the properties of its row. A row without a description says nothing about it. */
function sameProperties(wanted: Pick<Wanted, 'grant'>, { properties }: Pick<Existing, 'properties'>): boolean {
  const { condition, description } = propertiesOf(wanted);
  return condition === properties.condition && (description === null || description === properties.description);
}
