import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The longest answer that is read, in bytes; default 1 MiB. A longer one is an error `TooLong`. */
  readonly longestAnswer?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Through one of them goes what is sent by its protocol. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** The step's connections: every request goes through these agents, and so by its proxy settings. */
export interface Connections {
  /** The agents for a request to this address. */
  readonly agentsFor: (url: URL) => Agents;
  /** Sends one request and follows no redirect, so that what it carries goes nowhere else. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
}

/** The wait that a `Retry-After` header asks for, in milliseconds. */
export function retryAfterMs(value: string | undefined): number | null {
  return boundedWaitMs(Number.parseInt(value ?? '', 10));
}

/** A wait in milliseconds, from seconds, at most a minute: a wrong number must not stall a step. `null` for none. */
export function boundedWaitMs(seconds: number): number | null {
  return Number.isNaN(seconds) || seconds < 0 ? null : Math.min(seconds, 60) * 1000;
}
