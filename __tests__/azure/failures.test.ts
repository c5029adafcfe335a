import { describe, expect, test } from '@jest/globals';

import type { FailureKind } from '../../src/access/errors.ts';
import { delayBeforeRetry, isUncertain } from '../../src/access/engine/retry.ts';
import { ErrorAnswer, readAnswer } from '../../src/azure/answer.ts';
import { classify, isSignInRefused } from '../../src/azure/failures.ts';
import { ForeignHost } from '../../src/azure/wire.ts';

const operation = 'Microsoft.Authorization/roleAssignments/write';

/** An error as the SDK throws it for an answer. Source: docs/design/azure.md#sdk-behavior. */
function sdkError(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Error {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return Object.assign(new Error(text), {
    name: 'RestError',
    statusCode: status,
    response: { headers: new Map(Object.entries({ 'x-ms-request-id': 'req-1', ...headers })), bodyAsText: text },
  });
}
const armError = (status: number, code: string): Error =>
  sdkError(status, { error: { code, message: 'the cloud’s own words' } });

describe('an answer of Resource Manager', () => {
  // Source: docs/design/azure.md#error-codes.
  test.each<[string, number, FailureKind]>([
    ['PrincipalNotFound', 400, 'replicating'],
    ['LinkedAuthorizationFailed', 403, 'replicating'],
    ['UnmatchedPrincipalType', 400, 'invalid'],
    ['RoleAssignmentUpdateNotPermitted', 400, 'invalid'],
    ['RoleDefinitionDoesNotExist', 400, 'unknown-role'],
    ['RoleAssignmentScopeNotAssignableToRoleDefinition', 400, 'unknown-role'],
    ['RoleDefinitionDoesNotExist', 404, 'unknown-role'],
    ['RoleAssignmentLimitExceeded', 400, 'quota'],
    ['AuthorizationFailed', 403, 'denied'],
    ['InvalidAuthenticationToken', 401, 'denied'],
    ['SubscriptionNotFound', 404, 'not-found'],
    ['RoleAssignmentNotFound', 404, 'not-found'],
    ['RoleAssignmentExists', 409, 'exists'],
    ['ScopeLocked', 409, 'other'],
    ['TooManyRequests', 429, 'throttled'],
    ['InternalServerError', 500, 'unavailable'],
    ['ServiceUnavailable', 503, 'unavailable'],
    ['RequestTimeout', 408, 'unavailable'],
    ['constructor', 418, 'other'],
  ])('%s with HTTP %i is %s; code, words and request ID stay', (code, status, kind) => {
    expect(classify(armError(status, code), operation)).toMatchObject({
      kind,
      operation,
      code,
      message: 'the cloud’s own words',
      requestId: 'req-1',
      hint: expect.stringMatching(/\S{3}/u),
    });
  });

  test.each([
    [400, '<html>no</html>'],
    [502, ''],
    [400, { error: 'text' }],
    [400, { error: { code: 5, message: {} } }],
    [400, []],
  ])('HTTP %i with %j has no words, and the message reports that', (status, body) => {
    const failure = classify(sdkError(status, body), operation);
    expect(failure).toMatchObject({
      code: `HTTP ${status}`,
      message: 'The response is not the documented JSON.',
      requestId: 'req-1',
    });
  });

  test('requests a delay with its header, of at most a minute', () => {
    const wait = (value: string): number | null =>
      classify(sdkError(429, {}, { 'retry-after': value }), operation).retryAfterMs;
    expect(['7', '0', '9999', '-1', 'soon'].map(wait)).toEqual([7_000, 0, 60_000, null, null]);
  });

  test.each([200, 201])('of HTTP %i that is not readable leaves the result of the change unknown', (status) => {
    const failure = classify(sdkError(status, '<html>'), operation);
    expect([isUncertain(failure), delayBeforeRetry(failure, 1, () => 1)]).toEqual([true, expect.any(Number)]);
  });

  test('that redirects changed nothing, and is final', () => {
    expect(delayBeforeRetry(classify(sdkError(307, ''), operation), 1, () => 1)).toBeNull();
  });
});

describe('an access token that has expired', () => {
  test.each([
    [403, 'AuthenticationFailed', 'Authentication failed. The access token has expired.'],
    [400, 'AuthenticationFailed', 'no'],
    [400, 'AuthenticationExpired', 'no'],
    [400, 'InvalidAuthenticationInfo', 'no'],
    [403, 'AuthorizationFailed', 'The access token has expired.'],
    [400, 'BadRequest', "The access token expiry UTC time '1' is earlier than current UTC time '2'."],
  ])('is recognized: HTTP %i, %s, "%s"', (status, code, message) => {
    const error = sdkError(status, { error: { code, message } });
    const failure = classify(error, operation);
    expect([failure.kind, isSignInRefused(failure, error)]).toEqual(['denied', true]);
  });

  test('is different from a missing permission', () => {
    const error = armError(403, 'AuthorizationFailed');
    expect(isSignInRefused(classify(error, operation), error)).toBe(false);
  });
});

describe('no answer', () => {
  test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])(
    '%s',
    (code) => {
      const error = Object.assign(new Error(`it was ${code}`), { code, name: 'RestError' });
      const failure = classify(error, operation);
      expect(failure).toMatchObject({ kind: 'unreachable', code, message: `it was ${code}`, requestId: null });
      expect(isUncertain(failure)).toBe(true);
    },
  );

  test('within the time of a try', () => {
    const error = Object.assign(new Error('no answer within 10 s'), { name: 'TimeoutError' });
    expect(classify(error, operation)).toMatchObject({ kind: 'unreachable', code: 'TimeoutError' });
  });

  test('that was not sent, since it would have gone to another host, is final and certain', () => {
    const failure = classify(new ForeignHost('https://evil.example', 'https://arm.example'), operation);
    expect([failure.kind, isUncertain(failure)]).toEqual(['other', false]);
    expect(failure.message).toMatch(/https:\/\/evil\.example.*Nothing was sent to the other host/u);
  });

  test.each([new TypeError('x is not a function'), 'text', 5])('%p is not a network error', (error) => {
    expect(classify(error, operation).kind).toBe('other');
  });
});

describe('an answer without an SDK', () => {
  const answer = (status: number, body: string): unknown =>
    readAnswer({ status, headers: { 'request-id': 'graph-1' }, body });

  test('is its JSON, with or without a byte order mark', () => {
    expect(answer(200, '\uFEFF{"value":[]}')).toEqual({ value: [] });
  });

  test("that is an error keeps code, words and request ID: an Error's message too", () => {
    const body = '{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges"}}';
    const thrown = ((): unknown => {
      try {
        return answer(403, body);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(ErrorAnswer);
    expect(classify(thrown, 'Microsoft Graph GET /v1.0/users')).toMatchObject({
      kind: 'denied',
      code: 'Authorization_RequestDenied',
      message: 'Insufficient privileges',
      requestId: 'graph-1',
    });
  });

  test.each([
    [200, '<html>'],
    [200, 'null'],
    [200, '5'],
    [404, '{"error":{"code":{},"message":[]}}'],
    [500, ''],
  ])('HTTP %i with %j is not JSON', (status, body) => {
    expect(() => answer(status, body)).toThrow(expect.objectContaining({ status, code: `HTTP ${status}` }));
  });
});
