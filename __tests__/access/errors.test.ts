import { describe, expect, test } from '@jest/globals';

import { allOrRefused, CloudError, InputFaults, Refusal, together } from '../../src/access/errors.ts';
import { cloudError, failure } from './fixtures.ts';

describe('CloudError', () => {
  test('says operation, code, message verbatim and request ID', () => {
    const error = new CloudError(failure('denied', { message: 'User: x is not authorized' }));
    expect(error.message).toBe('test:Start answered deniedException: User: x is not authorized (request ID aws-req-1)');
  });

  test('without a request ID it names none, and keeps the cause', () => {
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
    const error = new InputFaults(Array.from({ length: many }, (_, index) => ({ ...fault, input: `input-${index}` })));
    expect(error.message).toBe(message);
    expect(error.faults).toHaveLength(many);
  });

  test.each([
    [0, 1, 'One place of a file is wrong. Nothing was requested.'],
    [0, 3, '3 places of files are wrong. Nothing was requested.'],
    [1, 1, 'One input and one place of a file are wrong. Nothing was requested.'],
  ])('%d inputs and %d places of files', (inputs, places, message) => {
    const inFile = { ...fault, input: 'a.yml:1:1', inFile: true } as const;
    const faults = [...Array<typeof fault>(inputs).fill(fault), ...Array<typeof inFile>(places).fill(inFile)];
    expect(new InputFaults(faults).message).toBe(message);
  });

  test('an input with several wrong lines is one', () => {
    const error = new InputFaults([fault, fault]);
    expect(error.message).toBe('One input is wrong. Nothing was requested.');
    expect(error.faults).toHaveLength(2);
  });
});

describe('Refusal', () => {
  test('carries what to do, and evidence', () => {
    expect(new Refusal('no', 'do this')).toMatchObject({ message: 'no', hint: 'do this', details: [] });
    expect(new Refusal('no', 'do this', ['sub: x']).details).toEqual(['sub: x']);
  });
});

describe('several refusals', () => {
  const [one, two, three] = [1, 2, 3].map((n) => new Refusal(`Reason ${n}.`, `Do ${n}.`, [`detail ${n}`])) as [
    Refusal,
    Refusal,
    Refusal,
  ];

  test('are one, with a count, all hints and all details', () => {
    expect(together([one, two])).toMatchObject({
      message: '2 faults: Reason 1. Reason 2.',
      hint: 'Do 1. Do 2.',
      details: ['detail 1', 'detail 2'],
      of: [one, two],
    });
  });

  test('that were combined before are counted one by one, and none is nested in another', () => {
    const all = together([together([one, two]), three]);
    expect(all.of).toEqual([one, two, three]);
    expect(all.message).toBe('3 faults: Reason 1. Reason 2. Reason 3.');
    expect(all.hint).toBe('Do 1. Do 2. Do 3.');
    expect(all.details).toEqual(['detail 1', 'detail 2', 'detail 3']);
  });

  test('one stays as it is, also where it is wrapped', () => {
    expect(together([one])).toBe(one);
    expect(together([together([one])])).toBe(one);
  });

  test('the same hint is given once', () => {
    expect(together([one, new Refusal('Reason 4.', 'Do 1.')]).hint).toBe('Do 1.');
  });

  test('are gathered from all work, and any other error comes first', async () => {
    const work = [Promise.reject(one), Promise.resolve('fine'), Promise.reject(together([two, three]))];
    await expect(allOrRefused(work)).rejects.toMatchObject({ of: [one, two, three] });
    const denied = cloudError('denied');
    await expect(allOrRefused([Promise.reject(one), Promise.reject(denied)])).rejects.toBe(denied);
    expect(await allOrRefused([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2]);
  });
});
