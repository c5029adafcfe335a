import type { Budget } from '#access/clock';
import { instead, Refusal, together } from '#access/errors';
import { nameAndId, type Identity } from '#access/grant';
import type { Line } from '#access/request';
import { several } from '#access/words';
import {
  excludedOnes,
  exclusionMatchesNothing,
  exclusionUnchecked,
  managementLeftOut,
  managementUnknown,
  noAccountLeft,
  ownAccountLeftOut,
  selected as selectedOnes,
} from '../messages/organization.ts';
import { accountByName, isActive, notActive, skippedNotice } from './accounts.ts';
import type { Member, Organization } from './organization.ts';
import { accountsOfUnits, isUnit } from './organizational-units.ts';
import type { OwnAccounts } from './privileged.ts';
import { readAll } from '../pages.ts';

/** The accounts that lines select, and notices of those that were left out. */
export interface Selection {
  /** No two of them the same. */
  readonly accounts: readonly Identity[];
  readonly notices: readonly string[];
  /** Notices of the privileged accounts among those, a sentence each. */
  readonly leftOut: readonly string[];
}

/** The accounts that one line means. */
interface Match {
  readonly line: Line;
  readonly ids: readonly string[];
}

/**
 * Resolves the lines of `target` to accounts. Lines with IDs alone send no request to Organizations, so they work even if it
 * is down.
 *
 * @param managementAccount called only if a line names an organizational unit; resolves to `null` where it is unknown
 * @param ownAccounts further accounts that no organizational unit includes; called only if a line names one
 */
export async function selectAccounts(
  organization: Organization,
  targets: readonly Line[],
  exclusions: readonly Line[],
  managementAccount: () => Promise<string | null>,
  budget: Budget,
  ownAccounts: () => Promise<OwnAccounts> = () => Promise.resolve(new Map()),
): Promise<Selection> {
  const meant = await idsOfLines(organization, [...targets, ...exclusions], budget);
  const idsFor = (line: Line): MeantAccounts => meant.get(line) ?? [];
  return selectMeant(organization, targets, exclusions, idsFor, managementAccount, ownAccounts);
}

/** The same once it is known which accounts each line means. */
export async function selectMeant(
  organization: Organization,
  targets: readonly Line[],
  exclusions: readonly Line[],
  idsFor: (line: Line) => MeantAccounts,
  managementAccount: () => Promise<string | null>,
  ownAccounts: () => Promise<OwnAccounts>,
): Promise<Selection> {
  const { matches, refusals: inexact } = apart([...targets, ...exclusions], idsFor);
  if (inexact.length > 0) throw together(inexact);
  const excluding = matches.slice(targets.length);
  const named = new Set<string>();
  const selected = new Set<string>();
  for (const { line, ids } of matches.slice(0, targets.length)) {
    for (const id of ids) selected.add(id);
    if (!isUnit(line)) for (const id of ids) named.add(id);
  }
  const refusals = excluding.filter(({ ids }) => !ids.some((id) => selected.has(id))).map(matchesNothing);
  const excluded = new Set(excluding.flatMap(({ ids }) => ids));
  const left = [...selected].filter((id) => !excluded.has(id));
  const inactive = left.flatMap((id) => organization.known(id) ?? []).filter((member) => !isActive(member));
  refusals.push(...inactive.filter(({ id }) => named.has(id)).map(notActive));
  const unusable = new Set(inactive.map(({ id }) => id));
  const active = left.filter((id) => !unusable.has(id));
  const brought = active.filter((id) => !named.has(id));
  const management = brought.length === 0 ? null : ((await managementAccount()) ?? refuseUnknownManagement());
  const own = brought.length === 0 ? new Map<string, string>() : await ownAccounts();
  const isOwn = (id: string): boolean => id !== management && own.has(id);
  const accounts = active.filter((id) => named.has(id) || (id !== management && !isOwn(id)));
  if (accounts.length === 0 && refusals.length === 0) refusals.push(nothingLeft(matches, excluding, inactive));
  if (refusals.length > 0) throw together(refusals);
  const skipped = skippedNotice(inactive);
  const leftOut = [
    management === null || !brought.includes(management) ? null : withoutManagement(organization, management),
    ...brought.filter(isOwn).map((id) => withoutOwn(organization, id, own.get(id) ?? '')),
  ];
  return {
    accounts: accounts.map((id) => ({ id, name: organization.known(id)?.name ?? null })),
    notices: skipped === null ? [] : [skipped],
    leftOut: leftOut.filter((notice) => notice !== null),
  };
}

interface Matches {
  /** In the order of the lines. */
  readonly matches: readonly Match[];
  /** Refusals of the lines that mean nothing exact: all are reported at once (P8). */
  readonly refusals: readonly Refusal[];
}

async function matchLines(organization: Organization, lines: readonly Line[], budget: Budget): Promise<Matches> {
  const meant = await idsOfLines(organization, lines, budget);
  return apart(lines, (line) => meant.get(line) ?? []);
}

function apart(lines: readonly Line[], idsFor: (line: Line) => MeantAccounts): Matches {
  const found = lines.map((line) => ({ line, ids: idsFor(line) }));
  return {
    matches: found.flatMap(({ line, ids }) => (ids instanceof Refusal ? [] : [{ line, ids }])),
    refusals: found.flatMap(({ ids }) => (ids instanceof Refusal ? [ids] : [])),
  };
}

/** The IDs of the accounts that a line means, in any state, or why it means none. */
export type MeantAccounts = readonly string[] | Refusal;

/** The accounts of each line. All lines share their requests. */
export async function idsOfLines(
  organization: Organization,
  lines: readonly Line[],
  budget: Budget,
): Promise<ReadonlyMap<Line, MeantAccounts>> {
  // The list of all accounts, which names need anyway, has their places too.
  const all = lines.some(({ kind }) => kind === 'account-name')
    ? await organization.alone(() => readAll(organization.sweep, budget))
    : [];
  const units = await accountsOfUnits(organization, lines.filter(isUnit), budget);
  return new Map(lines.map((line) => [line, idsOf(line, all, units)]));
}

function idsOf(
  line: Line,
  all: readonly Member[],
  units: Awaited<ReturnType<typeof accountsOfUnits>>,
): readonly string[] | Refusal {
  if (line.kind === 'account-id') return [line.value];
  const found = line.kind === 'account-name' ? accountByName(all, line) : (units.get(line) ?? []);
  if (found instanceof Refusal) return found;
  return [found].flat().map(({ id }) => id);
}

function matchesNothing({ line }: Match): Refusal {
  return exclusionMatchesNothing(line.text);
}

function nothingLeft(matches: readonly Match[], excluding: readonly Match[], inactive: readonly Member[]): Refusal {
  const inWords = ({ line, ids }: Match, sign: string): string =>
    `"${sign}${line.text}" (${several(ids.length, 'account')})`;
  const selecting = matches.filter((match) => !excluding.includes(match));
  const parts = [
    selectedOnes(selecting.map((match) => inWords(match, ''))),
    excluding.length === 0 ? '' : excludedOnes(excluding.map((match) => inWords(match, '!'))),
    skippedNotice(inactive) ?? '',
  ];
  return noAccountLeft(parts.filter((part) => part !== ''));
}

/** The notice of a management account that was left out. */
export function withoutManagement(organization: Organization, id: string): string {
  return managementLeftOut(nameAndId(organization.known(id) ?? { id, name: null }));
}

function withoutOwn(organization: Organization, id: string, what: string): string {
  return ownAccountLeftOut(nameAndId(organization.known(id) ?? { id, name: null }), what);
}

/**
 * The accounts that exclusions remove from a target without a list of its own, such as `outdated`. Each exclusion has to
 * mean an account of the organization, even if that account would not be selected today.
 */
export async function excludedAccounts(
  organization: Organization,
  exclusions: readonly Line[],
  budget: Budget,
): Promise<{ readonly excluded: ReadonlySet<string>; readonly notices: readonly string[] }> {
  const { matches, refusals: inexact } = await matchLines(organization, exclusions, budget);
  const checked = await Promise.all(matches.map((match) => check(organization, match, budget)));
  const refusals = [...inexact, ...checked.filter((it) => it instanceof Refusal)];
  if (refusals.length > 0) throw together(refusals);
  const notices = checked.filter((it) => typeof it === 'string');
  return { excluded: new Set(matches.flatMap(({ ids }) => ids)), notices };
}

/** A refusal of an exclusion that means no account of the organization, or a notice where that could not be checked. */
async function check(organization: Organization, match: Match, budget: Budget): Promise<Refusal | string | null> {
  const { line, ids } = match;
  const [id] = ids;
  if (id === undefined) return matchesNothing(match);
  if (line.kind !== 'account-id' || organization.known(id) !== null) return null;
  if (organization.sweep.isDone()) return matchesNothing(match);
  try {
    return (await organization.describe(id, budget)) === null ? matchesNothing(match) : null;
  } catch (error) {
    return instead('denied', exclusionUnchecked(id))(error);
  }
}

function refuseUnknownManagement(): never {
  throw managementUnknown();
}
