import type { OpenEntry } from '../../journal.ts';
import type { Answer, ReceivedRequest } from '../../serve.ts';
import type { AzureCloud } from '../cloud.ts';
import type { Caller } from '../tokens.ts';
import type { Rights } from './rights.ts';
import type { Route } from './routes.ts';

/** A request of an authenticated caller. */
export interface Call {
  readonly cloud: AzureCloud;
  readonly request: ReceivedRequest;
  readonly route: Route;
  readonly caller: Caller;
  readonly rights: Rights;
  readonly entry: OpenEntry;
}

export type Handler = (call: Call) => Answer;

export function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}

/** A time as ARM writes it, with seven decimals [cli-rec]. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '0000Z');
}
