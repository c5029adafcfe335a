import { describe, expect, test } from '@jest/globals';

import { isGreen } from '../../src/access/outcome.ts';
import { Refusal, type FailureKind } from '../../src/access/errors.ts';
import { atOnce, cancelled, createEngine } from './engine.ts';
import { cloudError, type Answer } from './fake-cloud.ts';

const lost: Answer = { kind: 'lose', error: cloudError('unreachable', { requestId: null }) };
const refuse = (kind: FailureKind): Answer => ({ kind: 'refuse', error: cloudError(kind) });
/** Only reads can show what became of a call here, and they lag by a minute. */
const blind = { ...atOnce, readLag: 60_000 } as const;

describe('a lost answer where nothing is listed and reads lag', () => {
  test('is followed by the same request, which finds it done', async () => {
    const { result, cloud } = createEngine({ ...blind, answers: [lost] });
    expect((await result()).outcome).toMatchObject({ status: 'SUCCEEDED', changed: true });
    expect(cloud.starts).toHaveLength(2);
  });

  test.each<FailureKind>(['denied', 'invalid', 'quota'])(
    'stays unknown where the same request is then refused (%s): it may have been carried out',
    async (kind) => {
      const { result, cloud } = createEngine({ ...blind, answers: [lost, refuse(kind)] });
      const got = await result();
      expect(cloud.truth()).toBe('current');
      expect(got.outcome).toMatchObject({
        status: 'IN_PROGRESS',
        requestId: null,
        reason: expect.stringContaining(kind),
      });
      expect(isGreen(got, true)).toBe(false);
    },
  );

  test('stays unknown where nothing more can be sent, as without a sign-in', async () => {
    const refusal: Answer = { kind: 'refuse', error: new Refusal('The sign-in is refused.', 'Look at the trust.') };
    const { outcome } = createEngine({ ...blind, answers: [lost, refusal] });
    expect(await outcome()).toMatchObject({ status: 'IN_PROGRESS', requestId: null });
  });

  test('five times over stays unknown', async () => {
    const { result, cloud } = createEngine({ ...blind, answers: Array.from({ length: 5 }, () => lost) });
    const got = await result();
    expect(cloud.truth()).toBe('current');
    expect(got.outcome).toMatchObject({ status: 'IN_PROGRESS', requestId: null });
  });

  test('stays unknown where it is cancelled while a later try waits', async () => {
    const { outcome, cancelAt } = createEngine({ ...blind, answers: [lost, refuse('throttled')], random: () => 0.9 });
    cancelAt(7_600);
    expect(await outcome()).toMatchObject({
      status: 'IN_PROGRESS',
      requestId: null,
      reason: `${lost.error.message}. Whether it was carried out could not be seen: ${cancelled.message}`,
    });
  });

  test('is not doubted where operations are listed, and none is', async () => {
    const notCarriedOut: Answer = { kind: 'refuse', error: cloudError('unreachable', { requestId: null }) };
    const { outcome } = createEngine({ answers: [notCarriedOut, refuse('denied')] });
    expect(await outcome()).toMatchObject({ status: 'FAILED', changed: false, failure: { kind: 'denied' } });
  });

  test('is not doubted for longer than reads may lag: what is refused after that is FAILED', async () => {
    const notCarriedOut: Answer = { kind: 'refuse', error: cloudError('unreachable', { requestId: null }) };
    const { outcome } = createEngine({
      ...atOnce,
      visibleWithinMs: 10_000,
      random: () => 1,
      answers: [notCarriedOut, refuse('replicating'), refuse('denied')],
    });
    expect(await outcome()).toMatchObject({ status: 'FAILED', changed: false, failure: { kind: 'denied' } });
  });

  test('and found by a read, tells the id of what was read', async () => {
    const { result } = createEngine({ ...atOnce, readLag: 1_000, answers: [lost] });
    expect(await result()).toMatchObject({ outcome: { status: 'SUCCEEDED', changed: true }, seen: atOnce.seen });
  });

  test('and an answer that came and could not be read keeps its request id', async () => {
    const unreadable: Answer = { kind: 'lose', error: cloudError('unavailable', { requestId: 'req-7' }) };
    const { outcome } = createEngine({ ...atOnce, answers: [unreadable] });
    expect(await outcome()).toMatchObject({
      status: 'SUCCEEDED',
      changed: true,
      requestId: 'req-7',
      remark: expect.stringContaining('could not be read'),
    });
  });
});
