import { ok, wrong, type Parsed } from '#access/declaration';
import { everywhere, whereOutdated } from '#access/plan/plan';
import type { Line, OperationName } from '#access/request';
import * as patterns from './patterns.ts';

/** What a line of `target`, its exclusions or its ceiling can be on AWS; `below` takes in all organizational units below. */
export type TargetKind =
  'account-id' | 'account-name' | 'ou-id' | 'ou-id-below' | 'ou-path' | 'ou-path-below' | 'all' | 'outdated';

function line(text: string, kind: TargetKind, value: string): Parsed<Line> {
  return ok({ text, kind, value });
}

/** `123456789012`, `account:<name>`, `ou:<id or /path>`, `ou:<id or /path>/**`, and for provision `all` and `outdated`. */
export function parseTarget(text: string, operation: OperationName): Parsed<Line> {
  if (text !== everywhere && text !== whereOutdated) return parsePlaces(text, noWildcard);
  return operation === 'provision' ? line(text, text, text) : wrong(`"${text}" is for operation: provision only`);
}

/** Whether a line means everything that there is, so that no other stands beside it. */
export function isWhole({ kind }: Line): boolean {
  return kind === everywhere || kind === whereOutdated;
}

/** What stands behind the `!` of an exclusion. */
export function parseExclusion(text: string): Parsed<Line> {
  if (text !== everywhere && text !== whereOutdated) return parsePlaces(text, noWildcard);
  return wrong(`"!${text}" would leave nothing: exclude accounts or organizational units`);
}

/** A line of the ceiling: `*` is a wildcard inside the names of accounts. */
export function parseAllowedTarget(text: string): Parsed<Line> {
  return parsePlaces(text, () => null);
}

/** Says what is wrong with an account's name, `null` for nothing. */
type CheckName = (text: string, name: string) => string | null;

const noWildcard: CheckName = (text, name) =>
  name.includes('*')
    ? `"${text}" has a wildcard, which only allowed-targets takes: name the accounts, or the organizational unit they are in`
    : null;

function parsePlaces(text: string, checkName: CheckName): Parsed<Line> {
  if (patterns.accountId.test(text)) return line(text, 'account-id', text);
  const { prefix, rest } = /^(?<prefix>account|ou):(?<rest>.*)$/su.exec(text)?.groups ?? {};
  const value = rest?.trim() ?? '';
  if (prefix === 'account') return parseAccount(text, value, checkName);
  if (prefix === 'ou') return parseUnit(text, value);
  return describeBadTarget(text);
}

function parseAccount(text: string, name: string, checkName: CheckName): Parsed<Line> {
  if (name === '')
    return wrong(`"${text}" names no account: the expression after the prefix gave nothing`, exampleAccount);
  if (patterns.accountId.test(name)) return line(text, 'account-id', name);
  const arn = /^arn:[^:]+:organizations:.*[/](?<id>\d{12})$/u.exec(name)?.groups?.['id'];
  if (arn !== undefined) return wrong(`"${text}" has an ARN: give the account id at its end`, arn);
  if (patterns.organizationalUnitId.test(name) || patterns.rootId.test(name))
    return wrong(`"${text}" has the id of an organizational unit: write ou: before it`, `ou:${name}`);
  const problem = checkName(text, name);
  return problem === null ? line(text, 'account-name', name) : wrong(problem, exampleAccount);
}

const below = '/**';

const exampleAccount = 'account:payments-prod';
const exampleUnit = 'ou:/Workloads/Production';

function parseUnit(text: string, value: string): Parsed<Line> {
  if (value === '')
    return wrong(`"${text}" names no organizational unit: the expression after the prefix gave nothing`, exampleUnit);
  if (patterns.accountId.test(value)) return wrong(`"${text}" has an account id: write it without ou:`, value);
  const arn = /^arn:[^:]+:organizations:.*[/](?<id>(?:ou|r)-[^/]+)$/u.exec(value)?.groups?.['id'];
  if (arn !== undefined) return wrong(`"${text}" has an ARN: give the id at its end`, `ou:${arn}`);
  const isBelow = value.endsWith(below);
  const unit = isBelow ? value.slice(0, -below.length) : value;
  if (unit.includes('*')) {
    return wrong(
      `"${text}" has a * elsewhere than in /** at its end: organizational units are named exactly`,
      exampleUnit,
    );
  }
  if (patterns.organizationalUnitId.test(unit) || patterns.rootId.test(unit)) {
    return line(text, isBelow ? 'ou-id-below' : 'ou-id', unit);
  }
  if (unit === '' || unit === '/') {
    return wrong(
      `"${text}" names no organizational unit, which an expression that gave nothing leaves too: if you mean the root, name it by its id, as in ou:r-a1b2${isBelow ? below : ''}`,
      exampleUnit,
    );
  }
  const problem = describeBadUnit(text, unit);
  return problem === null ? line(text, isBelow ? 'ou-path-below' : 'ou-path', unit) : wrong(problem, exampleUnit);
}

function describeBadUnit(text: string, unit: string): string | null {
  if (unit.startsWith('/')) {
    const names = unit.slice(1).split('/');
    return names.some((name) => name.trim() === '')
      ? `"${text}" has an empty name in its path: did an expression give nothing? Correct is ou:/Workloads/Production`
      : null;
  }
  if (/^(?:ou|r)-[^/]*$/iu.test(unit)) {
    return `"${text}" has no organizational unit's id after ou: (ou-a1b2-c3d4e5f6, or r-a1b2 for the root, in lower case)`;
  }
  return `"${text}" has neither an organizational unit's id nor a path after ou: paths begin with / below the root, without its name, as ou:/Workloads/Production does`;
}

/**
 * YAML reads an unquoted 012345678901 as a number: its leading zero goes, or it is taken for an octal one, and becomes
 * another number. Which account was meant nobody can know then, so that none is proposed.
 */
const unquoted =
  'unquoted, YAML reads a number, drops leading zeros and may take what is left for another one. Look the account id up, and write it in quotes';

function describeBadTarget(text: string): Parsed<Line> {
  if (/^\d+$/u.test(text)) return wrong(`"${text}" has ${text.length} digits and an account id has 12: ${unquoted}`);
  if (/^[\d.]+E[+-]?\d+$/iu.test(text)) return wrong(`"${text}" is a number in scientific notation: ${unquoted}`);
  if (/^0[xob][\da-f]+$/iu.test(text)) return wrong(`"${text}" is no decimal number: ${unquoted}`);
  if (patterns.organizationalUnitId.test(text) || patterns.rootId.test(text)) {
    return wrong(`"${text}" is the id of an organizational unit: write ou: before it`, `ou:${text}`);
  }
  const digits = text.replaceAll(/[\s_-]/gu, '');
  if (patterns.accountId.test(digits)) return wrong(`"${text}" is an account id with more than its 12 digits`, digits);
  return wrong(`"${text}" is neither a 12-digit account id nor account:<name> nor ou:<id or /path>`, withPrefix(text));
}

/** How it was probably meant: a path, or an account's name. */
function withPrefix(text: string): string | undefined {
  if (/^\/[^/]/u.test(text)) return `ou:${text}`;
  return /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u.test(text) && !/^\p{N}+$/u.test(text) ? `account:${text}` : undefined;
}
