import { notLines } from './list-shapes.ts';
import { ok, wrong, type InputDeclaration, type OtherNames, type Parsed, type Values } from './declaration.ts';
import { parseDuration, parseLifetime } from './durations.ts';
import { count, flag, isOneLine, names, oneOf, optional, orNone, text } from './input-kinds.ts';
import {
  brokenToken,
  notACheckRun,
  notEventNames,
  notHostNames,
  notOneLine,
  severalPaths,
  tooLong,
} from './messages/values.ts';
import { changingOperations, operations, withoutEnd, type OperationName } from './request.ts';

const all = operations;
const changing = changingOperations;
/** Those that grants are named to, or that look at the leases of those. */
const toPrincipals: readonly OperationName[] = ['assign', 'revoke', 'list', 'sweep'];
const toPlaces: readonly OperationName[] = [...changing, 'list', 'sweep'];
const explained: readonly OperationName[] = [...changing, 'release', 'extend'];
/** Those that carry something out, grant by grant. */
const atWork: readonly OperationName[] = [...explained, 'sweep'];
const ofOneLease: readonly OperationName[] = ['release', 'extend'];

/** Milliseconds; `none` where no lifetime was given, which is permanent as well, only that nobody said so. */
export type GivenLifetime = number | 'none' | typeof withoutEnd;

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
  principal: names('', '', toPrincipals),
  'principal-type': text('', '', toPrincipals),
  target: names('', '', toPlaces),
  role: names('', '', toPlaces),
  lifetime: {
    fallback: 'none',
    example: '2h',
    operations: ['assign', 'extend'],
    parse: (value) => (value === 'none' || value === withoutEnd ? ok(value) : parseLifetime(value)),
    absent: 'none',
  } satisfies InputDeclaration<GivenLifetime>,
  'keep-after-job': flag('false', 'false', ['assign']),
  'on-existing': {
    fallback: 'keep',
    example: 'fail',
    operations: ['assign'],
    parse: oneOf(['keep', 'fail']),
    absent: 'keep',
  } satisfies InputDeclaration<'keep' | 'fail'>,
  'lease-id': text('', '${{ needs.access.outputs.lease-id }}', ofOneLease),
  reason: optional(parseReason, 'Incident 4711, payments are stuck', explained),
  wait: flag('true', 'true', changing),
  timeout: optional(parseDuration, '10m', atWork),
  'allow-event': {
    fallback: '',
    example: 'push',
    operations: all,
    parse: parseEvents,
    absent: [],
  } satisfies InputDeclaration<readonly string[]>,
  'allow-privileged': flag('false', 'false', ['assign', 'extend']),
  'dry-run': flag('false', 'true', [...changing, 'sweep']),
  'plan-file': optional(parsePath, 'plan.json', changing),
  'expected-plan': orNone(optional(parsePath, 'plan.json', changing)),
  'plan-for': text('', '', changing),
  'allowed-principals': names(anything, anything, ['assign', 'revoke']),
  'allowed-targets': names(anything, anything, changing),
  'allowed-roles': names(anything, anything, changing),
  'max-grants': orNone(count('50', changing)),
  'max-lifetime': orNone(optional(parseLifetime, '8h', ['assign', 'extend'])),
  'require-ids': flag('false', 'true', changing),
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
    parse: (value) => (/\p{Cc}/u.test(value) ? wrong(brokenToken) : ok(value)),
    absent: null,
  } satisfies InputDeclaration<string | null>,
  'job-check-run-id': {
    fallback: '${{ job.check_run_id }}',
    example: '41234567890',
    operations: all,
    parse: (value) => (/^\d{1,20}$/u.test(value) ? ok(value) : wrong(notACheckRun(value))),
    absent: null,
  } satisfies InputDeclaration<string | null>,
} as const;

/** Names of inputs in other tools. */
export const otherNames: OtherNames = {
  duration: 'lifetime',
  ttl: 'lifetime',
  expires: 'lifetime',
  'expires-in': 'lifetime',
  expiry: 'lifetime',
  user: 'principal',
  users: 'principal',
  group: 'principal',
  groups: 'principal',
  'group-name': 'principal',
  member: 'principal',
  email: 'principal',
  scope: 'target',
  scopes: 'target',
  'role-name': 'role',
  justification: 'reason',
  action: 'operation',
  mode: 'operation',
  provider: 'cloud',
  plan: 'dry-run',
};

export type CommonValues = Values<typeof commonInputs>;

function parsePath(value: string): Parsed<string> {
  return /[\r\n\0]/u.test(value) ? wrong(severalPaths) : ok(value);
}

const longestReason = 500;

function parseReason(value: string): Parsed<string> {
  if (!isOneLine(value)) return wrong(notOneLine);
  const { length } = Array.from(value);
  return length > longestReason ? wrong(tooLong(length, longestReason)) : ok(value);
}

/** The lines of a value, trimmed, empty ones left out. */
export function splitLines(value: string): readonly string[] {
  return value
    .split(/\r\n|\r|\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Source: GitHub Docs, events that trigger workflows. */
export function isEventName(text: string): boolean {
  return /^[a-z]+(?:_[a-z]+)*$/u.test(text);
}

function parseEvents(value: string): Parsed<readonly string[]> {
  const shape = notLines(value);
  if (shape !== null) return wrong(shape.problem);
  const lines = splitLines(value);
  const strange = lines.filter((line) => !isEventName(line));
  return strange.length === 0 ? ok(lines) : wrong(notEventNames(strange));
}

function parseHosts(value: string): Parsed<readonly string[]> {
  const shape = notLines(value);
  if (shape !== null) return wrong(shape.problem);
  const lines = splitLines(value);
  const strange = lines.filter((line) => !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/iu.test(line));
  return strange.length === 0 ? ok(lines.map((line) => line.toLowerCase())) : wrong(notHostNames(strange));
}
