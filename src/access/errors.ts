import { inputsWrong, runAgain } from './messages/values.ts';

/**
 * The remedy of a fault: a correct value of the input, without the quotes that YAML may need; a value of another input that
 * is missing; correct YAML of a file; or a sentence, where no value is correct.
 */
export type Remedy =
  string | { readonly of: string; readonly value: string } | { readonly yaml: string } | { readonly advice: string };

/** The remedy of an input that this step does not use. */
export const takeOut: Remedy = { advice: 'Remove it.' };

/** A user's fault in one input. `problem` is a sentence, or several, about its value. */
export interface Fault {
  readonly input: string;
  readonly problem: string;
  readonly example: Remedy;
  /** An input whose own fault explains this one away. */
  readonly cause?: string;
  /** The fault is in a file that an input names, and `input` is its place there. */
  readonly inFile?: true;
}

/** Every fault of a step's inputs, gathered before any request (P6). */
export class InputFaults extends Error {
  override readonly name = 'InputFaults';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    // Several lines of one input may be wrong.
    const inputs = new Set(faults.filter(({ inFile }) => inFile !== true).map(({ input }) => input)).size;
    super(inputsWrong(inputs, faults.filter(({ inFile }) => inFile === true).length));
    this.faults = faults.map((fault) => ({ ...fault, problem: shortened(fault.problem) }));
  }
}

/** Maximum number of characters of a long value that are shown, at either end. */
const shownAtEnds = 300;

function shortened(text: string): string {
  const left = text.length - 2 * shownAtEnds;
  return left <= 0 ? text : `${text.slice(0, shownAtEnds)}… (${left} more characters) …${text.slice(-shownAtEnds)}`;
}

/** A request that cannot be carried out as it is: a name of no object or of two, a refused default. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Those that it was put together from. */
  readonly of: readonly Refusal[];
  /** Advice that names an input, a permission or a setting. */
  readonly hint: string;
  /** Further lines of evidence for the log. */
  readonly details: readonly string[];

  constructor(message: string, hint: string, details: readonly string[] = [], of: readonly Refusal[] = []) {
    super(message);
    this.of = of;
    this.hint = hint;
    this.details = details;
  }
}

/** Waits for all, so that all refusals are reported at once (P8); any other error comes first. */
export async function allOrRefused<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(work);
  const errors = settled.flatMap((it) => (it.status === 'rejected' ? [it.reason as unknown] : []));
  for (const error of errors) if (!(error instanceof Refusal)) throw error as Error;
  const refusals = errors.filter((error) => error instanceof Refusal);
  if (refusals.length > 0) throw together(refusals);
  return settled.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
}

/** Those that a refusal was put together from, else itself. */
export function eachOf(refusal: Refusal): readonly Refusal[] {
  return refusal.of.length > 0 ? refusal.of : [refusal];
}

/** Several refusals as one; one stays as it is. */
export function together(refusals: readonly Refusal[]): Refusal {
  const all = refusals.flatMap(eachOf);
  const [first, ...others] = all;
  if (first !== undefined && others.length === 0) return first;
  const lines = all.map(({ message }) => message);
  const hints = [...new Set(all.map(({ hint }) => hint))];
  return new Refusal(
    [`${all.length} faults:`, ...lines].join(' '),
    hints.join(' '),
    all.flatMap(({ details }) => details),
    all,
  );
}

/** The step was canceled: by a person, a concurrency group, or a time limit of the workflow. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** Canceled before a request was sent: it is certain that nothing was carried out. */
export class Unsent extends Cancelled {}

/**
 * Kinds of failures of a request, as the retry policy distinguishes them.
 * `throttled` and `busy` are refusals: nothing was carried out. `unavailable` (a server's fault) and `unreachable`
 * (no answer at all) leave open whether the request was carried out. `skewed`: the clock was off and was
 * corrected, and nothing was carried out. `replicating`: an object that the request names is not known everywhere yet, if it
 * exists; `unknown-role`: the same of a role, and it seldom takes long. `exists`: the object to be created exists already.
 */
export type FailureKind =
  | 'throttled'
  | 'busy'
  | 'skewed'
  | 'replicating'
  | 'unknown-role'
  | 'exists'
  | 'unavailable'
  | 'unreachable'
  | 'denied'
  | 'not-found'
  | 'invalid'
  | 'quota'
  | 'other';

/** A cloud's error, verbatim, with a hint of this action. */
export interface Failure {
  readonly kind: FailureKind;
  /** The request as the cloud's permission system names it. */
  readonly operation: string;
  readonly code: string;
  readonly message: string;
  readonly requestId: string | null;
  /** Wait that the cloud asks for, in milliseconds. */
  readonly retryAfterMs: number | null;
  readonly hint: string | null;
}

/** A cloud refused or failed. Code, message and request id are the cloud's own. */
export class CloudError extends Error {
  override readonly name = 'CloudError';
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(inWords(failure), options);
    this.failure = failure;
  }
}

function inWords(failure: Failure): string {
  const id = failure.requestId === null ? '' : ` (request ID ${failure.requestId})`;
  // Without a request id nothing answered, or not the cloud itself.
  const verb = failure.requestId === null ? 'failed with' : 'answered';
  return `${failure.operation} ${verb} ${failure.code}: ${failure.message}${id}`;
}

/** Errors with a text for the user. */
export type InWords = CloudError | Refusal | Cancelled | InputFaults;

/** True for such an error; any other is a bug in this action, or not yet classified. */
export function isInWords(error: unknown): error is InWords {
  return (
    error instanceof CloudError ||
    error instanceof Refusal ||
    error instanceof Cancelled ||
    error instanceof InputFaults
  );
}

/** True if a request failed in one of these ways. */
export function isOfKind(error: unknown, ...kinds: readonly FailureKind[]): error is CloudError {
  return error instanceof CloudError && kinds.includes(error.failure.kind);
}

/** Returns another value where a request failed in one of these ways, for `catch`; any other error passes through. */
export function instead<T>(of: FailureKind | readonly FailureKind[], value: T): (error: unknown) => T {
  const kinds = typeof of === 'string' ? [of] : of;
  return (error) => {
    if (isOfKind(error, ...kinds)) return value;
    throw error;
  };
}

/** Returns a cloud's error as a value, for `catch`; any other error passes through. */
export function orCloudError(error: unknown): CloudError {
  if (error instanceof CloudError) return error;
  throw error;
}

/** Advice on the error that ended a request. @param otherwise advice where there is no error */
export function hintOn(trouble: CloudError | Refusal | null, otherwise = runAgain): string {
  return trouble === null ? otherwise : (ownHint(trouble) ?? runAgain);
}

/** The error's own hint, `null` where it has none. */
export function ownHint(trouble: CloudError | Refusal | null): string | null {
  return (trouble instanceof CloudError ? trouble.failure.hint : trouble?.hint) ?? null;
}

/** Without a sign-in a change was never sent: that is certain, however the sign-in failed. For `catch`. */
export function asNotSent(error: unknown): never {
  if (!(error instanceof CloudError)) throw error;
  throw Object.assign(new Refusal(error.message, hintOn(error)), { cause: error });
}

/** True if Node's error code means a wrong use of its functions, not the network: then it is a bug in this action. */
export function isMisuse(code: string | undefined): boolean {
  return /^ERR_(?!TLS|SSL|STREAM|SOCKET|HTTP2|PROXY)/u.test(code ?? '');
}

/** True if the text of an answer reports the credential as expired or invalid, under any code. */
export function isCalledEnded(message: string): boolean {
  return /\b(?:security|access) token\b.*\bexpir(?:ed|y)\b|\bsecurity token included in the request is invalid\b/isu.test(
    message,
  );
}
