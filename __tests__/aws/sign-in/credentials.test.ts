import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';

import { afterEach, describe, expect, test } from '@jest/globals';

import type { Budget } from '../../../src/access/clock.ts';
import { Cancelled, Refusal } from '../../../src/access/errors.ts';
import { createRequests } from '../../../src/access/engine/requests.ts';
import { unanswered } from '../../../src/access/leases/liveness.ts';
import { createConnections } from '../../../src/action/connections.ts';
import type { SignIn } from '../../../src/aws/settings.ts';
import { readRouting } from '../../../src/aws/routing.ts';
import { createCredentials, type Credentials } from '../../../src/aws/sign-in/credentials.ts';
import { classify } from '../../../src/aws/failures.ts';
import { openWire } from '../../../src/aws/wire.ts';
import { createFakeLog, type FakeLog } from '../../access/fake-log.ts';
import { createHurriedClock, type HurriedClock } from '../../action/hurried-clock.ts';
import { closeAfterEach, serve, type LocalServer } from '../../action/servers.ts';
import { settings } from '../fake-session.ts';
import { someOrigin } from '../../access/some-origin.ts';

const signIn = {
  kind: 'web-identity',
  roleArn: 'arn:aws:iam::111122223333:role/broker',
  sessionName: 'cloud-access-1-2-3',
  audience: 'sts.amazonaws.com',
} as const satisfies SignIn;
const closing = closeAfterEach();
afterEach(() => {
  Reflect.deleteProperty(process.env, 'AWS_ENDPOINT_URL_STS');
});

interface Rig {
  readonly credentials: Credentials;
  readonly server: LocalServer;
  readonly clock: HurriedClock & { skip(ms: number): void };
  readonly log: FakeLog;
  readonly budget: Budget;
  /** ID tokens that STS was shown, in order. */
  readonly shown: readonly string[];
  readonly masked: readonly string[];
}

type Reply = (form: URLSearchParams, count: number) => { readonly status: number; readonly xml: string };

async function setUp(reply: Reply, how: SignIn = signIn, signal = new AbortController().signal): Promise<Rig> {
  const shown: string[] = [];
  const masked: string[] = [];
  const answer: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const form = new URLSearchParams(body);
      shown.push(form.get('WebIdentityToken') ?? '');
      const { status, xml } = reply(form, shown.length);
      response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': `sts-${shown.length}` }).end(xml);
    });
  };
  const server = closing(await serve(answer));
  const connections = closing(createConnections());
  process.env['AWS_ENDPOINT_URL_STS'] = server.url;
  const hurried = createHurriedClock();
  let skipped = 0;
  const clock = {
    ...hurried,
    now: () => hurried.now() + skipped,
    skip: (ms: number) => {
      skipped += ms;
    },
  };
  const log = createFakeLog();
  let minted = 0;
  const tools = {
    clock,
    log,
    random: () => 0.5,
    mask: (secret: string) => {
      masked.push(secret);
    },
    tokens: {
      mint: (audience: string) => {
        minted += 1;
        return Promise.resolve({
          jwt: `token-${minted}`,
          claims: { aud: audience, sub: 'repo:o/r:ref:refs/heads/main' },
        });
      },
    },
    connections,
    signInUntil: null,
    requestsPerSecond: null,
    product: ['cloud-access', '0.0.0'] as const,
    origin: someOrigin,
    liveness: unanswered('not requested here'),
    randomBytes,
  };
  const wire = openWire(connections, clock);
  const requests = createRequests({
    clock,
    log,
    random: () => 0.5,
    quotas: {},
    requestsPerSecond: null,
    classify,
    requestIdOf: (it) => wire.requestIdOf(it),
  });
  const credentials = createCredentials({ ...settings, signIn: how }, await readRouting(), tools, requests, wire);
  return { credentials, server, clock, log, shown, masked, budget: { until: clock.now() + 120_000, signal } };
}

const good =
  (lasts = 3_600_000): Reply =>
  (_form, count) => ({
    status: 200,
    xml: `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
      <AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/broker/x</Arn></AssumedRoleUser>
      <Credentials><AccessKeyId>ASIA${count}</AccessKeyId><SecretAccessKey>secret-${count}</SecretAccessKey><SessionToken>session-${count}</SessionToken>
      <Expiration>${new Date(Date.now() + lasts).toISOString()}</Expiration></Credentials>
      </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
  });
const bad =
  (code: string, status = 400): Reply =>
  () => ({
    status,
    xml: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>the words</Message></Error></ErrorResponse>`,
  });
const badFirst =
  (code: string, status: number, times: number): Reply =>
  (form, count) =>
    (count <= times ? bad(code, status) : good())(form, count);

describe('signing in', () => {
  test('exchanges the token for the role, and returns the credentials; secrets are masked', async () => {
    const { credentials, budget, shown, masked, log } = await setUp(good());
    await credentials.get(budget);
    expect(await credentials.provider()).toMatchObject({
      accessKeyId: 'ASIA1',
      secretAccessKey: 'secret-1',
      sessionToken: 'session-1',
    });
    expect(shown).toEqual(['token-1']);
    expect(masked).toEqual(['secret-1', 'session-1']);
    expect(log.at('info').join('\n')).toContain('arn:aws:sts::111122223333:assumed-role/broker/x');
  });

  test('no line of the log carries a secret', async () => {
    const { credentials, budget, log } = await setUp(badFirst('AccessDenied', 403, 1));
    await credentials.get(budget);
    expect(log.lines).not.toEqual([]);
    for (const secret of ['secret-', 'session-', 'token-1', 'token-2'])
      expect(log.lines.join('\n')).not.toContain(secret);
  });

  test('requests the role and the session name, and nothing more', async () => {
    let asked = new URLSearchParams();
    const { credentials, budget, server } = await setUp((form, count) => {
      asked = form;
      return good()(form, count);
    });
    await credentials.get(budget);
    expect(Object.fromEntries(asked)).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: signIn.roleArn,
      RoleSessionName: 'cloud-access-1-2-3',
      WebIdentityToken: 'token-1',
    });
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    expect(server.requests[0]?.headers['user-agent']).toContain('cloud-access/0.0.0');
  });

  test("ambient credentials are found in the SDK's own order, and masked before their use", async () => {
    const ambient = {
      AWS_ACCESS_KEY_ID: 'AKIAAMBIENT',
      AWS_SECRET_ACCESS_KEY: 'ambient-secret',
      AWS_SESSION_TOKEN: 'ambient-session',
    };
    Object.assign(process.env, ambient);
    const { credentials, budget, shown, masked } = await setUp(good(), { kind: 'ambient' });
    await credentials.get(budget);
    const found = await credentials.provider();
    for (const name of Object.keys(ambient)) Reflect.deleteProperty(process.env, name);
    expect(found).toMatchObject({
      accessKeyId: 'AKIAAMBIENT',
      secretAccessKey: 'ambient-secret',
      sessionToken: 'ambient-session',
    });
    expect(masked).toEqual(['ambient-secret', 'ambient-session']);
    expect(shown).toEqual([]);
  });

  test('before it, there are no credentials', async () => {
    const { credentials } = await setUp(good());
    await expect(credentials.provider()).rejects.toThrow();
  });
});

describe('a refusal', () => {
  test.each([
    ['AccessDenied', 403],
    ['ExpiredTokenException', 400],
    ['InvalidIdentityToken', 400],
  ])('%s is tried three times, each with a new token, within five seconds', async (code, status) => {
    const { credentials, budget, shown, clock } = await setUp(bad(code, status));
    await expect(credentials.get(budget)).rejects.toBeInstanceOf(Refusal);
    expect(shown).toEqual(['token-1', 'token-2', 'token-3']);
    expect(clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(5_000);
  });

  test('reports the claims of the refused token', async () => {
    const { credentials, budget } = await setUp(bad('AccessDenied', 403));
    await expect(credentials.get(budget)).rejects.toMatchObject({
      message: expect.stringMatching(/AccessDenied: the words \(request ID sts-3\)/u),
      hint: expect.stringContaining('The job runs in no environment.'),
    });
  });

  test.each([1, 2])('that passes after %d tries is temporary', async (times) => {
    const { credentials, budget, shown } = await setUp(badFirst('AccessDenied', 403, times));
    await credentials.get(budget);
    expect(shown).toHaveLength(times + 1);
  });

  test.each([
    ['IDPCommunicationError', 400],
    ['Throttling', 400],
    ['ServiceUnavailable', 503],
  ])('%s is temporary: tried again with a new token (P13)', async (code, status) => {
    const { credentials, budget, shown } = await setUp(badFirst(code, status, 3));
    await credentials.get(budget);
    expect(shown).toEqual(['token-1', 'token-2', 'token-3', 'token-4']);
  });

  test.each([
    ['ValidationError', 400],
    ['PackedPolicyTooLarge', 400],
    ['RegionDisabledException', 403],
  ])('%s is final', async (code, status) => {
    const { credentials, budget, shown } = await setUp(bad(code, status));
    await expect(credentials.get(budget)).rejects.toMatchObject({
      failure: { operation: 'sts:AssumeRoleWithWebIdentity', message: 'the words' },
    });
    expect(shown).toHaveLength(1);
  });

  test('a response without credentials is refused', async () => {
    const empty =
      '<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult/></AssumeRoleWithWebIdentityResponse>';
    const { credentials, budget } = await setUp(() => ({ status: 200, xml: empty }));
    await expect(credentials.get(budget)).rejects.toBeInstanceOf(Refusal);
  });

  test('after a refusal, the next request signs in again', async () => {
    const { credentials, budget } = await setUp(badFirst('ValidationError', 400, 1));
    await expect(credentials.get(budget)).rejects.toThrow();
    await credentials.get(budget);
    expect(await credentials.provider()).toMatchObject({ accessKeyId: 'ASIA2' });
  });

  test('a cancellation ends it with its reason', async () => {
    const controller = new AbortController();
    const reason = new Cancelled('stop');
    const { credentials, budget, shown } = await setUp(
      (form, count) => {
        controller.abort(reason);
        return bad('AccessDenied', 403)(form, count);
      },
      signIn,
      controller.signal,
    );
    await expect(credentials.get(budget)).rejects.toBe(reason);
    expect(shown).toHaveLength(1);
  });
});

describe('renewal', () => {
  test('many at once sign in once', async () => {
    const { credentials, budget, shown } = await setUp(good());
    await Promise.all(Array.from({ length: 20 }, () => credentials.get(budget)));
    expect(shown).toHaveLength(1);
  });

  test('begins five minutes before the end, and not earlier', async () => {
    const { credentials, budget, shown, clock } = await setUp(good());
    await credentials.get(budget);
    clock.skip(54 * 60_000);
    await credentials.get(budget);
    expect(shown).toHaveLength(1);
    clock.skip(2 * 60_000);
    await Promise.all([
      credentials.get({ ...budget, until: clock.now() + 60_000 }),
      credentials.get({ ...budget, until: clock.now() + 60_000 }),
    ]);
    expect(shown).toHaveLength(2);
    expect(await credentials.provider()).toMatchObject({ accessKeyId: 'ASIA2' });
  });
});
