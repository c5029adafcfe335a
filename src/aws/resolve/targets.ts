import type { Budget } from '#access/clock';
import { instead, Refusal, together } from '#access/errors';
import { nameAndId, type Identity } from '#access/grant';
import type { Line } from '#access/request';
import { accountByName, isActive, notActive, skippedNotice } from './accounts.ts';
import type { Member, Organization } from './organization.ts';
import { accountsOfUnits, isUnit } from './organizational-units.ts';
import type { OwnAccounts } from './privileged.ts';
import { readAll } from '../pages.ts';

/** The accounts that lines select, and what a person should know of those that were left out. */
export interface Selection {
  /** No two of them the same. */
  readonly accounts: readonly Identity[];
  readonly notices: readonly string[];
  /** Of the privileged among those, a sentence each. */
  readonly leftOut: readonly string[];
}

/** What one line stands for. */
interface Match {
  readonly line: Line;
  readonly ids: readonly string[];
}

/**
 * Resolves the lines of `target` to accounts. Literal ids alone never ask Organizations: where it is down, they work.
 *
 * @param managementAccount asked only where an organizational unit was named; `null` where it cannot be told
 * @param ownAccounts more accounts that no organizational unit brings; asked only where one was named
 */
export async function selectAccounts(
  organization: Organization,
  targets: readonly Line[],
  exclusions: readonly Line[],
  managementAccount: () => Promise<string | null>,
  budget: Budget,
  ownAccounts: () => Promise<OwnAccounts> = () => Promise.resolve(new Map()),
): Promise<Selection> {
  const found = await matchLines(organization, [...targets, ...exclusions], budget);
  if (found.refusals.length > 0) throw together(found.refusals);
  const { matches } = found;
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
  /** Of the lines that stand for nothing exact: all are told at once (P8). */
  readonly refusals: readonly Refusal[];
}

async function matchLines(organization: Organization, lines: readonly Line[], budget: Budget): Promise<Matches> {
  // A sweep that names need anyway tells the places, too.
  const all = lines.some(({ kind }) => kind === 'account-name')
    ? await organization.alone(() => readAll(organization.sweep, budget))
    : [];
  const units = await accountsOfUnits(organization, lines.filter(isUnit), budget);
  const found = lines.map((line) => ({ line, ids: idsOf(line, all, units) }));
  return {
    matches: found.flatMap(({ line, ids }) => (ids instanceof Refusal ? [] : [{ line, ids }])),
    refusals: found.flatMap(({ ids }) => (ids instanceof Refusal ? [ids] : [])),
  };
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
  return new Refusal(
    `The exclusion "!${line.text}" excludes nothing that target selects.`,
    'Correct it or leave it out: an exclusion that means nothing may be a mistyped one.',
  );
}

function nothingLeft(matches: readonly Match[], excluding: readonly Match[], inactive: readonly Member[]): Refusal {
  const inWords = ({ line, ids }: Match, sign: string): string =>
    `${sign}${line.text} (${ids.length === 1 ? '1 account' : `${ids.length} accounts`})`;
  const selecting = matches.filter((match) => !excluding.includes(match));
  const parts = [
    `Selected: ${selecting.map((match) => inWords(match, '')).join(', ')}.`,
    excluding.length === 0 ? '' : `Excluded: ${excluding.map((match) => inWords(match, '!')).join(', ')}.`,
    skippedNotice(inactive) ?? '',
  ];
  return new Refusal(
    `No account is left of what target selects. ${parts.filter((part) => part !== '').join(' ')}`,
    'Correct target. The management account counts only where it is named by its id or name, for assign the account of the step’s own role likewise, and accounts that are not ACTIVE never do.',
  );
}

/** The notice of a management account that was left out. */
export function withoutManagement(organization: Organization, id: string): string {
  return `Left out: the management account ${nameAndId(organization.known(id) ?? { id, name: null })}, which counts only where it is named by its id or name.`;
}

function withoutOwn(organization: Organization, id: string, what: string): string {
  return `Left out: the account ${nameAndId(organization.known(id) ?? { id, name: null })}, which has ${what}, and counts only where it is named by its id or name.`;
}

/**
 * The accounts that exclusions take out of what has no list of its own, such as everything that is outdated: each has
 * to mean an account of the organization, whether or not it would be selected today.
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

/** Why an exclusion means no account of the organization, or a notice where that cannot be asked. */
async function check(organization: Organization, match: Match, budget: Budget): Promise<Refusal | string | null> {
  const { line, ids } = match;
  const [id] = ids;
  if (id === undefined) return matchesNothing(match);
  if (line.kind !== 'account-id' || organization.known(id) !== null) return null;
  if (organization.sweep.isDone()) return matchesNothing(match);
  try {
    return (await organization.describe(id, budget)) === null ? matchesNothing(match) : null;
  } catch (error) {
    return instead(
      'denied',
      `Whether ${id} is an account of the organization could not be asked; it is left out.`,
    )(error);
  }
}

function refuseUnknownManagement(): never {
  throw new Refusal(
    'It cannot be told which account is the organization’s management account, which selectors leave out.',
    'Give aws-identity-store-id as its ARN: it names the owner account.',
  );
}
