import { noApproval, parseApprovalKinds, parseApprovers, type ApprovalKind, type Approvers } from './approvals.ts';
import { notLines, splitLines } from './list-shapes.ts';
import { ok, wrong, type InputDeclaration, type OtherNames, type Parsed, type Values } from './declaration.ts';
import { prunes, type MaxRemovals, type Prune } from './files/access-file.ts';
import { parseAge, parseDuration, parseLifetime } from './durations.ts';
import { count, flag, isOneLine, names, oneOf, optional, orNone, parseEachLine, text } from './input-kinds.ts';
import {
  brokenToken,
  notACheckRun,
  notAWorkflowFile,
  notEventNames,
  notHostNames,
  notMaxRemovals,
  notOneLine,
  notPaths,
  notRepositoryPath,
  severalPaths,
  tooLong,
} from './messages/values.ts';
import { changingOperations, fileOperations, operations, withoutEnd, type OperationName } from './request.ts';

const all = operations;
const changing = changingOperations;
/** Those that grants are named to, or that look at the leases of those. */
const toPrincipals: readonly OperationName[] = ['assign', 'revoke', 'inventory', 'list', 'sweep'];
const toPlaces: readonly OperationName[] = [...changing, 'inventory', 'list', 'sweep'];
/** Those that make changes by a plan. */
const planned: readonly OperationName[] = [...changing, 'reconcile'];
const explained: readonly OperationName[] = [...planned, 'release', 'extend'];
/** Those that access files can name grants to. */
const withFiles: readonly OperationName[] = ['assign', 'revoke', ...fileOperations];
/** Those that carry something out, grant by grant. */
const atWork: readonly OperationName[] = [...explained, 'sweep'];
const ofOneLease: readonly OperationName[] = ['release', 'extend'];

/** Milliseconds; `none` where no lifetime was given, which is permanent as well, but not explicitly. */
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
  'principal-type': text('', '', [...toPrincipals, 'reconcile']),
  target: names('', '', toPlaces),
  role: names('', '', toPlaces),
  'access-file': optional(parsePaths, 'access/*.yml', withFiles),
  prune: {
    fallback: 'report',
    example: 'fail',
    operations: fileOperations,
    parse: oneOf(prunes),
    absent: 'report',
  } satisfies InputDeclaration<Prune>,
  'max-removals': orNone(optional(parseMaxRemovals, '10 25%', ['revoke', 'reconcile'])),
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
  'sweep-workflow': orNone(optional(parseWorkflowFile, 'sweep-leases.yml', ['assign', 'extend'])),
  'sweep-max-age': {
    fallback: '3h',
    example: '3h',
    operations: ['assign', 'extend'],
    parse: parseAge,
    absent: 3 * 3_600_000,
    needs: 'sweep-workflow',
  } satisfies InputDeclaration<number>,
  'lease-id': text('', '${{ needs.access.outputs.lease-id }}', ofOneLease),
  reason: optional(parseReason, 'Incident 4711, payments are stuck', explained),
  wait: flag('true', 'true', planned),
  timeout: optional(parseDuration, '10m', atWork),
  'allow-event': {
    fallback: '',
    example: 'push',
    operations: all,
    parse: parseEvents,
    absent: [],
  } satisfies InputDeclaration<readonly string[]>,
  'require-approval': {
    fallback: 'none',
    example: 'environment',
    operations: all,
    parse: parseApprovalKinds,
    absent: noApproval,
  } satisfies InputDeclaration<readonly ApprovalKind[]>,
  approvers: {
    fallback: anything,
    example: 'octocat#583231',
    operations: all,
    parse: parseApprovers,
    absent: null,
    needs: 'require-approval',
  } satisfies InputDeclaration<Approvers>,
  'people-file': orNone(optional(parseRepositoryPath, '.github/people.yml', all)),
  'allow-privileged': flag('false', 'false', ['assign', 'reconcile', 'extend']),
  'dry-run': flag('false', 'true', [...planned, 'sweep']),
  'plan-file': optional(parsePath, 'plan.json', planned),
  'expected-plan': orNone(optional(parsePath, 'plan.json', planned)),
  'plan-for': text('', '', planned),
  'allowed-principals': names(anything, anything, ['assign', 'revoke', 'reconcile']),
  'allowed-targets': names(anything, anything, planned),
  'allowed-roles': names(anything, anything, planned),
  'max-grants': orNone(count('50', planned)),
  'max-lifetime': orNone(optional(parseLifetime, '8h', ['assign', 'extend'])),
  'require-ids': flag('false', 'true', planned),
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

/** A path from the root of the repository. It becomes part of an address, so no part of it leads elsewhere. */
function parseRepositoryPath(value: string): Parsed<string> {
  const parts = value.split('/');
  const isPath = isOneLine(value) && !value.includes('\\') && parts.every((part) => !['', '.', '..'].includes(part));
  return isPath ? ok(value) : wrong(notRepositoryPath);
}

function parseWorkflowFile(value: string): Parsed<string> {
  return /^\w[\w.-]{0,200}\.ya?ml$/u.test(value) ? ok(value) : wrong(notAWorkflowFile(value));
}

function parsePaths(value: string): Parsed<readonly string[]> {
  if (value.includes('\0')) return wrong(notPaths);
  const shape = notLines(value);
  return shape === null ? ok([...new Set(splitLines(value))]) : wrong(shape.problem);
}

/** A number, a percentage, or both in either order. */
function parseMaxRemovals(value: string): Parsed<MaxRemovals> {
  const given = value.split(/\s+/u);
  const counts = given.filter((it) => /^(?:0|[1-9]\d{0,6})$/u.test(it));
  const percents = given.filter((it) => /^(?:100|[1-9]?\d)%$/u.test(it));
  if (counts.length > 1 || percents.length > 1 || counts.length + percents.length < given.length) {
    return wrong(notMaxRemovals(value));
  }
  const numberIn = ([first]: readonly string[]): number | null =>
    first === undefined ? null : Number.parseInt(first, 10);
  return ok({ count: numberIn(counts), percent: numberIn(percents) });
}

/** In characters (code points). */
export const longestReason = 500;

function parseReason(value: string): Parsed<string> {
  if (!isOneLine(value)) return wrong(notOneLine);
  const { length } = Array.from(value);
  return length > longestReason ? wrong(tooLong(length, longestReason)) : ok(value);
}

/** Source: GitHub Docs, events that trigger workflows. */
export function isEventName(text: string): boolean {
  return /^[a-z]+(?:_[a-z]+)*$/u.test(text);
}

function parseEvents(value: string): Parsed<readonly string[]> {
  return parseEachLine(value, isEventName, notEventNames);
}

function parseHosts(value: string): Parsed<readonly string[]> {
  const parsed = parseEachLine(value, isHostName, notHostNames);
  return parsed.ok ? ok(parsed.value.map((line) => line.toLowerCase())) : parsed;
}

function isHostName(text: string): boolean {
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/iu.test(text);
}
