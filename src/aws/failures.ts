import { boundedWaitMs, retryAfterMs } from '#access/connections';
import { isCalledEnded, isMisuse, type Failure, type FailureKind } from '#access/errors';
import { hintFor, type Accounts } from './hints.ts';
import { notDocumentedJson, notJson, notOfThisService } from './messages/requests.ts';

/** The useful members of the SDKs' errors; each of them may be missing. */
interface SdkError {
  readonly name: string | undefined;
  readonly message: string | undefined;
  readonly code: string | undefined;
  /** The code on the wire, which differs from the SDK's name for services that use the Query protocol. */
  readonly codeOnWire: string | undefined;
  /** Set only for causes in KMS. Source: sso-admin service model. */
  readonly reason: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly retryAfterHeader: string | undefined;
  readonly status: number | undefined;
  readonly clockSkewCorrected: boolean;
}

/** The SDKs copy members of an answer into their errors, whatever their types. */
interface Raw {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly Error?: { readonly Code?: unknown } | null;
  readonly Reason?: unknown;
  readonly RequestId?: unknown;
  readonly RetryAfterSeconds?: unknown;
  readonly $metadata?: {
    readonly requestId?: string;
    readonly httpStatusCode?: number;
    readonly clockSkewCorrected?: boolean;
  };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

function read(error: unknown): SdkError {
  const raw: Raw = typeof error === 'object' && error !== null ? error : {};
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    name: text(raw.name),
    message: text(raw.message),
    code: text(raw.code),
    codeOnWire: text(raw.Error?.Code),
    reason: text(raw.Reason),
    requestId: raw.$metadata?.requestId ?? text(raw.RequestId),
    retryAfterSeconds: typeof raw.RetryAfterSeconds === 'number' ? raw.RetryAfterSeconds : undefined,
    retryAfterHeader: raw.$response?.headers?.['retry-after'],
    status: raw.$metadata?.httpStatusCode,
    clockSkewCorrected: raw.$metadata?.clockSkewCorrected === true,
  };
}

const kinds: ReadonlyMap<string, FailureKind> = new Map<string, FailureKind>(
  Object.entries({
    AccessDenied: 'denied',
    AccessDeniedException: 'denied',
    ConflictException: 'busy',
    InternalServerException: 'unavailable',
    InvalidSignatureException: 'denied',
    ResourceNotFoundException: 'not-found',
    AccountNotFoundException: 'not-found',
    ParentNotFoundException: 'not-found',
    ServiceQuotaExceededException: 'quota',
    ServiceException: 'unavailable',
    SignatureDoesNotMatch: 'denied',
    Throttling: 'throttled',
    ThrottlingException: 'throttled',
    TooManyRequestsException: 'throttled',
    ValidationException: 'invalid',
    ValidationError: 'invalid',
  }),
);

/**
 * True if STS could not reach or read the identity provider, which is no matter of trust and mostly temporary. Source:
 * aws/aws-cli#7194, and the STS API reference, which names it IDPCommunicationError.
 */
export function isIssuerUnread(code: string, message: string): boolean {
  return /IDPCommunicationError|Could ?n.?t retrieve verification key/iu.test(`${code} ${message}`);
}

/**
 * Codes for credentials that have ended, or that the service does not know (any more), without `Exception`.
 * Source: the lists of common errors of AWS services; Amazon S3 API reference (InvalidToken, TokenRefreshRequired).
 */
const endedCodes: ReadonlySet<string> = new Set([
  'ExpiredCredentials',
  'ExpiredToken',
  'InvalidClientTokenId',
  'InvalidToken',
  'RequestExpired',
  'TokenRefreshRequired',
  'UnrecognizedClient',
]);

/** True if the credentials were refused as ended: nothing was carried out. A wrong clock is another kind: `skewed`. */
export function isSignInRefused({ code, message }: Pick<Failure, 'code' | 'message'>): boolean {
  return endedCodes.has(code.replace(/(?:Exception|Error)$/u, '')) || isCalledEnded(message);
}

/**
 * Translates an SDK's error into the domain's words: code, message and request ID stay the cloud's own.
 *
 * @param accounts as far as they are known; a refusal may name its caller itself
 */
export function classify(error: unknown, operation: string, accounts: Accounts = noneKnown): Failure {
  const sdk = read(error);
  const kind = kindOf(sdk);
  const code = codeOf(sdk);
  const message = messageOf(sdk, error);
  return {
    kind,
    operation,
    code,
    message,
    requestId: sdk.requestId ?? null,
    retryAfterMs: retryAfter(sdk),
    hint: hintFor({
      kind,
      operation,
      code,
      message,
      reason: sdk.reason ?? null,
      accounts: { ...accounts, caller: accounts.caller ?? callerIn(message) },
    }),
  };
}

const noneKnown: Accounts = { caller: null, owner: null };

/** `User: arn:aws:sts::111122223333:assumed-role/… is not authorized to perform: …` */
function callerIn(message: string): string | null {
  return /^User: arn:[\w-]+:(?:sts|iam)::(?<account>\d{12}):/u.exec(message)?.groups?.['account'] ?? null;
}

/** The wait in the body, else in the header. */
function retryAfter({ retryAfterSeconds, retryAfterHeader }: SdkError): number | null {
  return retryAfterSeconds === undefined ? retryAfterMs(retryAfterHeader) : boundedWaitMs(retryAfterSeconds);
}

function kindOf(sdk: SdkError): FailureKind {
  const { status } = sdk;
  // The SDK has put its clock right by this answer; nothing was carried out, and the next try is signed with it.
  if (sdk.clockSkewCorrected) return 'skewed';
  if (isOutdatedSignature(sdk)) return 'skewed';
  if (isIssuerUnread(codeOf(sdk), sdk.message ?? '')) return 'unavailable';
  if (isSignInRefused({ code: codeOf(sdk), message: sdk.message ?? '' })) return 'denied';
  const known = kinds.get(sdk.name ?? '');
  if (known !== undefined) return known;
  if (status === undefined) return isNetwork(sdk) ? 'unreachable' : 'other';
  if (status === 429) return 'throttled';
  // A success that cannot be read leaves open what was done, like a missing answer; a refusal that breaks off leaves
  // open why.
  return status >= 500 || status < 400 || breaksOff.has(sdk.code ?? '') ? 'unavailable' : 'other';
}

/**
 * True if the request was sent minutes after it was signed, because the machine was paused, or signed by a wrong clock:
 * nothing was carried out, and the next try is signed anew. Source of the messages: IAM's guide to signature errors; STS has
 * another code for them.
 */
function isOutdatedSignature({ name, message }: SdkError): boolean {
  const isAboutSignature = name === 'InvalidSignatureException' || name === 'SignatureDoesNotMatch';
  return isAboutSignature && /^Signature (?:expired|not yet current)/u.test(message ?? '');
}

/** Node's codes for an answer whose connection ends in the middle. */
const breaksOff: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE']);

/**
 * True for a network error. Without a status there was no answer; any other error is a bug of this action or a broken
 * answer.
 */
function isNetwork(sdk: SdkError): boolean {
  if (isMisuse(sdk.code)) return false;
  return sdk.code !== undefined || sdk.name === 'TimeoutError' || sdk.name === 'AbortError';
}

/** The SDK's names for errors that it cannot name, and this action's names for answers that are not AWS's. */
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

function codeOf({ name, code, codeOnWire, status }: SdkError): string {
  if (code !== undefined) return code;
  if (codeOnWire !== undefined) return codeOnWire;
  if (status === undefined) return name ?? 'Unknown';
  // An HTML page from a proxy or a load balancer reaches us as a SyntaxError of the JSON parser.
  return unnamed.has(name) ? `HTTP ${status}` : (name ?? '');
}

function messageOf({ name, message, status }: SdkError, error: unknown): string {
  if (name === 'SyntaxError' && status !== undefined) return notJson;
  // The SDK throws on a member of another type.
  if (name === 'TypeError' && status !== undefined) return notDocumentedJson;
  if (!(error instanceof Error)) return notOfThisService;
  const [text = ''] = (message ?? '').split(/\s*Deserialization error:/u);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return text === '' || text === 'UnknownError' ? `no message${cause}` : `${text}${cause}`;
}
