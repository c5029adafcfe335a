import { retryAfterMs, type HttpAnswer } from '#access/connections';
import { parseJson } from '#access/json';
import { notDocumented, notJson } from './messages/responses.ts';

/** An answer that was not a success, from a service without an SDK: code and message are the service's own. */
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

/** Code and message of an error of Resource Manager or Graph, `{"error":{"code","message"}}`; `null` for a missing one. */
export function errorIn(json: unknown): { readonly code: string | null; readonly message: string | null } {
  const { error } = (json ?? {}) as ErrorBody;
  const { code, message } = typeof error === 'object' && error !== null ? error : {};
  return { code: typeof code === 'string' ? code : null, message: typeof message === 'string' ? message : null };
}

/** A member that is a text and not empty. */
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
    message: message ?? (json === undefined ? notJson : 'no message'),
    requestId: headers['request-id'] ?? headers['x-ms-request-id'] ?? null,
    retryAfterMs: retryAfterMs(headers['retry-after']),
  });
}

/** A success in another form than the service documents proves nothing: something in between can have sent it. */
export function notAsDocumented(status = 200, requestId: string | null = null): ErrorAnswer {
  const code = `HTTP ${status}`;
  return new ErrorAnswer({ status, code, message: notDocumented, requestId, retryAfterMs: null });
}

/** The items of a list of Resource Manager or Graph; throws if one of them is not whole. */
export function itemsOf<T>(answer: unknown, isWhole: (item: Partial<T>) => boolean): readonly T[] {
  const { value } = (answer ?? {}) as { readonly value?: unknown };
  if (!Array.isArray(value)) throw notAsDocumented();
  const items = value as readonly unknown[];
  const whole = items.every((item) => typeof item === 'object' && item !== null && isWhole(item as Partial<T>));
  if (!whole) throw notAsDocumented();
  return items as readonly T[];
}
