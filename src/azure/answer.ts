import { retryAfterMs, type HttpAnswer } from '#access/connections';
import { parseJson } from '#access/json';

/** An answer that was not a success, from a service that no SDK stands before: code and message are the service's own. */
export class ErrorAnswer extends Error {
  override readonly name = 'ErrorAnswer';
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;

  constructor(answer: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly requestId: string | null;
    readonly retryAfterMs: number | null;
  }) {
    super(answer.message);
    this.status = answer.status;
    this.code = answer.code;
    this.requestId = answer.requestId;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

interface ErrorBody {
  readonly error?: { readonly code?: unknown; readonly message?: unknown } | string | null;
}

/** What Resource Manager and Graph answer alike: `{"error":{"code","message"}}`; `null` for what is not said in words. */
export function errorIn(json: unknown): { readonly code: string | null; readonly message: string | null } {
  const { error } = (json ?? {}) as ErrorBody;
  const { code, message } = typeof error === 'object' && error !== null ? error : {};
  return { code: typeof code === 'string' ? code : null, message: typeof message === 'string' ? message : null };
}

/** A member that is a text and says something. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The JSON of a success; any other answer is thrown. */
export function readAnswer({ status, headers, body }: HttpAnswer): unknown {
  const json = parseJson(body);
  if (status < 300 && typeof json === 'object' && json !== null) return json;
  const { code, message } = errorIn(json);
  throw new ErrorAnswer({
    status,
    code: code ?? `HTTP ${status}`,
    message: message ?? (json === undefined ? 'the answer is not JSON' : 'no message'),
    requestId: headers['request-id'] ?? headers['x-ms-request-id'] ?? null,
    retryAfterMs: retryAfterMs(headers['retry-after']),
  });
}

/** A success that is not what the service documents says nothing of what was asked for: somebody in between may have made it. */
export function notAsDocumented(status = 200, requestId: string | null = null): ErrorAnswer {
  const message = 'the answer is not the documented JSON';
  return new ErrorAnswer({ status, code: `HTTP ${status}`, message, requestId, retryAfterMs: null });
}

/** The items of a list, as Resource Manager and Graph answer one: each a whole one, or the list is none. */
export function itemsOf<T>(answer: unknown, isWhole: (item: Partial<T>) => boolean): readonly T[] {
  const { value } = (answer ?? {}) as { readonly value?: unknown };
  if (!Array.isArray(value)) throw notAsDocumented();
  const items = value as readonly unknown[];
  const whole = items.every((item) => typeof item === 'object' && item !== null && isWhole(item as Partial<T>));
  if (!whole) throw notAsDocumented();
  return items as readonly T[];
}
