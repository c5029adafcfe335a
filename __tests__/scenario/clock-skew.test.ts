import { describe, expect, it } from '@jest/globals';
import { aws, azure } from './clouds.ts';
import { leasedOnAzure } from './azure-lease-support.ts';
import { group, hour, leased, minute } from './lease-support.ts';
import { errors, inWorld } from './support.ts';

const skews = {
  'twenty minutes slow': -20 * minute,
  'a day slow': -24 * hour,
  'a day fast': 24 * hour,
} as const;

/** Requests of sign-ins: they can be more than one, and not one for each request. */
const signsIn = new Set(['AssumeRoleWithWebIdentity', 'token']);

describe.each([
  ['AWS', aws, leased],
  ['Azure', azure, leasedOnAzure],
] as const)("%s: where the runner's clock is wrong (P1)", (_name, cloud, lease) => {
  it.each(Object.entries(skews))('%s: signatures and tokens are still valid, and a change is made once', (_, skewMs) =>
    inWorld(cloud.world, async (world) => {
      const result = await cloud.step(world, cloud.byNames, { skewMs });
      expect(errors(result)).toBe('');
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(cloud.changes(world)).toBe(1);
      expect(result.requests.filter(({ operation }) => signsIn.has(operation)).length).toBeLessThanOrEqual(6);
      const revoked = await cloud.step(world, { ...cloud.byIds, operation: 'revoke' }, { skewMs });
      expect(revoked.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      if (cloud === aws) world.aws.schedules.addGroup(group);
      const taken = await cloud.step(world, lease, { skewMs });
      expect(errors(taken)).toBe('');
      const ended = await cloud.step(world, lease, { skewMs, stage: 'post', state: taken.state });
      expect(errors(ended)).toBe('');
      expect(cloud.has(world)).toBe(false);
    }),
  );
});

describe("AWS: a wrong clock, with a variable that disables the SDK's correction", () => {
  const env = { AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true' };

  it.each([10 * minute, -10 * minute, hour, -hour])('is still corrected: %i ms off', (skewMs) =>
    inWorld({}, async (world) => {
      world.aws.schedules.addGroup(group);
      const taken = await aws.step(world, leased, { skewMs, env });
      expect(errors(taken)).toBe('');
      const ended = await aws.step(world, leased, { skewMs, env, stage: 'post', state: taken.state });
      expect([ended.exitCode, errors(ended), aws.has(world)]).toEqual([0, '', false]);
    }),
  );
});
