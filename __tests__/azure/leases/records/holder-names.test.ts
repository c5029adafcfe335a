import { describe, expect, it } from '@jest/globals';
import type { Origin } from '../../../../src/access/leases/liveness.ts';
import { jobHolder } from '../../../../src/access/leases/names.ts';
import { holderInWords, jobOf, newHolderName } from '../../../../src/azure/leases/records/holder-names.ts';
import { between, seeded, seeds } from '../../../access/engine/seeded.ts';

const origin: Origin = {
  repository: 'octo/shop',
  repositoryId: '1296269',
  runId: '16011000001',
  attempt: '2',
  checkRunId: '45180000001',
  job: 'deploy',
  step: 'access',
  actor: 'mona',
};
const zeros = (count: number): Uint8Array => new Uint8Array(count);
const pattern = new RegExp(`^${jobHolder}$`, 'u');

describe('the name of a holder', () => {
  it.each(seeds(40))('is read back as the job that it was made from (seed %i)', (seed) => {
    const random = seeded(seed);
    const number = (): string => String(between(random, 1, Number.MAX_SAFE_INTEGER - 1));
    const drawn = { ...origin, repositoryId: number(), runId: number(), attempt: number(), checkRunId: number() };
    const name = newHolderName(drawn, (count) => Uint8Array.from({ length: count }, () => between(random, 0, 255)));
    const { repository, runId, attempt, checkRunId } = drawn;
    expect(name).toMatch(pattern);
    expect(jobOf(name, drawn)).toEqual({ repository, runId, attempt, checkRunId });
  });

  it('is different for each step run of the same job', () => {
    let byte = 0;
    const next = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => (byte += 1));
    expect(newHolderName(origin, next)).not.toBe(newHolderName(origin, next));
  });

  it('of another repository has its ID: no step looks up its job under another name (P5)', () => {
    const name = newHolderName({ ...origin, repositoryId: '5' }, zeros);
    expect(jobOf(name, origin).repository).toBe('repository 5');
    expect(holderInWords(name, origin)).toBe('repository 5 run 16011000001 (job 45180000001)');
  });

  it('of a job without a check run ID has none', () => {
    const name = newHolderName({ ...origin, checkRunId: null }, zeros);
    expect(jobOf(name, origin).checkRunId).toBeNull();
    expect(holderInWords(name, origin)).toBe('octo/shop run 16011000001');
  });

  it.each(['', 'x', '0', '-1', '1e9', '99999999999999999', '12 ', '１２'])('has no number in "%s"', (text) => {
    const name = newHolderName({ ...origin, runId: text, repositoryId: text }, zeros);
    expect(name).toMatch(pattern);
    expect(jobOf(name, { ...origin, repositoryId: text })).toMatchObject({ repository: 'repository 0', runId: '0' });
  });

  it('that is impossible names no job of this action', () => {
    const forged = 'zzzzzzzzzzz.zzzzzzzzzzz.1.zzzzzzzzzzz.00000000';
    expect(jobOf(forged, origin)).toEqual({ repository: 'repository 0', runId: '0', attempt: '1', checkRunId: null });
  });
});
