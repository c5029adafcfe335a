import type { Estate } from '../../rehearsal/estate.ts';
import { lineOf, placesOf } from './aws-oracle-places.ts';
import { arnOf } from './aws-oracle.ts';
import type { Draw } from './draw.ts';
import { linesOf, refusal, type Outcome } from './expected.ts';
import { isLike } from './wildcards.ts';

/** Ceilings; empty texts for none. */
export interface AwsCeilings {
  readonly principals: string;
  readonly targets: string;
  readonly roles: string;
}

/** The outcome under ceilings: all grants must be below each, or none is made. */
export function underCeilings(outcome: Outcome, { principals, targets, roles }: AwsCeilings, estate: Estate): Outcome {
  if (outcome.kind !== 'grants') return outcome;
  const parts = outcome.grants.map((grant) => grant.split(' '));
  const uncovered = (index: number, text: string, covers: (line: string, id: string) => boolean): readonly string[] => {
    const lines = linesOf(text);
    if (lines.length === 0) return [];
    const ids = [...new Set(parts.map((part) => part.at(index) ?? ''))];
    return ids.filter((id) => !lines.some((line) => covers(line, id)));
  };
  const type = new Map(parts.map(([kind = '', id = '']) => [id, kind]));
  const people = [...type].filter(([, kind]) => kind === 'USER' || kind === 'GROUP');
  const doubtful = people.flatMap(([id, kind]) => doubtAbout(linesOf(principals), kind, id, estate));
  const all = [
    ...uncovered(-3, principals, (line, id) => coversPrincipal(line, type.get(id) ?? '', id, estate)),
    ...uncovered(-1, targets, (line, id) => coversTarget(line, id, estate)),
    ...uncovered(-2, roles, (line, id) => coversRole(line, id, estate)),
  ];
  const accounts = [...new Set(parts.map((part) => part.at(-1) ?? ''))];
  const twins = accounts.flatMap((id) => twinsOf(linesOf(targets), id, estate));
  if (doubtful.length + twins.length > 0) return refusal(...doubtful, ...twins);
  return all.length === 0 ? outcome : refusal(...all);
}

/** An email address in full that several users have covers none of them: the IDs of all. */
function doubtAbout(lines: readonly string[], type: string, id: string, estate: Estate): readonly string[] {
  const user = estate.users.find((one) => one.id === id);
  const isShared = (line: string): boolean => {
    const address = line.replace(/^user:/, '').trim();
    return (user?.emails ?? []).includes(address) && bearers(address, estate).length > 1;
  };
  const [shared, others] = [lines.filter(isShared), lines.filter((line) => !isShared(line))];
  if (type !== 'USER' || others.some((line) => coversPrincipal(line, type, id, estate))) return [];
  return shared.flatMap((line) => bearers(line.replace(/^user:/, '').trim(), estate));
}

/** A name in full that several accounts have covers none of them, where no other line does: the IDs of all. */
function twinsOf(lines: readonly string[], id: string, estate: Estate): readonly string[] {
  const accounts = estate.organization?.accounts ?? [];
  const name = accounts.find((one) => one.id === id)?.name;
  const same = accounts.filter((one) => one.name === name);
  const isFull = (line: string): boolean => /^account:(.*)$/.exec(line)?.[1]?.trim() === name && name !== id;
  const others = lines.filter((line) => !isFull(line));
  if (same.length < 2 || !lines.some(isFull) || others.some((line) => coversTarget(line, id, estate))) return [];
  return same.map((one) => one.id);
}

function bearers(address: string, { users }: Estate): readonly string[] {
  return users
    .filter(({ userName, emails = [] }) => userName === address || emails.includes(address))
    .map(({ id }) => id);
}

function coversPrincipal(line: string, type: string, id: string, { users, groups }: Estate): boolean {
  if (line === id) return true;
  const [, prefix, value = ''] = /^(user|group):([\s\S]*)$/.exec(line) ?? [];
  if (prefix?.toUpperCase() !== type) return false;
  const user = users.find((one) => one.id === id);
  const names =
    type === 'USER' ? [user?.userName, ...(user?.emails ?? [])] : [groups.find((one) => one.id === id)?.displayName];
  return value.trim() === id || names.some((name) => name !== undefined && isLike(name, value.trim()));
}

function coversTarget(line: string, id: string, { organization }: Estate): boolean {
  if (organization === undefined) return false;
  const name = /^account:(.*)$/.exec(line)?.[1]?.trim();
  const account = organization.accounts.find((one) => one.id === id);
  if (name !== undefined) return name === id || (account !== undefined && isLike(account.name, name));
  const parsed = lineOf(line, false);
  if (parsed === null) return false;
  const places = placesOf(parsed, organization);
  return places.kind === 'found' && places.ids.includes(id);
}

function coversRole(line: string, arn: string, estate: Estate): boolean {
  const entry = estate.permissionSets.find((one) => arnOf(estate, one) === arn);
  return line === arn || (entry !== undefined && isLike(entry.name, line));
}

/** Ceilings that cover a part of an estate. */
export function drawCeilings(draw: Draw, estate: Estate, takesPrincipal: boolean): AwsCeilings {
  const lines = (make: () => string): string => (draw.percent(50) ? '' : draw.times(1, 4, make).join('\n'));
  return {
    principals: takesPrincipal ? lines(() => drawPrincipal(draw, estate)) : '',
    targets: lines(() => drawTarget(draw, estate)),
    roles: lines(() => drawRole(draw, estate)),
  };
}

/** A name, or one with a wildcard somewhere; never the wildcard alone, which is a fault. */
function patternOf(draw: Draw, name: string): string {
  const at = 1 + draw.int(name.length - 1);
  return draw.pick([name, `${name.slice(0, at)}*`, `*${name.slice(at)}`, `${name.slice(0, at)}*${name.slice(at)}`]);
}

function drawPrincipal(draw: Draw, { users, groups }: Estate): string {
  const user = draw.pick(users);
  const group = draw.pick(groups);
  return draw.pick([
    user.id,
    `group:${group.id}`,
    `user:${group.id}`,
    `user:${patternOf(draw, draw.pick([user.userName, ...(user.emails ?? [])]))}`,
    `group:${patternOf(draw, group.displayName)}`,
    `user:${user.emails?.[0] ?? user.userName}`,
    'user:**',
    'group:**',
  ]);
}

function drawTarget(draw: Draw, { organization }: Estate): string {
  if (organization === undefined) throw new Error('There is no organization.');
  const { accounts, organizationalUnits, root } = organization;
  const account = draw.pick(accounts);
  const unit = draw.pick([root, ...organizationalUnits]).id;
  return draw.pick([account.id, `account:${patternOf(draw, account.name)}`, `ou:${unit}`, `ou:${unit}/**`]);
}

function drawRole(draw: Draw, estate: Estate): string {
  const entry = draw.pick(estate.permissionSets);
  return draw.pick([arnOf(estate, entry), entry.name, patternOf(draw, entry.name), `${entry.name.slice(0, 4)}*`]);
}
