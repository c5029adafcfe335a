import { describe, expect, it } from '@jest/globals';
import type { WorldOptions } from '../../rehearsal/world.ts';
import { held, manyAws, manyAzure, manyByIds, starts, type ManyCloud } from './many.ts';
import { errors, inWorld } from './support.ts';

describe.each<[string, ManyCloud, WorldOptions, RegExp]>([
  [
    'AWS',
    manyAws,
    {
      aws: {
        policy: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: '*', Resource: '*' },
            { Effect: 'Deny', Action: ['identitystore:DescribeGroup', 'identitystore:DescribeUser'], Resource: '*' },
          ],
        },
      },
    },
    /identitystore:Describe(?:Group|User)/u,
  ],
  ['Azure', manyAzure, { azure: { graphPermissions: 'none' } }, /(?:Directory|GroupMember|User)\.Read/u],
  [
    'Azure, where the directory shows ids only',
    manyAzure,
    { azure: { graphPermissions: 'limited' } },
    /does not show the name/u,
  ],
])('failed look-ups on %s (P10)', (_, cloud, denied, permission) => {
  it('do not allow a grant: red before any change, with the missing permission; IDs need no look-up', async () => {
    const inputs = manyByIds(cloud);
    await inWorld({ ...cloud.world, ...denied }, async (world) => {
      const named = await cloud.step(world, { ...inputs, 'allowed-principals': 'group:**\nuser:**' });
      expect(named.exitCode).toBe(1);
      expect(errors(named)).toContain('allowed-principals');
      expect(errors(named)).toMatch(permission);
      expect(starts(cloud, named)).toEqual([]);
      expect(held(cloud, world)).toBe(0);
      const byId = await cloud.step(world, { ...inputs, 'allowed-principals': inputs['principal'] ?? '' });
      expect(errors(byId)).toBe('');
      expect(byId.requests.filter(({ service }) => ['graph', 'identitystore'].includes(service))).toEqual([]);
      expect(held(cloud, world)).toBe(8);
    });
  });
});
