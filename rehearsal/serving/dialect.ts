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
  /** How long the service works before it answers; what it does meanwhile is on the agenda. Default no time. */
  readonly takesMs?: number;
}

/** What a server speaks: how a request is named in the journal, answered, and refused by script. */
export interface Dialect {
  entry(
    request: ReceivedRequest,
  ): Omit<OpenEntry, 'index' | 'at' | 'status' | 'outcome' | 'host' | 'userAgent' | 'authorized'>;
  handle(request: ReceivedRequest, entry: OpenEntry): Answer | Promise<Answer>;
  /** The answer to a scripted refusal, in the service's own form. */
  refuse(entry: OpenEntry, effect: Extract<Effect, { kind: 'throttle' | 'conflict' | 'error' }>): Answer;
}

/** What all servers work with. */
export interface Serving {
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly journal: OpenJournal;
  readonly script: OpenScript;
}
