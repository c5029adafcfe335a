import { ok, wrong, type Parsed } from '#access/declaration';
import { everywhere, whereOutdated } from '#access/plan/plan';
import type { Line, OperationName } from '#access/request';
import * as messages from '../messages/inputs.ts';
import * as patterns from './patterns.ts';

/** Kinds of lines in `target`, its exclusions and its ceiling; `below` includes all organizational units below. */
type TargetKind =
  'account-id' | 'account-name' | 'ou-id' | 'ou-id-below' | 'ou-path' | 'ou-path-below' | 'all' | 'outdated';

function line(text: string, kind: TargetKind, value: string): Parsed<Line> {
  return ok({ text, kind, value });
}

/** `123456789012`, `account:<name>`, `ou:<id or /path>`, `ou:<id or /path>/**`, and for provision `all` and `outdated`. */
export function parseTarget(text: string, operation: OperationName): Parsed<Line> {
  if (text !== everywhere && text !== whereOutdated) return parsePlaces(text, noWildcard);
  return operation === 'provision' ? line(text, text, text) : wrong(messages.provisionOnly(text));
}

/** True for a line that means everything, so that no other line is allowed beside it. */
export function isWhole({ kind }: Line): boolean {
  return kind === everywhere || kind === whereOutdated;
}

/** A line of `target` that excludes, without its `!`. */
export function parseExclusion(text: string): Parsed<Line> {
  if (text !== everywhere && text !== whereOutdated) return parsePlaces(text, noWildcard);
  return wrong(messages.leavesNoTarget(text));
}

/** A line of the ceiling: `*` is a wildcard inside the names of accounts. */
export function parseAllowedTarget(text: string): Parsed<Line> {
  return parsePlaces(text, () => null);
}

/** The fault of an account's name, `null` for none. */
type CheckName = (text: string, name: string) => string | null;

const noWildcard: CheckName = (text, name) => (name.includes('*') ? messages.wildcardInTarget(text) : null);

function parsePlaces(text: string, checkName: CheckName): Parsed<Line> {
  if (patterns.accountId.test(text)) return line(text, 'account-id', text);
  const { prefix, rest } = /^(?<prefix>account|ou):(?<rest>.*)$/su.exec(text)?.groups ?? {};
  const value = rest?.trim() ?? '';
  if (prefix === 'account') return parseAccount(text, value, checkName);
  if (prefix === 'ou') return parseUnit(text, value);
  return describeBadTarget(text);
}

function parseAccount(text: string, name: string, checkName: CheckName): Parsed<Line> {
  if (name === '') return wrong(messages.namesNoAccount(text), exampleAccount);
  if (patterns.accountId.test(name)) return line(text, 'account-id', name);
  const arn = /^arn:[^:]+:organizations:.*[/](?<id>\d{12})$/u.exec(name)?.groups?.['id'];
  if (arn !== undefined) return wrong(messages.accountArn(text), arn);
  if (patterns.organizationalUnitId.test(name) || patterns.rootId.test(name))
    return wrong(messages.unitAsAccount(text), `ou:${name}`);
  const problem = checkName(text, name);
  return problem === null ? line(text, 'account-name', name) : wrong(problem, exampleAccount);
}

const below = '/**';

const exampleAccount = 'account:payments-prod';
const exampleUnit = 'ou:/Workloads/Production';

function parseUnit(text: string, value: string): Parsed<Line> {
  if (value === '') return wrong(messages.namesNoUnit(text), exampleUnit);
  if (patterns.accountId.test(value)) return wrong(messages.accountAsUnit(text), value);
  const arn = /^arn:[^:]+:organizations:.*[/](?<id>(?:ou|r)-[^/]+)$/u.exec(value)?.groups?.['id'];
  if (arn !== undefined) return wrong(messages.principalArn(text), `ou:${arn}`);
  const isBelow = value.endsWith(below);
  const unit = isBelow ? value.slice(0, -below.length) : value;
  if (unit.includes('*')) return wrong(messages.wildcardInUnit(text), exampleUnit);
  if (patterns.organizationalUnitId.test(unit) || patterns.rootId.test(unit)) {
    return line(text, isBelow ? 'ou-id-below' : 'ou-id', unit);
  }
  if (unit === '' || unit === '/') {
    return wrong(messages.namesNoUnitOrRoot(text, `ou:r-a1b2${isBelow ? below : ''}`), exampleUnit);
  }
  const problem = describeBadUnit(text, unit);
  return problem === null ? line(text, isBelow ? 'ou-path-below' : 'ou-path', unit) : wrong(problem, exampleUnit);
}

function describeBadUnit(text: string, unit: string): string | null {
  if (unit.startsWith('/')) {
    const names = unit.slice(1).split('/');
    return names.some((name) => name.trim() === '') ? messages.emptyNameInPath(text) : null;
  }
  return /^(?:ou|r)-[^/]*$/iu.test(unit) ? messages.noUnitId(text) : messages.noUnitPath(text);
}

/**
 * YAML reads an unquoted 012345678901 as a number: it drops the leading zero, or reads an octal number. The account that
 * was meant is then unknown, so none is proposed.
 */
function describeBadTarget(text: string): Parsed<Line> {
  if (/^\d+$/u.test(text)) return wrong(messages.wrongDigits(text));
  if (/^[\d.]+E[+-]?\d+$/iu.test(text)) return wrong(messages.scientificNotation(text));
  if (/^0[xob][\da-f]+$/iu.test(text)) return wrong(messages.notDecimal(text));
  if (patterns.organizationalUnitId.test(text) || patterns.rootId.test(text)) {
    return wrong(messages.unitWithoutPrefix(text), `ou:${text}`);
  }
  const digits = text.replaceAll(/[\s_-]/gu, '');
  if (patterns.accountId.test(digits)) return wrong(messages.moreThanDigits(text), digits);
  return wrong(messages.noTarget(text), withPrefix(text));
}

/** The line as it was probably meant: a path, or an account's name. */
function withPrefix(text: string): string | undefined {
  if (/^\/[^/]/u.test(text)) return `ou:${text}`;
  return /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u.test(text) && !/^\p{N}+$/u.test(text) ? `account:${text}` : undefined;
}
