import { ok, wrong, type InputDeclaration, type Parsed, type Values } from './declaration.ts';
import { parseDuration, parseLifetime } from './durations.ts';
import { changingOperations, operations, withoutEnd, type OperationName } from './request.ts';

/** Events whose workflow runs with the repository's rights on somebody else's content (P10). */
export const untrustedEvents = ['pull_request_target', 'issue_comment', 'workflow_run'] as const;

const all = operations;
const changing = changingOperations;
/** Those that grants are named to, or that look at the leases of those. */
const toPrincipals: readonly OperationName[] = ['assign', 'revoke', 'list', 'sweep'];
const toPlaces: readonly OperationName[] = [...changing, 'list', 'sweep'];
const explained: readonly OperationName[] = [...changing, 'release', 'extend'];
/** Those that carry something out, grant by grant. */
const atWork: readonly OperationName[] = [...explained, 'sweep'];
const ofOneLease: readonly OperationName[] = ['release', 'extend'];

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
  principal: text('', '', toPrincipals),
  'principal-type': text('', '', toPrincipals),
  target: text('', '', toPlaces),
  role: text('', '', toPlaces),
  lifetime: {
    fallback: withoutEnd,
    example: '2h',
    operations: ['assign', 'extend'],
    parse: (value) => (value === withoutEnd ? ok(null) : parseLifetime(value)),
    absent: null,
  } satisfies InputDeclaration<number | null>,
  'keep-after-job': flag('false', ['assign']),
  'on-existing': {
    fallback: 'keep',
    example: 'fail',
    operations: ['assign'],
    parse: oneOf(['keep', 'fail']),
    absent: 'keep',
  } satisfies InputDeclaration<'keep' | 'fail'>,
  'lease-id': text('', '${{ needs.access.outputs.lease-id }}', ofOneLease),
  reason: {
    fallback: '',
    example: 'Incident 4711, payments are stuck',
    operations: explained,
    parse: parseReason,
    absent: null,
  } satisfies InputDeclaration<string | null>,
  wait: flag('true', changing),
  timeout: {
    fallback: '',
    example: '10m',
    operations: atWork,
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
  'allow-privileged': flag('false', ['assign', 'extend']),
  'dry-run': flag('false', [...changing, 'sweep']),
  'plan-file': {
    fallback: '',
    example: 'plan.json',
    operations: changing,
    parse: parsePath,
    absent: null,
  } satisfies InputDeclaration<string | null>,
  'expected-plan': {
    fallback: none,
    example: 'plan.json',
    operations: changing,
    parse: orNone(parsePath),
    absent: null,
  } satisfies InputDeclaration<string | null>,
  'plan-for': text('', '', changing),
  'allowed-principals': text(anything, anything, ['assign', 'revoke']),
  'allowed-targets': text(anything, anything, changing),
  'allowed-roles': text(anything, anything, changing),
  'max-grants': {
    fallback: none,
    example: '50',
    operations: changing,
    parse: orNone(parseCount),
    absent: null,
  } satisfies InputDeclaration<number | null>,
  'max-lifetime': {
    fallback: none,
    example: '8h',
    operations: ['assign', 'extend'],
    parse: orNone(parseLifetime),
    absent: null,
  } satisfies InputDeclaration<number | null>,
  'require-ids': flag('false', changing),
  'max-requests-per-second': count('5', all),
  'max-in-flight': count('10', atWork),
  'allowed-endpoints': {
    fallback: '',
    example: 'cloud.internal.example.com',
    operations: all,
    parse: parseHosts,
    absent: [],
  } satisfies InputDeclaration<readonly string[]>,
  'github-token': {
    fallback: '${{ github.token }}',
    example: '${{ github.token }}',
    operations: all,
    // A secret, whatever it is: it is not repeated.
    parse: (value) => (/\p{Cc}/u.test(value) ? wrong('has line breaks or control characters in it') : ok(value)),
    absent: null,
  } satisfies InputDeclaration<string | null>,
  'job-check-run-id': {
    fallback: '${{ job.check_run_id }}',
    example: '41234567890',
    operations: all,
    parse: (value) => (/^\d{1,20}$/u.test(value) ? ok(value) : wrong(`is "${value}", which is no id: digits only`)),
    absent: null,
  } satisfies InputDeclaration<string | null>,
} as const;

export type CommonValues = Values<typeof commonInputs>;

/** A free text of one or several lines. */
export function text(fallback: string, example: string, of: readonly OperationName[]): InputDeclaration<string | null> {
  return { fallback, example, operations: of, parse: (value) => ok(value), absent: null };
}

/** A switch. */
export function flag(fallback: 'true' | 'false', of: readonly OperationName[]): InputDeclaration<boolean> {
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

function count(example: string, of: readonly OperationName[]): InputDeclaration<number | null> {
  return { fallback: '', example, operations: of, parse: parseCount, absent: null };
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

const longestReason = 500;

function parseReason(value: string): Parsed<string> {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) return wrong('has line breaks or control characters, and is one line');
  const { length } = Array.from(value);
  return length > longestReason ? wrong(`has ${length} characters, and may have ${longestReason}`) : ok(value);
}

function oneOf<const T extends string>(allowed: readonly T[]): (value: string) => Parsed<T> {
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
