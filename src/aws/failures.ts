import { boundedWaitMs, retryAfterMs } from '../access/connections.ts';
import { isMisuse, type Failure, type FailureKind } from '../access/errors.ts';
import { hintFor } from './hints.ts';

/** The members of the SDKs' errors that are worth anything; every one of them may be missing. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  /** Set only for causes in KMS. Source: sso-admin service model. */
  readonly Reason?: string;
  readonly RequestId?: string;
  readonly RetryAfterSeconds?: number;
  readonly $metadata?: {
    readonly requestId?: string;
    readonly httpStatusCode?: number;
    readonly clockSkewCorrected?: boolean;
  };
  /** Of services that speak the Query protocol: the code on the wire, where the SDK's name differs from it. */
  readonly Error?: { readonly Code?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

const kinds: ReadonlyMap<string, FailureKind> = new Map<string, FailureKind>(
  Object.entries({
    AccessDenied: 'denied',
    AccessDeniedException: 'denied',
    ConflictException: 'busy',
    ExpiredToken: 'denied',
    ExpiredTokenException: 'denied',
    IDPCommunicationError: 'unavailable',
    IDPCommunicationErrorException: 'unavailable',
    InternalServerException: 'unavailable',
    InvalidSignatureException: 'denied',
    ResourceNotFoundException: 'not-found',
    AccountNotFoundException: 'not-found',
    ParentNotFoundException: 'not-found',
    ServiceQuotaExceededException: 'quota',
    ServiceException: 'unavailable',
    Throttling: 'throttled',
    ThrottlingException: 'throttled',
    TooManyRequestsException: 'throttled',
    UnrecognizedClientException: 'denied',
    ValidationException: 'invalid',
    ValidationError: 'invalid',
  }),
);

/** Puts an SDK's error into the domain's words: code, message and request id stay the cloud's own. */
export function classify(error: unknown, operation: string): Failure {
  const sdk: SdkError = typeof error === 'object' && error !== null ? error : {};
  const status = sdk.$metadata?.httpStatusCode;
  const kind = kindOf(sdk, status);
  const code = codeOf(sdk, status);
  const message = messageOf(sdk, status, error);
  return {
    kind,
    operation,
    code,
    message,
    requestId: sdk.$metadata?.requestId ?? sdk.RequestId ?? null,
    retryAfterMs: retryAfter(sdk),
    hint: hintFor({ kind, operation, code, message, reason: sdk.Reason ?? null }),
  };
}

/** What the body says, else the header. */
function retryAfter({ RetryAfterSeconds, $response }: SdkError): number | null {
  return RetryAfterSeconds === undefined
    ? retryAfterMs($response?.headers?.['retry-after'])
    : boundedWaitMs(RetryAfterSeconds);
}

function kindOf(sdk: SdkError, status: number | undefined): FailureKind {
  // The SDK has put its clock right by this answer; nothing was carried out, and the next try is signed with it.
  if (sdk.$metadata?.clockSkewCorrected === true) return 'skewed';
  if (isOutdatedSignature(sdk)) return 'skewed';
  const known = kinds.get(sdk.name ?? '');
  if (known !== undefined) return known;
  if (status === undefined) return isNetwork(sdk) ? 'unreachable' : 'other';
  if (status === 429) return 'throttled';
  // A success that cannot be read leaves open what was done, like no answer at all; a refusal that breaks off, why.
  return status >= 500 || status < 400 || breaksOff.has(sdk.code ?? '') ? 'unavailable' : 'other';
}

/**
 * Signed in time, and sent when the machine had stood still for minutes: nothing was carried out, and the next try is
 * signed anew. Source of the words: IAM's guide to signature errors.
 */
function isOutdatedSignature({ name, message }: SdkError): boolean {
  return name === 'InvalidSignatureException' && (message ?? '').startsWith('Signature expired');
}

/** What Node says of an answer whose connection ends in its middle. */
const breaksOff: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Without a status there was no answer; what is then no network error is a bug of ours or a broken answer. */
function isNetwork(sdk: SdkError): boolean {
  if (isMisuse(sdk.code)) return false;
  return sdk.code !== undefined || sdk.name === 'TimeoutError' || sdk.name === 'AbortError';
}

/** Names that the SDK gives to what it cannot name, and ours for what is none of AWS's answers. */
const unnamed: ReadonlySet<string | undefined> = new Set([
  undefined,
  'SyntaxError',
  'TypeError',
  'Unknown',
  'UnknownError',
  'Error',
  'Incomplete',
  'TooLong',
]);

function codeOf(sdk: SdkError, status: number | undefined): string {
  if (sdk.code !== undefined) return sdk.code;
  if (sdk.Error?.Code !== undefined) return sdk.Error.Code;
  if (status === undefined) return sdk.name ?? 'Unknown';
  // An HTML page from a proxy or a load balancer reaches us as a SyntaxError of the JSON parser.
  return unnamed.has(sdk.name) ? `HTTP ${status}` : (sdk.name ?? '');
}

function messageOf(sdk: SdkError, status: number | undefined, error: unknown): string {
  if (sdk.name === 'SyntaxError' && status !== undefined) return 'the answer is not JSON';
  // The SDK stumbles over a member of another type.
  if (sdk.name === 'TypeError' && status !== undefined) return 'the answer is not the documented JSON';
  if (!(error instanceof Error)) return 'the answer is none of this service';
  const [text = ''] = error.message.split(/\s*Deserialization error:/u);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return text === '' || text === 'UnknownError' ? `no message${cause}` : `${text}${cause}`;
}
