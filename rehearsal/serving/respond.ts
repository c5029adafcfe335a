import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import type { Clock } from '../clock/coordinator.ts';
import type { OpenEntry, ServiceName } from '../journal.ts';
import { reset } from './connections.ts';
import type { Dialect, ReceivedRequest, Serving } from './dialect.ts';
import { drip, flood } from './hostile-bodies.ts';
import { answerUnder, ready, type ReadyAnswer } from './under-effect.ts';

/** Real time for which a request with a called hook waits: the hook's signal arrives before the response. */
const DELIVERY_MS = 20;

/** Responds to one request, or follows the script. */
export async function respond(
  serving: Serving,
  dialect: Dialect,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await receive(message);
  if (request === null) return;
  const { clock, agenda, journal, script } = serving;
  agenda.settle(); // earlier events are earlier in the journal
  const entry = journal.open({
    ...dialect.entry(request),
    at: clock.now(),
    host: request.headers['host'] ?? '',
    userAgent: request.headers['user-agent'] ?? '',
    authorized: request.headers['authorization'] !== undefined,
  });
  if (await script.arrived(entry)) {
    // Real time, in which no process needs to work: the sender can be gone.
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

/** Waits on the clock, whether or not a client still waits for the response. */
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

/**
 * Reports to the clock that a request waits for no process's work; until its connection ends or the returned function
 * is called.
 */
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

/** Place of the ID of a request in a service's response; AWS's are all alike. */
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
