import type { RequestListener } from 'node:http';

import { describe, expect, test } from '@jest/globals';

import type { Budget } from '../../../src/access/clock.ts';
import { Cancelled, Refusal } from '../../../src/access/errors.ts';
import { createConnections } from '../../../src/action/connections.ts';
import { createTokenMint, findTokenSource, type TokenMint } from '../../../src/action/github/id-token.ts';
import { eventOf } from './event-of.ts';
import { createFakeLog, type FakeLog } from '../../access/fake-log.ts';
import { createHurriedClock, type HurriedClock } from '../hurried-clock.ts';
import { closeAfterEach, serve, type LocalServer } from '../servers.ts';

const requestToken = 'request-token-of-the-job';
const budget: Budget = { until: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal };
const closing = closeAfterEach();

function jwt(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

interface Rig {
  readonly server: LocalServer;
  readonly mint: TokenMint;
  readonly clock: HurriedClock;
  readonly log: FakeLog;
  /** Masks and tokens, in order. */
  readonly events: string[];
}

async function setUp(answer: RequestListener): Promise<Rig> {
  const server = closing(await serve(answer));
  const connections = closing(createConnections());
  const clock = createHurriedClock();
  const log = createFakeLog();
  const events: string[] = [];
  const url = new URL(`${server.url}/token?api-version=2.0`);
  const mask = (secret: string): void => {
    events.push(`mask ${secret}`);
  };
  const mint = createTokenMint({ url, requestToken }, { clock, log, random: () => 0.5, mask, connections });
  return { server, mint, clock, log, events };
}

/** Answers with a token that carries the asked-for audience and a number of its own. */
function minting(): RequestListener {
  let count = 0;
  return (request, response) => {
    count += 1;
    const aud = new URL(request.url ?? '', 'http://local').searchParams.get('audience');
    response.end(JSON.stringify({ value: jwt({ aud, sub: 'repo:o/r:ref:refs/heads/main', jti: String(count) }) }));
  };
}

const failing =
  (status: number, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end('no');
  };

describe('mint', () => {
  test('requests with the bearer token and the audience, and keeps the query of the address', async () => {
    const { mint, server } = await setUp(minting());
    const { claims } = await mint.mint('sts.amazonaws.com&x=1', budget);
    expect(claims).toEqual({ aud: 'sts.amazonaws.com&x=1', sub: 'repo:o/r:ref:refs/heads/main', jti: '1' });
    const asked = new URL(server.requests[0]?.url ?? '', server.url);
    expect([...asked.searchParams]).toEqual([
      ['api-version', '2.0'],
      ['audience', 'sts.amazonaws.com&x=1'],
    ]);
    expect(server.requests[0]?.method).toBe('GET');
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${requestToken}`);
  });

  test('masks the request token at once and each token before it is handed out', async () => {
    const { mint, events } = await setUp(minting());
    expect(events).toEqual([`mask ${requestToken}`]);
    const { jwt: token } = await mint.mint('a', budget).finally(() => events.push('handed out'));
    expect(events).toEqual([`mask ${requestToken}`, `mask ${token}`, 'handed out']);
  });

  test('masks a token whose claims cannot be read, too', async () => {
    const { mint, events } = await setUp((_request, response) => {
      response.end(JSON.stringify({ value: 'opaque-token' }));
    });
    expect(await mint.mint('a', budget)).toEqual({ jwt: 'opaque-token', claims: {} });
    expect(events).toContain('mask opaque-token');
  });

  test('returns a fresh token each time', async () => {
    const { mint, server } = await setUp(minting());
    const tokens = [await mint.mint('a', budget), await mint.mint('a', budget), await mint.mint('a', budget)];
    expect(new Set(tokens.map((token) => token.jwt)).size).toBe(3);
    expect(server.requests).toHaveLength(3);
  });

  test('at the same time, too', async () => {
    const { mint } = await setUp(minting());
    mint.prefetch('a', budget);
    const tokens = await Promise.all([mint.mint('a', budget), mint.mint('a', budget), mint.mint('a', budget)]);
    expect(new Set(tokens.map((token) => token.jwt)).size).toBe(3);
  });

  test('claims that are no texts become texts', async () => {
    const { mint } = await setUp((_request, response) => {
      response.end(JSON.stringify({ value: jwt({ aud: 'a', run_attempt: 2, list: ['x', 'y'], nothing: null }) }));
    });
    expect((await mint.mint('a', budget)).claims).toEqual({ aud: 'a', run_attempt: '2', list: 'x,y', nothing: 'null' });
  });

  test('the newest claims stay readable', async () => {
    const { mint } = await setUp(minting());
    expect(mint.claims()).toBeNull();
    await mint.mint('a', budget);
    await mint.mint('b', budget);
    expect(mint.claims()).toMatchObject({ aud: 'b', jti: '2' });
  });

  test('no line of the log carries a token', async () => {
    const { mint, log } = await setUp(minting());
    const { jwt: token } = await mint.mint('a', budget);
    expect(log.lines.length).toBeGreaterThan(0);
    expect(log.lines.join('\n')).not.toContain(token);
    expect(log.lines.join('\n')).not.toContain(requestToken);
  });
});

describe('prefetch', () => {
  test('is used by the first mint, and only the first', async () => {
    const { mint, server } = await setUp(minting());
    mint.prefetch('a', budget);
    const first = await mint.mint('a', budget);
    expect(first.claims['jti']).toBe('1');
    expect((await mint.mint('a', budget)).claims['jti']).toBe('2');
    expect(server.requests).toHaveLength(2);
  });

  test('a failure is reported to the first mint, and only once', async () => {
    let fail = true;
    const tokens = minting();
    const { mint } = await setUp((request, response) => {
      (fail ? failing(403) : tokens)(request, response);
    });
    mint.prefetch('a', budget);
    await expect(mint.mint('a', budget)).rejects.toBeInstanceOf(Refusal);
    fail = false;
    expect((await mint.mint('a', budget)).claims).toMatchObject({ aud: 'a' });
  });

  test('a token for one audience is never handed out for another', async () => {
    const { mint } = await setUp(minting());
    mint.prefetch('a', budget);
    expect((await mint.mint('b', budget)).claims['aud']).toBe('b');
  });
});

describe('without a token', () => {
  test('a redirect is not followed: the bearer token goes nowhere else', async () => {
    const elsewhere = closing(await serve(minting()));
    const { mint, server } = await setUp(failing(302, { location: `${elsewhere.url}/token` }));
    await expect(mint.mint('a', budget)).rejects.toThrow(/302/u);
    expect(elsewhere.requests).toHaveLength(0);
    expect(server.requests).toHaveLength(1);
  });

  test.each([400, 401, 403, 404])('HTTP %d is final', async (status) => {
    const { mint, server } = await setUp(failing(status));
    await expect(mint.mint('a', budget)).rejects.toMatchObject({
      name: 'Refusal',
      message: `GitHub gave no ID token in one try: the HTTP status was ${status}.`,
    });
    expect(server.requests).toHaveLength(1);
  });

  test.each([401, 403])('HTTP %d is reported as a refused request token', async (status) => {
    const { mint } = await setUp(failing(status));
    await expect(mint.mint('a', budget)).rejects.toMatchObject({ hint: expect.stringContaining('id-token: write') });
  });

  test.each([408, 429, 500, 502, 503])('HTTP %d is tried five times, with pauses', async (status) => {
    const { mint, server, clock } = await setUp(failing(status));
    await expect(mint.mint('a', budget)).rejects.toMatchObject({
      message: `GitHub gave no ID token in 5 tries: the HTTP status was ${status}.`,
      hint: expect.stringContaining('githubstatus.com'),
    });
    expect(server.requests).toHaveLength(5);
    expect(clock.sleeps).toHaveLength(4);
    expect(Math.max(...clock.sleeps)).toBeLessThanOrEqual(5_000);
  });

  test('a time to wait that the server names is kept, up to a minute', async () => {
    const { mint, clock } = await setUp(failing(503, { 'retry-after': '7' }));
    await expect(mint.mint('a', budget)).rejects.toThrow(/503/u);
    expect(clock.sleeps).toEqual([7_000, 7_000, 7_000, 7_000]);
    const rig = await setUp(failing(429, { 'retry-after': '86400' }));
    await expect(rig.mint.mint('a', budget)).rejects.toThrow(/429/u);
    expect(rig.clock.sleeps).toEqual([60_000, 60_000, 60_000, 60_000]);
  });

  test('a pause that the budget has no room for is not begun', async () => {
    const { mint, clock, server } = await setUp(failing(503, { 'retry-after': '30' }));
    await expect(mint.mint('a', { ...budget, until: clock.now() + 20_000 })).rejects.toThrow(/503/u);
    expect(clock.sleeps).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test('a passing fault is overcome', async () => {
    let calls = 0;
    const tokens = minting();
    const { mint } = await setUp((request, response) => {
      calls += 1;
      if (calls < 3) request.socket.destroy();
      else tokens(request, response);
    });
    expect((await mint.mint('a', budget)).claims['aud']).toBe('a');
  });

  test.each(['', 'no JSON', '{}', '{"value":""}', '{"value":42}', 'null', '[]', '"text"'])(
    'an answer %j holds no token',
    async (body) => {
      const { mint, events } = await setUp((_request, response) => {
        response.end(body);
      });
      await expect(mint.mint('a', budget)).rejects.toThrow(/the answer held no token/u);
      expect(events).toEqual([`mask ${requestToken}`]);
    },
  );

  test('an answer without end is cut off', async () => {
    const { mint } = await setUp((_request, response) => {
      response.write('x'.repeat(2 * 1024 * 1024));
    });
    await expect(mint.mint('a', budget)).rejects.toThrow(/longer than 1 MiB/u);
  });

  test('an answer that breaks off is no answer', async () => {
    const { mint } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"value":"half');
      setImmediate(() => response.destroy());
    });
    await expect(mint.mint('a', budget)).rejects.toThrow(/GitHub gave no ID token in 5 tries/u);
  });

  test('a server that is silent is given up after 10 s', async () => {
    let ring = (): void => undefined;
    const rig = await setUp(() => {
      ring();
    });
    ring = () => {
      rig.clock.ring();
    };
    await expect(rig.mint.mint('a', budget)).rejects.toThrow(/no answer within 10 s/u);
    expect(rig.server.requests).toHaveLength(5);
  });

  test('without a server, the reason is reported', async () => {
    const { mint, server } = await setUp(minting());
    await server.close();
    await expect(mint.mint('a', budget)).rejects.toThrow(/ECONNREFUSED/u);
  });

  test('no error and no line of the log carries the request token', async () => {
    for (const answer of [failing(403), failing(500), failing(302, { location: 'http://127.0.0.1:1/' })]) {
      const { mint, log } = await setUp(answer);
      const error: unknown = await mint.mint('a', budget).catch((it: unknown) => it);
      expect(error).toBeInstanceOf(Refusal);
      expect(JSON.stringify([String(error), error, (error as Error).stack, log.lines])).not.toContain(requestToken);
    }
  });

  test('a cancellation while it is out ends it, with the reason and no further try', async () => {
    const controller = new AbortController();
    const reason = new Cancelled('stop');
    const { mint, server } = await setUp(() => {
      controller.abort(reason);
    });
    await expect(mint.mint('a', { ...budget, signal: controller.signal })).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });
});

describe('findTokenSource', () => {
  const find = (variables: Readonly<Record<string, string>>, fork = false) =>
    findTokenSource(new Map(Object.entries(variables)), eventOf('pull_request', fork ? 'elsewhere' : 'here'));
  const token = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken };

  test("uses the runner's settings", () => {
    const url = 'https://pipelines.actions.example/token?api-version=2.0';
    expect(find({ ...token, ACTIONS_ID_TOKEN_REQUEST_URL: url })).toEqual({ url: new URL(url), requestToken });
  });

  test('takes plain http on this machine only', () => {
    expect(find({ ...token, ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:8080/' })).toHaveProperty('url');
    const fault = find({ ...token, ACTIONS_ID_TOKEN_REQUEST_URL: 'http://pipelines.actions.example/' });
    expect(fault).toMatchObject({ input: 'ACTIONS_ID_TOKEN_REQUEST_URL', problem: 'The address is not https.' });
    expect(JSON.stringify(fault)).not.toContain(requestToken);
  });

  test.each([
    {},
    token,
    { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x.example/' },
    { ...token, ACTIONS_ID_TOKEN_REQUEST_URL: 'nonsense' },
  ])('%j: the permission is missing, and the YAML to add is shown', (variables) => {
    expect(find(variables)).toMatchObject({
      input: 'permissions',
      example: { advice: expect.stringContaining('permissions: { id-token: write') },
    });
  });

  test('from a fork the fork is the reason', () => {
    expect(find({}, true)).toMatchObject({ input: 'on', problem: expect.stringContaining('fork') });
  });
});
