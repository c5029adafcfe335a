import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

const piece = Buffer.alloc(64 * 1024, 'a');

/** Sends so many bytes, in the middle of a JSON text, as fast as the other end takes them; ends early when that has gone. */
export async function flood(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  bytes: number,
): Promise<void> {
  response.writeHead(status, headers);
  response.write('{"value":"');
  for (let sent = 0; sent < bytes && isOpen(response); sent += piece.length)
    if (!response.write(piece)) await taken(response);
  if (isOpen(response)) response.end('"}');
}

/** Sends a response byte by byte, and waits before each; ends early when its client is gone. */
export async function drip(
  response: ServerResponse,
  {
    status,
    headers,
    body,
  }: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string },
  wait: () => Promise<void>,
): Promise<void> {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  response.flushHeaders();
  for (const byte of bytes) {
    await wait();
    if (!isOpen(response)) return;
    response.write(Buffer.of(byte));
  }
  response.end();
}

function isOpen(response: ServerResponse): boolean {
  return !response.req.socket.destroyed;
}

async function taken(response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  const { signal } = gone;
  try {
    await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  } finally {
    gone.abort();
  }
}
