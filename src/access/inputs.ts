import { ok, wrong, type InputDeclaration, type Parsed } from './declaration.ts';
import { operations, type OperationName } from './request.ts';

/** Events whose workflow runs with the repository's rights on somebody else's content (P10). */
export const untrustedEvents = ['pull_request_target', 'issue_comment', 'workflow_run'] as const;

const all = operations;

/** What switches an input off whose default is not empty: an expression that gave nothing must not. */
const none = 'none';
/** The value of an `allowed-…` input that allows anything: a word, since an expression that gave nothing may leave a `*`. */
export const anything = 'any';

/**
 * The inputs that every cloud shares; `principal`, `target` and `role` are read by the cloud's own grammar, which has
 * their examples too.
 */
export const commonInputs = {
  cloud: text('', '', all),
  operation: {
    fallback: 'assign',
    example: 'assign',
    operations: all,
    parse: oneOf(operations),
    absent: 'assign',
  } satisfies InputDeclaration<OperationName>,
  principal: text('', '', ['assign', 'revoke']),
  'principal-type': text('', '', ['assign', 'revoke']),
  target: text('', '', all),
  role: text('', '', all),
  wait: flag('true', all),
  timeout: {
    fallback: '',
    example: '10m',
    operations: all,
    parse: parseDuration,
    absent: null,
  } satisfies InputDeclaration<number | null>,
  'allow-event': {
    fallback: '',
    example: 'workflow_run',
    operations: all,
    parse: linesOf(untrustedEvents),
    absent: [],
  } satisfies InputDeclaration<readonly string[]>,
  'allow-privileged': flag('false', ['assign']),
  'dry-run': flag('false', all),
  'plan-file': {
    fallback: '',
    example: 'plan.json',
    operations: all,
    parse: parsePath,
    absent: null,
  } satisfies InputDeclaration<string | null>,
  'expected-plan': {
    fallback: none,
    example: 'plan.json',
    operations: all,
    parse: orNone(parsePath),
    absent: null,
  } satisfies InputDeclaration<string | null>,
  'plan-for': text('', '', all),
  'allowed-principals': text(anything, anything, ['assign', 'revoke']),
  'allowed-targets': text(anything, anything, all),
  'allowed-roles': text(anything, anything, all),
  'max-grants': {
    fallback: none,
    example: '50',
    operations: all,
    parse: orNone(parseCount),
    absent: null,
  } satisfies InputDeclaration<number | null>,
  'max-lifetime': {
    fallback: none,
    example: '8h',
    operations: ['assign'],
    parse: orNone(parseLifetime),
    absent: null,
  } satisfies InputDeclaration<number | null>,
  'require-ids': flag('false', all),
  'max-requests-per-second': count('5'),
  'max-in-flight': count('10'),
  'allowed-endpoints': {
    fallback: '',
    example: 'cloud.internal.example.com',
    operations: all,
    parse: parseHosts,
    absent: [],
  } satisfies InputDeclaration<readonly string[]>,
} as const;

/** A free text of one or several lines. */
export function text(fallback: string, example: string, of: readonly OperationName[]): InputDeclaration<string | null> {
  return { fallback, example, operations: of, parse: (value) => ok(value), absent: null };
}

function flag(fallback: 'true' | 'false', of: readonly OperationName[]): InputDeclaration<boolean> {
  return {
    fallback,
    example: fallback === 'true' ? 'false' : 'true',
    operations: of,
    parse: (value) => {
      if (value === 'true') return ok(true);
      return value === 'false' ? ok(false) : wrong(`is "${value}", which is neither true nor false`);
    },
    absent: fallback === 'true',
  };
}

function count(example: string): InputDeclaration<number | null> {
  return { fallback: '', example, operations: all, parse: parseCount, absent: null };
}

function orNone<T>(parse: (value: string) => Parsed<T>): (value: string) => Parsed<T | null> {
  return (value) => (value === none ? ok(null) : parse(value));
}

function parseCount(value: string): Parsed<number> {
  return /^[1-9]\d{0,6}$/u.test(value) ? ok(Number(value)) : wrong(`is "${value}", which is no whole number from 1 on`);
}

function parsePath(value: string): Parsed<string> {
  return /[\r\n\0]/u.test(value) ? wrong('has several lines, and names one file') : ok(value);
}

function oneOf<T extends string>(allowed: readonly T[]): (value: string) => Parsed<T> {
  return (value) => {
    const found = allowed.find((it) => it === value);
    return found === undefined ? wrong(`is "${value}", which is none of ${allowed.join(', ')}`) : ok(found);
  };
}

/** The lines of a value, trimmed, empty ones left out. */
export function splitLines(value: string): readonly string[] {
  return value
    .split(/\r\n|\r|\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function linesOf(allowed: readonly string[]): (value: string) => Parsed<readonly string[]> {
  return (value) => {
    const lines = splitLines(value);
    const strange = lines.filter((line) => !allowed.includes(line));
    if (strange.length === 0) return ok(lines);
    return wrong(`names ${strange.map((line) => `"${line}"`).join(', ')}, which is none of ${allowed.join(', ')}`);
  };
}

function parseHosts(value: string): Parsed<readonly string[]> {
  const lines = splitLines(value);
  const strange = lines.filter((line) => !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/iu.test(line));
  if (strange.length === 0) return ok(lines.map((line) => line.toLowerCase()));
  return wrong(`has ${strange.map((line) => `"${line}"`).join(', ')}; write bare host names, one a line`);
}

const units = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
const longestTimeoutMs = 6 * 3_600_000;
const lifetimesMs = { shortest: 5 * 60_000, longest: 30 * 86_400_000 } as const;

/** `30s`, `45m`, `2h`, `1d`, `1h30m`, `PT1H30M`, `P1D`, in milliseconds; at most as long as a job can last. */
export function parseDuration(value: string): Parsed<number> {
  const parsed = parseSpan(value);
  return parsed.ok && parsed.value > longestTimeoutMs
    ? wrong(`is "${value}", which is longer than a job can last (6h)`)
    : parsed;
}

/** The same for the time that access lasts. */
function parseLifetime(value: string): Parsed<number> {
  const parsed = parseSpan(value);
  if (!parsed.ok) return parsed;
  const { shortest, longest } = lifetimesMs;
  return parsed.value < shortest || parsed.value > longest
    ? wrong(`is "${value}", and a lifetime is 5m to 30d`)
    : parsed;
}

function parseSpan(value: string): Parsed<number> {
  const plain = /^(?:(?<d>\d{1,5})d)?(?:(?<h>\d{1,5})h)?(?:(?<m>\d{1,5})m)?(?:(?<s>\d{1,5})s)?$/u.exec(value);
  const iso = /^P(?:(?<d>\d{1,5})D)?(?:T(?=\d)(?:(?<h>\d{1,5})H)?(?:(?<m>\d{1,5})M)?(?:(?<s>\d{1,5})S)?)?$/u.exec(
    value,
  );
  const groups = (plain ?? iso)?.groups;
  const total = Object.entries(units).reduce((sum, [unit, size]) => sum + Number(groups?.[unit] ?? 0) * size * 1000, 0);
  return groups === undefined || total === 0
    ? wrong(`is "${value}", which is no duration such as 30s, 45m, 2h, 1h30m or PT45M`)
    : ok(total);
}
