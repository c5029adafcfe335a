import type { Agenda } from '../agenda.ts';
import type { Clock } from '../clock/coordinator.ts';
import type { OpenEntry, OpenJournal } from '../journal.ts';
import type { Effect, OpenScript } from '../script.ts';

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A function is asked when the answer leaves. */
  readonly body: string | (() => string);
  readonly code?: string;
  /** Time that the service works before its response; meanwhile due events are carried out. Default no time. */
  readonly takesMs?: number;
}

/** Protocol of a server: names of requests in the journal, responses, and refusals by script. */
export interface Dialect {
  entry(
    request: ReceivedRequest,
  ): Omit<OpenEntry, 'index' | 'at' | 'status' | 'outcome' | 'host' | 'userAgent' | 'authorized'>;
  handle(request: ReceivedRequest, entry: OpenEntry): Answer | Promise<Answer>;
  /** The answer to a scripted refusal, in the service's own form. */
  refuse(entry: OpenEntry, effect: Extract<Effect, { kind: 'throttle' | 'conflict' | 'error' }>): Answer;
}

/** Common tools of all servers. */
export interface Serving {
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly journal: OpenJournal;
  readonly script: OpenScript;
}
