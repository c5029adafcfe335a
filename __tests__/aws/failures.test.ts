import { Agent, type RequestListener } from 'node:http';

import { GetGroupIdCommand, IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { ListInstancesCommand, SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';

import type { Failure, FailureKind } from '../../src/access/errors.ts';
import { delayBeforeRetry, isUncertain } from '../../src/access/engine/retry.ts';
import { classify, isSignInRefused } from '../../src/aws/failures.ts';
import { closeAfterEach, serve, type LocalServer } from '../action/servers.ts';

const closing = closeAfterEach();
const start = async (answer: RequestListener): Promise<LocalServer> => closing(await serve(answer));

function configFor(endpoint: string) {
  return {
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    requestHandler: { httpAgent: new Agent() },
  } as const;
}

/** The error of a request; a response that the client reads as a success has none. */
function refusalOf(sent: Promise<unknown>): Promise<unknown> {
  return sent.then(
    () => Promise.reject(new Error('no error came of it')),
    (error: unknown) => error,
  );
}

/** Error of a real client's real request with this response. */
async function classified(answer: RequestListener): Promise<Failure> {
  const server = await start(answer);
  const sent = new SSOAdminClient(configFor(server.url)).send(new ListInstancesCommand({}));
  return classify(await refusalOf(sent), 'sso:ListInstances');
}

/** An error as sso-admin sends it. Source: docs/design/aws.md#wire. */
const awsError =
  (
    type: string,
    status: number,
    body: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): RequestListener =>
  (_request, response) => {
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'aws-req-1', ...headers })
      .end(JSON.stringify({ __type: type, message: 'the cloud’s own words', ...body }));
  };

describe('an error of the service', () => {
  test.each<[string, number, FailureKind]>([
    ['ConflictException', 400, 'busy'],
    ['ThrottlingException', 400, 'throttled'],
    ['AccessDeniedException', 400, 'denied'],
    ['ResourceNotFoundException', 400, 'not-found'],
    ['AccountNotFoundException', 400, 'not-found'],
    ['ParentNotFoundException', 400, 'not-found'],
    ['TooManyRequestsException', 400, 'throttled'],
    ['AWSOrganizationsNotInUseException', 400, 'other'],
    ['ServiceQuotaExceededException', 400, 'quota'],
    ['ValidationException', 400, 'invalid'],
    ['InternalServerException', 500, 'unavailable'],
    ['ExpiredTokenException', 400, 'denied'],
    ['UnrecognizedClientException', 400, 'denied'],
    ['InvalidClientTokenId', 403, 'denied'],
    ['SomethingNew', 400, 'other'],
    ['SomethingNew', 503, 'unavailable'],
    ['SomethingNew', 429, 'throttled'],
    ['com.amazonaws.swbexternal#ConflictException', 400, 'busy'],
  ])('%s with HTTP %d is %s; code, words and request ID stay', async (type, status, kind) => {
    expect(await classified(awsError(type, status))).toMatchObject({
      kind,
      operation: 'sso:ListInstances',
      code: type.replace(/^.*#/u, ''),
      message: 'the cloud’s own words',
      requestId: 'aws-req-1',
    });
  });

  test('a KMS cause is explained', async () => {
    const { hint } = await classified(awsError('AccessDeniedException', 400, { Reason: 'KMS_AccessDeniedException' }));
    expect(hint).toContain('kms:Decrypt');
  });

  test('without words it still has a message', async () => {
    const { message } = await classified(awsError('ConflictException', 400, { message: undefined }));
    expect(message).not.toBe('');
  });

  test.each([
    ['message', 'ConflictException', 'busy'],
    ['Message', 'ConflictException', 'busy'],
    ['Reason', 'AccessDeniedException', 'denied'],
    ['code', 'SomethingNew', 'other'],
    ['RetryAfterSeconds', 'ThrottlingException', 'throttled'],
  ] as const)('a %s of another type counts as missing, and %s stays as it is', async (member, type, kind) => {
    const failure = await classified(awsError(type, 400, { message: undefined, [member]: { strange: true } }));
    expect(failure).toMatchObject({
      kind,
      code: type,
      message: 'no message',
      requestId: 'aws-req-1',
      retryAfterMs: null,
    });
  });

  test.each(['constructor', 'toString', '__proto__'])('a code %s is a code like any other', async (code) => {
    expect((await classified(awsError(code, 400))).kind).toBe('other');
  });
});

describe('credentials that have expired', () => {
  test.each([
    ['ExpiredToken', 'no'],
    ['ExpiredTokenError', 'no'],
    ['InvalidToken', 'The provided token is malformed or otherwise invalid.'],
    ['TokenRefreshRequired', 'no'],
    ['InvalidClientTokenIdException', 'no'],
    ['RequestExpired', 'Request has expired.'],
    ['AccessDeniedException', 'The security token included in the request is expired'],
    ['AccessDeniedException', 'The security token included in the request is invalid.'],
    ['ValidationException', 'The security token included in the request is expired'],
  ])('are recognized: %s, "%s"', async (type, message) => {
    const failure = await classified(awsError(type, 400, { message }));
    expect([failure.kind, isSignInRefused(failure)]).toEqual(['denied', true]);
  });

  test.each([
    ['AccessDeniedException', 'User: arn:aws:sts::111122223333:assumed-role/a/b is not authorized to perform: sso:X'],
    ['ValidationException', 'The pagination token has expired'],
  ])('are not the cause of %s, "%s"', async (type, message) => {
    expect(isSignInRefused(await classified(awsError(type, 400, { message })))).toBe(false);
  });
});

describe('a clock that is wrong', () => {
  test('is corrected by the SDK with the first refusal, which allows one more try and changed nothing', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    const failure = await classified(
      awsError(
        'InvalidSignatureException',
        400,
        { message: 'Signature expired: … is now earlier than …' },
        { date: inAnHour },
      ),
    );
    expect(delayBeforeRetry(failure, 1, () => 0.5)).not.toBeNull();
    expect(isUncertain(failure)).toBe(false);
  });

  describe.each([
    ['InvalidSignatureException', 400],
    ['SignatureDoesNotMatch', 403],
  ])('%s', (code, status) => {
    test('is right again where the machine paused between signing and sending: signed again, the request gets one more try', async () => {
      const failure = await classified(
        awsError(
          code,
          status,
          { message: 'Signature expired: 20261121T200000Z is now earlier than 20261121T201500Z' },
          { date: new Date().toUTCString() },
        ),
      );
      expect(failure.kind).toBe('skewed');
    });

    test('where the time is right, a bad signature is final', async () => {
      const failure = await classified(awsError(code, status, {}, { date: new Date().toUTCString() }));
      expect(failure.kind).toBe('denied');
    });
  });
});

describe('the delay that the cloud requests', () => {
  test('from the header', async () => {
    expect(await classified(awsError('ThrottlingException', 400, {}, { 'retry-after': '7' }))).toMatchObject({
      retryAfterMs: 7_000,
    });
    expect(await classified(awsError('ThrottlingException', 400))).toMatchObject({ retryAfterMs: null });
  });

  test.each(['soon', 'Wed, 04 Mar 2026 05:06:07 GMT', '-5', ''])('%j is not a delay', async (value) => {
    expect(
      (await classified(awsError('ThrottlingException', 400, {}, { 'retry-after': value }))).retryAfterMs,
    ).toBeNull();
  });

  test('a wrong figure cannot stall a step', async () => {
    const { retryAfterMs } = await classified(awsError('ThrottlingException', 400, {}, { 'retry-after': '86400' }));
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  test("from the identity store's own member", async () => {
    const server = await start(awsError('ThrottlingException', 400, { RetryAfterSeconds: 3, RequestId: 'ids-1' }));
    const command = new GetGroupIdCommand({
      IdentityStoreId: 'd-1111111111',
      AlternateIdentifier: { UniqueAttribute: { AttributePath: 'displayName', AttributeValue: 'x' } },
    });
    const error: unknown = await new IdentitystoreClient(configFor(server.url))
      .send(command)
      .catch((it: unknown) => it);
    expect(classify(error, 'identitystore:GetGroupId')).toMatchObject({ kind: 'throttled', retryAfterMs: 3_000 });
  });
});

describe('a response from another server', () => {
  const html =
    (status: number): RequestListener =>
    (_request, response) => {
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>');
    };

  test.each([500, 502, 503, 504])(
    'a page of HTML with HTTP %d leaves the result of the change unknown',
    async (status) => {
      expect(await classified(html(status))).toMatchObject({
        kind: 'unavailable',
        code: `HTTP ${status}`,
        message: 'the response is not JSON',
      });
    },
  );

  test('a page of HTML with HTTP 200 leaves it unknown, too', async () => {
    expect(await classified(html(200))).toMatchObject({ kind: 'unavailable', code: 'HTTP 200' });
  });

  test.each([302, 407])('an empty answer with HTTP %d is named by its status', async (status) => {
    const failure = await classified((_request, response) => {
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
    });
    expect(failure.code).toBe(`HTTP ${status}`);
  });

  test('a page of HTML with HTTP 403, as of a proxy, is final', async () => {
    expect((await classified(html(403))).kind).toBe('other');
  });

  test("the message does not mention this action's code", async () => {
    for (const status of [200, 403, 502])
      expect((await classified(html(status))).message).not.toMatch(/\$response|Deserialization/u);
  });
});

describe('no answer', () => {
  // As client-sso-admin 3.1138 gives them; a real broken socket loses its code on the way into jest's realm.
  const network = (message: string, over: object): Error => Object.assign(new Error(message), over);

  test.each([
    [
      'a connection that is refused',
      network('connect ECONNREFUSED 127.0.0.1:1', { code: 'ECONNREFUSED', $metadata: { attempts: 1 } }),
      'ECONNREFUSED',
    ],
    [
      'a connection that breaks',
      network('socket hang up', { code: 'ECONNRESET', name: 'TimeoutError', $metadata: { attempts: 1 } }),
      'ECONNRESET',
    ],
    ['an unknown host', network('getaddrinfo ENOTFOUND x', { code: 'ENOTFOUND' }), 'ENOTFOUND'],
  ])('%s is unreachable', (_name, error, code) => {
    expect(classify(error, 'sso:ListInstances')).toMatchObject({
      kind: 'unreachable',
      code,
      message: error.message,
      requestId: null,
      hint: expect.stringContaining('HTTPS_PROXY'),
    });
  });

  test('a refusal that breaks off is requested again: its reason was not readable', () => {
    const error = network('aborted', { code: 'ECONNRESET', $metadata: { httpStatusCode: 409, requestId: 'aws-1' } });
    expect(classify(error, 'scheduler:CreateSchedule')).toMatchObject({ kind: 'unavailable', requestId: 'aws-1' });
  });

  test("a response that breaks off leaves the result unknown, without the SDK's advice in the message", () => {
    const message =
      'aborted\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.';
    const error = network(message, { code: 'ECONNRESET', $metadata: { httpStatusCode: 200, requestId: 'aws-1' } });
    expect(classify(error, 'sso:ListInstances')).toMatchObject({
      kind: 'unavailable',
      code: 'ECONNRESET',
      message: 'aborted',
      requestId: 'aws-1',
    });
  });

  test('a request that this action aborted is unreachable', async () => {
    const controller = new AbortController();
    const server = await start(() => {
      controller.abort();
    });
    const sent = new SSOAdminClient(configFor(server.url)).send(new ListInstancesCommand({}), {
      abortSignal: controller.signal,
    });
    expect(classify(await sent.catch((it: unknown) => it), 'sso:ListInstances').kind).toBe('unreachable');
  });

  test('a time-out of this action is unreachable', () => {
    const error = Object.assign(new Error('no answer within 10 s'), { name: 'TimeoutError' });
    expect(classify(error, 'sso:ListInstances')).toMatchObject({
      kind: 'unreachable',
      code: 'TimeoutError',
      message: 'no answer within 10 s',
    });
  });

  test('an untrusted certificate is reported as such', () => {
    const error = Object.assign(new Error('self-signed certificate in certificate chain'), {
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
    });
    expect(classify(error, 'sso:ListInstances')).toMatchObject({
      kind: 'unreachable',
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
  });

  test('missing credentials are final, with the setting as the hint', () => {
    const error = Object.assign(new Error('Could not load credentials from any providers'), {
      name: 'CredentialsProviderError',
    });
    expect(classify(error, 'sso:ListInstances')).toMatchObject({
      kind: 'other',
      hint: expect.stringContaining('aws-role-to-assume'),
    });
  });

  test.each([null, undefined, 'a text', 42, {}])('%j thrown becomes an error with a message', (error) => {
    expect(classify(error, 'sso:ListInstances')).toMatchObject({ kind: 'other', requestId: null });
  });

  test('the cause of an error is reported with it', () => {
    const error = Object.assign(new Error('connect failed', { cause: new Error('the reason') }), {
      code: 'ECONNREFUSED',
    });
    expect(classify(error, 'sso:ListInstances').message).toBe('connect failed (the reason)');
  });
});

describe('an error of STS', () => {
  const xml =
    (code: string, status: number): RequestListener =>
    (_request, response) => {
      response
        .writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': 'sts-1' })
        .end(
          `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>the words</Message></Error><RequestId>sts-1</RequestId></ErrorResponse>`,
        );
    };

  test.each<[string, number, FailureKind]>([
    ['AccessDenied', 403, 'denied'],
    ['ExpiredTokenException', 400, 'denied'],
    ['IDPCommunicationError', 400, 'unavailable'],
    ['Throttling', 400, 'throttled'],
    ['ValidationError', 400, 'invalid'],
    ['ServiceUnavailable', 503, 'unavailable'],
    ['InternalFailure', 500, 'unavailable'],
    ['RegionDisabledException', 403, 'other'],
  ])('%s with HTTP %d is %s', async (code, status, kind) => {
    const server = await start(xml(code, status));
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: 'arn:aws:iam::111122223333:role/x',
      RoleSessionName: 'xx',
      WebIdentityToken: 'a.b.c',
    });
    const error: unknown = await new STSClient(configFor(server.url)).send(command).catch((it: unknown) => it);
    expect(classify(error, 'sts:AssumeRoleWithWebIdentity')).toMatchObject({
      kind,
      message: 'the words',
      requestId: 'sts-1',
    });
  });
});
