import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import type { Agenda } from './agenda.ts';
import type { Clock } from './clock/coordinator.ts';
import { drip, flood } from './hostile-bodies.ts';
import type { OpenEntry, OpenJournal, ServiceName } from './journal.ts';
import type { Effect, OpenScript } from './script.ts';

/** How long, in real time, a request is held that a hook was called for: what the hook sent (a signal) arrives before the answer. */
const DELIVERY_MS = 20;

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

/** An answer that leaves now. */
type ReadyAnswer = Answer & { readonly body: string };

/** What a server speaks: how a request is named in the journal, answered, and refused by script. */
export interface Dialect {
  entry(
    request: ReceivedRequest,
  ): Omit<OpenEntry, 'index' | 'at' | 'status' | 'outcome' | 'host' | 'userAgent' | 'authorized'>;
  handle(request: ReceivedRequest, entry: OpenEntry): Answer | Promise<Answer>;
  /** The answer to a scripted refusal, in the service's own form. */
  refuse(entry: OpenEntry, effect: Extract<Effect, { kind: 'throttle' | 'conflict' | 'error' }>): Answer;
}

export interface Serving {
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly journal: OpenJournal;
  readonly script: OpenScript;
}

/** PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server on a loopback port; with a certificate it speaks TLS only. */
export async function serve(
  serving: Serving,
  dialect: Dialect,
  certificate?: ServerCertificate,
): Promise<RunningServer> {
  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    respond(serving, dialect, message, response).catch((error: unknown) => {
      // A fault of the rehearsal itself: loud, and no answer that could be taken for the cloud's.
      console.error(error);
      reset(response);
    });
  };
  const server: Server =
    certificate === undefined
      ? createServer(listener)
      : createSecureServer({ key: certificate.key, cert: certificate.cert }, listener);
  server.on('connection', (socket: Socket) => {
    const ends = endsOf(socket);
    connections.set(ends, socket);
    socket.on('close', () => connections.delete(ends));
  });
  server.keepAliveTimeout = 0; // real time has no meaning here
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    close: () => close(server),
  };
}

/** The connections of all servers, below TLS: only there they can be reset. */
const connections = new Map<string, Socket>();

/** All are on loopback: the ports at both ends tell connections apart. */
function endsOf({ localPort, remotePort }: Socket): string {
  return `${String(localPort)} ${String(remotePort)}`;
}

function reset({ socket }: ServerResponse): void {
  if (socket !== null) connections.get(endsOf(socket))?.resetAndDestroy();
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

async function respond(
  serving: Serving,
  dialect: Dialect,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await receive(message);
  if (request === null) return;
  const { clock, agenda, journal, script } = serving;
  agenda.settle(); // what happened before it stands before it in the journal
  const entry = journal.open({
    ...dialect.entry(request),
    at: clock.now(),
    host: request.headers['host'] ?? '',
    userAgent: request.headers['user-agent'] ?? '',
    authorized: request.headers['authorization'] !== undefined,
  });
  if (await script.arrived(entry)) {
    // Real time, in which nobody need be at work: whoever has sent it may be gone.
    const release = clock.hold();
    await wait(DELIVERY_MS);
    release();
  }
  agenda.settle();
  const effect = script.effectOn(entry);
  if (effect !== undefined) entry.scripted = effect.kind;
  const pause = (ms: number): Promise<void> => paused(serving, response, ms);
  const given = await answerUnder(effect, dialect, request, entry, {
    breakOff: () => {
      reset(response);
    },
    pause,
    later: (ms, work) => {
      clock.schedule(ms, () => {
        agenda.settle();
        work();
      });
    },
  });
  if (effect?.kind === 'hang') holdBack(clock, response);
  if (given === null) return;
  if (given.takesMs !== undefined && given.takesMs > 0) await pause(given.takesMs);
  const answer = ready(given);
  if (effect?.kind === 'lost') {
    entry.outcome = 'lost';
    response.req.socket.destroy();
  } else if (effect?.kind === 'broken') {
    entry.outcome = 'lost';
    response.writeHead(answer.status, {
      ...answer.headers,
      date: new Date(clock.now()).toUTCString(),
      'content-length': Buffer.byteLength(answer.body) + 1,
    });
    response.write(answer.body.slice(0, Math.ceil(answer.body.length / 2)), () => {
      response.req.socket.destroy();
    });
  } else if (effect?.kind === 'delay') {
    const release = holdBack(clock, response);
    const cancel = clock.schedule(effect.ms, () => {
      release();
      send(clock, response, entry, answer);
    });
    response.on('close', cancel);
  } else if (effect?.kind === 'flood') {
    response.sendDate = false;
    entry.outcome = 'lost';
    await flood(response, effect.status ?? answer.status, headersOf(clock, entry, answer), effect.bytes);
  } else if (effect?.kind === 'drip') {
    entry.outcome = 'lost';
    await drip(response, { ...answer, headers: headersOf(clock, entry, answer) }, () => pause(effect.everyMs));
  } else send(clock, response, entry, answer);
}

/** The whole request; null when the client went away before its end. */
async function receive(message: IncomingMessage): Promise<ReceivedRequest | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]),
  );
  return { method: message.method ?? '', url: message.url ?? '/', headers, body: Buffer.concat(chunks) };
}

/** What an effect can do besides giving an answer. */
interface Means {
  readonly breakOff: () => void;
  readonly pause: (ms: number) => Promise<void>;
  readonly later: (ms: number, work: () => void) => void;
}

/** The answer that a script leaves or makes; null for none. */
async function answerUnder(
  effect: Effect | undefined,
  dialect: Dialect,
  request: ReceivedRequest,
  entry: OpenEntry,
  { breakOff, pause, later }: Means,
): Promise<Answer | null> {
  switch (effect?.kind) {
    case undefined:
    case 'lost':
    case 'broken':
    case 'delay':
    case 'flood':
    case 'drip':
      return dialect.handle(request, entry);
    case 'late':
      await pause(effect.ms);
      return dialect.handle(request, entry);
    case 'throttle':
    case 'conflict':
    case 'error':
      return dialect.refuse(entry, effect);
    case 'http':
      return {
        status: effect.status,
        headers: { 'content-type': effect.contentType ?? 'text/html', ...effect.headers },
        body: effect.body,
      };
    case 'redirect':
      return { status: effect.status ?? 307, headers: { location: effect.location }, body: '' };
    case 'answer': {
      const answer = await dialect.handle(request, entry);
      const body = typeof effect.body === 'string' ? effect.body : JSON.stringify(effect.body);
      return answer.status === 200 || answer.status === 201 ? { ...answer, body } : answer;
    }
    case 'altered': {
      const answer = await dialect.handle(request, entry);
      const { contentType } = effect;
      const headers = { ...answer.headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) };
      return answer.status < 300 ? { ...answer, headers, body: effect.alter(ready(answer).body) } : answer;
    }
    case 'hang':
      if (effect.processed === true && effect.afterMs !== undefined)
        later(effect.afterMs, () => {
          void Promise.resolve(dialect.handle(request, entry)).catch(console.error);
        });
      else if (effect.processed === true) await dialect.handle(request, entry);
      return null;
    case 'reset':
      entry.outcome = 'reset';
      breakOff();
      return null;
  }
}

function ready(answer: Answer): ReadyAnswer {
  const { body } = answer;
  return { ...answer, body: typeof body === 'string' ? body : body() };
}

/** Waits on the clock, whether or not anybody still waits for the answer. */
function paused({ clock, agenda }: Serving, response: ServerResponse, ms: number): Promise<void> {
  const release = holdBack(clock, response);
  return new Promise((resolve) => {
    clock.schedule(ms, () => {
      release();
      agenda.settle();
      resolve();
    });
  });
}

/** Tells the clock that a request is waiting for nobody's work; until its connection ends or the returned function is called. */
function holdBack(clock: Clock, response: ServerResponse): () => void {
  let held = true;
  clock.stalled(1);
  const release = (): void => {
    if (held) clock.stalled(-1);
    held = false;
  };
  if (response.req.socket.destroyed) release();
  response.on('close', release);
  return release;
}

/** Where a service puts the id of a request; AWS's are all alike. */
const requestIdHeaders: Partial<Record<ServiceName, string>> = {
  oidc: 'activityid',
  github: 'x-github-request-id',
  entra: 'x-ms-request-id',
  arm: 'x-ms-request-id',
  graph: 'request-id',
  cli: 'x-request-id',
};

function send(clock: Clock, response: ServerResponse, entry: OpenEntry, answer: ReadyAnswer): void {
  entry.status = answer.status;
  if (answer.code !== undefined) entry.code = answer.code;
  // The response's own socket is only there when the answer before it on the connection has left.
  if (response.req.socket.destroyed) {
    entry.outcome = 'lost'; // the client did not wait for it
    return;
  }
  entry.outcome = answer.status < 300 ? 'ok' : 'error';
  response.sendDate = false;
  response.writeHead(answer.status, {
    'content-length': Buffer.byteLength(answer.body),
    ...headersOf(clock, entry, answer),
  });
  response.end(answer.body);
}

function headersOf(clock: Clock, entry: OpenEntry, { headers }: ReadyAnswer): Readonly<Record<string, string>> {
  return {
    [requestIdHeaders[entry.service] ?? 'x-amzn-requestid']: entry.requestId,
    date: new Date(clock.now()).toUTCString(),
    ...headers,
  };
}
