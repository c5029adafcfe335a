import { describe, expect, test } from '@jest/globals';

import { CloudError, InputFaults, Refusal } from '../../src/access/errors.ts';
import { failure } from './fake-cloud.ts';

describe('CloudError', () => {
  test('says operation, code, message verbatim and request id', () => {
    const error = new CloudError(failure('denied', { message: 'User: x is not authorized' }));
    expect(error.message).toBe('test:Start answered deniedException: User: x is not authorized (request id aws-req-1)');
  });

  test('without a request id it says none, and keeps the cause', () => {
    const cause = new Error('socket hang up');
    const error = new CloudError(failure('unreachable', { requestId: null }), { cause });
    expect(error.message).toBe('test:Start failed with unreachableException: it is unreachable');
    expect(error.cause).toBe(cause);
  });
});

describe('InputFaults', () => {
  const fault = { input: 'role', problem: 'is missing', example: 'Reader' };

  test.each([
    [1, 'One input is wrong. Nothing was requested.'],
    [2, '2 inputs are wrong. Nothing was requested.'],
  ])('%d', (many, message) => {
    const error = new InputFaults(Array.from({ length: many }, () => fault));
    expect(error.message).toBe(message);
    expect(error.faults).toHaveLength(many);
  });
});

describe('Refusal', () => {
  test('carries what to do, and evidence', () => {
    expect(new Refusal('no', 'do this')).toMatchObject({ message: 'no', hint: 'do this', details: [] });
    expect(new Refusal('no', 'do this', ['sub: x']).details).toEqual(['sub: x']);
  });
});
