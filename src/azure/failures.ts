import { retryAfterMs as askedWait } from '#access/connections';
import { parseJson } from '#access/json';
import { isCalledEnded, isMisuse, type Failure, type FailureKind } from '#access/errors';
import { ErrorAnswer, errorIn } from './answer.ts';
import { hintBy } from '#access/hints';
import { rules, type Answer as Refused } from './hints.ts';
import { pimRules } from './leases/pim/hints.ts';
import { notDocumented, notOfService } from './messages/responses.ts';
import { ForeignHost } from './wire.ts';

/** The members of the SDK's errors that are read; any of them can be missing. */
interface RestError {
  readonly name?: string;
  readonly code?: string;
  readonly statusCode?: number;
  readonly message?: string;
  readonly response?: {
    readonly headers?: { get(name: string): string | undefined };
    readonly bodyAsText?: string | null;
  };
}

/**
 * The kinds of failures by code, for the retry policy; for other codes, the HTTP status decides. Source:
 * docs/design/azure.md#error-codes.
 */
const kinds: ReadonlyMap<string, FailureKind> = new Map<string, FailureKind>([
  ['PrincipalNotFound', 'replicating'],
  ['LinkedAuthorizationFailed', 'replicating'],
  ['RoleDefinitionDoesNotExist', 'unknown-role'],
  // The custom role, or its assignable scope, can be new: Azure's own landing zone vending module tries again. Source: main.roleassignment.tf of Azure/terraform-azure-avm-ptn-alz-sub-vending.
  ['RoleAssignmentScopeNotAssignableToRoleDefinition', 'unknown-role'],
  ['RoleAssignmentExists', 'exists'],
  ['RoleAssignmentLimitExceeded', 'quota'],
  ['RoleAssignmentNotFound', 'not-found'],
  // A code of Privileged Identity Management. Source: docs/design/azure.md#pim-error-codes.
  ['SubjectNotFound', 'replicating'],
]);

/**
 * Entra could not reach or read the issuer of the ID token: this proves nothing about trust, and mostly passes. Source: Microsoft's
 * reference of AADSTS error codes; Azure/azure-workload-identity, troubleshooting (90061); Azure/login#499 (500031, of
 * GitHub's issuer, now and then).
 */
const issuerUnread: ReadonlySet<string> = new Set([
  'AADSTS50166',
  'AADSTS90061',
  'AADSTS500031',
  'AADSTS501661',
  'AADSTS900612',
]);

/**
 * A fault of Entra's own, or of its directory, that passes. Source: the same reference; of those without a number the table
 * of token errors in Microsoft's page on the client credentials flow, and RFC 6749, section 4.1.2.1.
 */
const faultOfEntra: ReadonlySet<string> = new Set([
  'AADSTS50000',
  'AADSTS90006',
  'AADSTS90012',
  'AADSTS90024',
  'AADSTS90033',
  'AADSTS90090',
  'AADSTS90091',
  'server_error',
  'temporarily_unavailable',
]);

/** True if Entra could not read what the issuer publishes. */
export function isIssuerUnread(code: string): boolean {
  return issuerUnread.has(code);
}

/** True if a code of Entra's is a passing fault, and not about the caller. */
export function isPassingAtEntra(code: string): boolean {
  return issuerUnread.has(code) || faultOfEntra.has(code);
}

/**
 * The codes of Resource Manager and Graph for a token that has ended, or that they do not know.
 * Source: hashicorp/terraform-provider-azurerm#20867, microsoftgraph/python-sample-auth#10; common REST API error codes of
 * Azure Storage, for those that name a header.
 */
const endedCodes: ReadonlySet<string> = new Set([
  'ExpiredAuthenticationToken',
  'InvalidAuthenticationToken',
  'AuthenticationExpired',
  'AuthenticationFailed',
  'Authentication_ExpiredToken',
  'InvalidAuthenticationInfo',
  'TokenExpired',
]);

/** True if Resource Manager or Graph refused the access token itself: nothing was carried out. */
export function isSignInRefused({ code, message, operation }: Failure, error: unknown): boolean {
  if (operation.endsWith('/oauth2/v2.0/token')) return false;
  const { status, statusCode } = error as { readonly status?: unknown; readonly statusCode?: unknown };
  return isEnded(code, message) || (status ?? statusCode) === 401;
}

function isEnded(code: string, message: string): boolean {
  return endedCodes.has(code) || isCalledEnded(message);
}

interface Answer {
  readonly status: number | undefined;
  readonly code: string;
  readonly message: string;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
}

/** Turns an error into a failure of the domain: code, message and request ID stay the cloud's own. */
export function classify(error: unknown, operation: string): Failure {
  const answer = error instanceof ErrorAnswer ? error : fromSdk(error);
  const { code, message, requestId, retryAfterMs } = answer;
  const kind = kindOf(answer, error);
  const hint = hintFor({ kind, operation, code, message });
  return { kind, operation, code, message, requestId, retryAfterMs, hint };
}

/** The hint on an answer. Rules of Privileged Identity Management come first: the same codes have another meaning there. */
export function hintFor(answer: Refused): string {
  return hintBy([...pimRules, ...rules], answer, 'Azure');
}

function kindOf({ code, message, status }: Answer, error: unknown): FailureKind {
  if (error instanceof ForeignHost) return 'other';
  if (isPassingAtEntra(code)) return 'unavailable';
  if (isEnded(code, message)) return 'denied';
  const known = kinds.get(code);
  if (known !== undefined) return known;
  switch (status) {
    case undefined:
      return isNetwork(error) ? 'unreachable' : 'other';
    case 400:
      return 'invalid';
    case 401:
    case 403:
      return 'denied';
    case 404:
      return 'not-found';
    case 408:
      return 'unavailable';
    case 429:
      return 'throttled';
    default:
      // After a success that cannot be read, as after no answer, the result is unknown; a redirect did nothing.
      return status >= 500 || status < 300 ? 'unavailable' : 'other';
  }
}

/** True if an error without a status is one of the network; any other is a bug of this action or a broken answer. */
function isNetwork(error: unknown): boolean {
  const { code, name } = error as RestError;
  if (isMisuse(code)) return false;
  return code !== undefined || name === 'TimeoutError' || name === 'AbortError' || name === 'RestError';
}

function fromSdk(error: unknown): Answer {
  const sdk: RestError = typeof error === 'object' && error !== null ? error : {};
  const { statusCode: status, response } = sdk;
  return {
    status,
    ...(status === undefined ? ofNetwork(sdk, error) : ofAnswer(status, response?.bodyAsText ?? '')),
    requestId: response?.headers?.get('x-ms-request-id') ?? null,
    retryAfterMs: askedWait(response?.headers?.get('retry-after')),
  };
}

/** An answer without the documented error body reaches us as the SDK's message: the whole body. */
function ofAnswer(status: number, body: string): Pick<Answer, 'code' | 'message'> {
  const { code, message } = errorIn(parseJson(body));
  return {
    code: code ?? `HTTP ${status}`,
    message: message ?? (code === null ? notDocumented : 'no message'),
  };
}

function ofNetwork({ code, name }: RestError, error: unknown): Pick<Answer, 'code' | 'message'> {
  const message = error instanceof Error ? error.message : notOfService;
  return { code: code ?? name ?? 'Unknown', message: message === '' ? 'no message' : message };
}
