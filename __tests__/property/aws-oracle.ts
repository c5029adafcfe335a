import type { Estate, Organization, PermissionSetEntry } from '../../rehearsal/estate.ts';
import { isInactive, lineOf, placesOf, textOf, type Line } from './aws-oracle-places.ts';
import { fault, grants, linesOf, refusal, type Outcome } from './expected.ts';
import { principalsOf, rolesOf, type Found } from './aws-oracle-names.ts';

/** Inputs of a step. */
export interface AwsTexts {
  readonly operation: 'assign' | 'revoke' | 'provision';
  readonly principal: string;
  readonly target: string;
  readonly role: string;
  readonly allowPrivileged: boolean;
}

/**
 * Results of the texts by docs/bulk.md#lines, computed from the estate alone: another way to the same result, which
 * shares no code with the action. Where it leaves the result open there are several outcomes.
 */
export function awsOutcomes(texts: AwsTexts, estate: Estate, ownAccount = '111122223333'): readonly Outcome[] {
  const { operation } = texts;
  const organization = organizationOf(estate);
  const targets = splitTargets(texts.target, operation);
  const roles = rolesOf(linesOf(texts.role), operation, estate);
  const principals =
    operation === 'provision' ? { kind: 'found' as const, ids: [''] } : principalsOf(linesOf(texts.principal), estate);
  const wrong = [
    ...(principals.kind === 'wrong' ? ['principal'] : []),
    ...(targets === null ? ['target'] : []),
    ...(roles.kind === 'wrong' ? ['role'] : []),
  ];
  if (targets === null || wrong.length > 0) return [fault(...wrong)];

  const places = [...targets.lines, ...targets.exclusions].map((line) => placesOf(line, organization));
  const unknown = [principals, roles, ...places].flatMap((it) => (it.kind === 'unknown' ? it.about : []));
  if (unknown.length > 0) return [refusal(...unknown)];
  return select({
    texts,
    estate,
    organization,
    ownAccount,
    targets,
    principals: idsOf(principals),
    roles: idsOf(roles),
  });
}

function idsOf(found: Found): readonly string[] {
  return found.kind === 'found' ? found.ids : [];
}

interface Question {
  readonly texts: AwsTexts;
  readonly estate: Estate;
  readonly organization: Organization;
  /** Of the caller. */
  readonly ownAccount: string;
  readonly targets: Targets;
  readonly principals: readonly string[];
  /** ARNs. */
  readonly roles: readonly string[];
}

function select(question: Question): readonly Outcome[] {
  const { texts, organization, targets, principals, roles } = question;
  const [first] = targets.lines;
  if (first?.kind === 'all' || first?.kind === 'outdated') return provisioned(question, first.kind);

  const brought = new Set(targets.lines.flatMap((line) => idsOf(placesOf(line, organization))));
  const named = new Set(
    targets.lines.flatMap((line) => (line.kind === 'unit' ? [] : idsOf(placesOf(line, organization)))),
  );
  // In the account of the step's own role, an assign could change that role.
  const isGuarded = (id: string): boolean =>
    id === organization.managementAccount || (texts.operation === 'assign' && id === question.ownAccount);
  const isLeftOut = (id: string): boolean => !named.has(id) && (isGuarded(id) || isInactive(organization, id));
  const inactive = [...named].filter((id) => isInactive(organization, id));
  // By name the state is known; IDs alone need no request.
  const byName = targets.lines.some(({ kind }) => kind === 'name');
  const inactiveByName = targets.lines.filter(
    (line) => line.kind === 'name' && idsOf(placesOf(line, organization)).some((id) => inactive.includes(id)),
  );
  if (inactiveByName.length > 0) return [refusal(...inactiveByName.map((line) => ('value' in line ? line.value : '')))];

  const excluded = new Set(targets.exclusions.flatMap((line) => idsOf(placesOf(line, organization))));
  const idle = targets.exclusions.filter((line) => !idsOf(placesOf(line, organization)).some((id) => brought.has(id)));
  if (idle.length > 0) return [refusal(...idle.map(textOf))];
  // An exclusion of accounts that are left out anyway: it matches the selection of its lines, or it removes nothing.
  const needless = targets.exclusions.filter((line) =>
    idsOf(placesOf(line, organization))
      .filter((id) => brought.has(id))
      .every(isLeftOut),
  );
  const kept = [...brought].filter((id) => !excluded.has(id) && !isLeftOut(id));
  const leftOut = [...brought].filter((id) => !excluded.has(id) && isLeftOut(id));
  const also: Outcome[] = needless.length > 0 ? [refusal(...needless.map(textOf))] : [];
  if (inactive.length > 0) {
    // A step that has read all accounts knows it.
    if (byName) return [refusal(...inactive)];
    // A step that has read some units knows it of their accounts.
    if (targets.lines.some(({ kind }) => kind === 'unit') || targets.exclusions.length > 0)
      also.push(...inactive.map((id) => refusal(id)));
  }
  if (kept.length === 0) return [refusal(), ...also];
  const guarded = kept.filter(isGuarded);
  if (texts.operation === 'assign' && !texts.allowPrivileged && guarded.length > 0)
    return [refusal(...guarded), ...also];
  if (texts.operation === 'provision') {
    const pairs = texts.role.trim().split(/\s/).includes('*') ? pairsIn(question, kept) : pairsOf(roles, kept);
    // Accounts without provisioned permission sets: there is no task, or no selection.
    return [...(pairs.length === 0 ? [refusal()] : []), grants(pairs, leftOut), ...also];
  }
  const all = principals.flatMap((principal) =>
    kept.flatMap((id) => roles.map((role) => `${principal} ${role} ${id}`)),
  );
  return [grants(all, leftOut), ...also];
}

function pairsOf(roles: readonly string[], accounts: readonly string[]): readonly string[] {
  return accounts.flatMap((id) => roles.map((role) => `${role} ${id}`));
}

/** `*`: provisioned permission sets of each account. */
function pairsIn({ estate }: Question, accounts: readonly string[]): readonly string[] {
  return placedPairs(estate)
    .filter(({ account }) => accounts.includes(account))
    .map(({ arn, account }) => `${arn} ${account}`);
}

function provisioned(
  { texts, estate, organization, targets, roles }: Question,
  how: 'all' | 'outdated',
): readonly Outcome[] {
  const idle = targets.exclusions.filter((line) => idsOf(placesOf(line, organization)).length === 0);
  if (idle.length > 0) return [refusal(...idle.map(textOf))];
  if (how === 'all' && targets.exclusions.length === 0 && !texts.role.includes('*'))
    return [grants(roles.map((role) => `${role} all`))];
  const excluded = new Set(targets.exclusions.flatMap((line) => idsOf(placesOf(line, organization))));
  const pairs = placedPairs(estate).filter(
    ({ arn, account, outdated }) => roles.includes(arn) && !excluded.has(account) && (how === 'all' || outdated),
  );
  if (how === 'all' && targets.exclusions.length === 0)
    return [grants(placedPairs(estate).map(({ arn }) => `${arn} all`)), grants(roles.map((role) => `${role} all`))];
  // `all` is every account that has it, and the outcome names them.
  const isLeftOut = ({ account }: { readonly account: string }): boolean =>
    (how === 'outdated' && account === organization.managementAccount) || isInactive(organization, account);
  const left = pairs.filter((pair) => !isLeftOut(pair)).map(({ arn, account }) => `${arn} ${account}`);
  const leftOut = [...new Set(pairs.filter(isLeftOut).map(({ account }) => account))];
  // `all` without any remaining account is an empty selection; no outdated accounts are a success.
  const isPlaced = placedPairs(estate).some((pair) => roles.includes(pair.arn) && !isLeftOut(pair));
  if (left.length > 0 || how === 'outdated') return [grants(left, leftOut)];
  return isPlaced ? [refusal()] : [refusal(), grants([], leftOut)];
}

interface Pair {
  readonly arn: string;
  readonly account: string;
  readonly outdated: boolean;
}

function placedPairs(estate: Estate): readonly Pair[] {
  return (estate.provisioned ?? []).map(({ permissionSet, account, outdated = false }) => ({
    arn: arnOf(
      estate,
      estate.permissionSets.find(({ name }) => name === permissionSet),
    ),
    account,
    outdated,
  }));
}

export function arnOf(estate: Estate, entry: PermissionSetEntry | undefined): string {
  return `${(estate.instances[0]?.arn ?? '').replace(':instance/', ':permissionSet/')}/${entry?.id ?? ''}`;
}

interface Targets {
  readonly lines: readonly Line[];
  readonly exclusions: readonly Line[];
}

/** `null` for a fault. */
function splitTargets(text: string, operation: AwsTexts['operation']): Targets | null {
  const all = linesOf(text);
  const lines = all.filter((line) => !line.startsWith('!')).map((line) => lineOf(line, operation === 'provision'));
  const exclusions = all.filter((line) => line.startsWith('!')).map((line) => lineOf(line.slice(1).trim(), false));
  if (lines.length === 0 || lines.includes(null) || exclusions.includes(null)) return null;
  const good = lines.filter((line) => line !== null);
  const whole = good.filter(({ kind }) => kind === 'all' || kind === 'outdated');
  if (whole.length > 0 && new Set(good.map(({ kind }) => kind)).size > 1) return null;
  return { lines: good, exclusions: exclusions.filter((line) => line !== null) };
}

function organizationOf({ organization }: Estate): Organization {
  if (organization === undefined) throw new Error('The oracle needs an organization.');
  return organization;
}
