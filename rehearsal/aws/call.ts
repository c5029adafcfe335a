import type { OpenEntry } from '../journal.ts';
import type { Caller } from './credentials.ts';
import type { OperationOutcome } from './operation.ts';

/** A request that has been signed and validated. */
export interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: string;
  readonly caller: Caller;
  readonly entry: OpenEntry;
  /** Course of the operation that it starts, where that is decided already. */
  readonly outcome?: OperationOutcome;
}

/** A member of a validated request. */
export function text(call: Call, name: string): string {
  return optionalText(call, name) ?? '';
}

export function optionalText(call: Call, name: string): string | undefined {
  const value = call.input[name];
  return typeof value === 'string' ? value : undefined;
}

/** Seconds since the epoch, the timestamp form of the JSON services. */
export function timestamp(ms: number): number {
  return Math.round(ms) / 1000;
}
