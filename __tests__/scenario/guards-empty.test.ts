import { describe, expect, it } from '@jest/globals';
import { groupIds, held, manyByIds, manyAws, manyAzure, manyClouds, renamed, starts, type ManyCloud } from './many.ts';
import { byIds, errors, inWorld, onCallAssignment, severalAtOnce, step } from './support.ts';

/** Patterns after empty expressions, and the lines that mean any name. */
const leftOvers: readonly (readonly [string, ManyCloud, readonly (readonly [input: string, left: string])[]])[] = [
  [
    'AWS',
    manyAws,
    [
      ['allowed-principals', 'group:*'],
      ['allowed-principals', 'user:*'],
      ['allowed-principals', 'group: *'],
      ['allowed-targets', 'account:*'],
      ['allowed-roles', '*'],
    ],
  ],
  [
    'Azure',
    manyAzure,
    [
      ['allowed-principals', 'group:*'],
      ['allowed-principals', 'service-principal:*'],
      ['allowed-targets', 'subscription: *'],
      ['allowed-targets', 'subscription:*'],
      ['allowed-targets', 'resource-group:*'],
      ['allowed-roles', '*'],
    ],
  ],
];

describe.each(leftOvers)('a guard on %s with a pattern after an empty expression', (_, cloud, all) => {
  it('allows no principal: a line that is only a star is a fault before any request, alone and with others (P10)', async () => {
    await inWorld(cloud.world, async (world) => {
      const inputs = manyByIds(cloud);
      const cases = all.flatMap(([input, left]) => {
        const part = input.replace(/^allowed-|s$/gu, '') as 'principal';
        return [left, [...cloud.idLines[part], left].join('\n')].map((value) => ({ input, left, value }));
      });
      const ends = await severalAtOnce(cases, async ({ input, left, value }) => {
        const result = await cloud.step(world, { ...inputs, [input]: value });
        const told = `${input}: "${left}" is also what an empty expression leaves. Name the ${input.slice('allowed-'.length)} that you mean. Example:`;
        return [input, value, result.exitCode, result.requests.length, errors(result).includes(told)];
      });
      expect(ends).toEqual(cases.map(({ input, value }) => [input, value, 1, 0, true]));
      expect(held(cloud, world)).toBe(0);
    });
  });

  it('is any name with two stars, and anything with `any` alone', async () => {
    await inWorld(cloud.world, async (world) => {
      const inputs = { ...manyByIds(cloud), 'dry-run': 'true' };
      const any = await cloud.step(world, {
        ...inputs,
        'allowed-principals': 'group:**\nuser:**',
        'allowed-roles': '**',
        'allowed-targets': cloud === manyAws ? 'account:**' : 'subscription:**',
      });
      expect(errors(any)).toBe('');
      const groups = await cloud.step(world, { ...inputs, 'allowed-principals': 'group:**' });
      expect(errors(groups)).toContain('allowed-principals does not cover 1 principal');
      const anything = { 'allowed-principals': 'any', 'allowed-roles': 'any', 'allowed-targets': ' any\n' };
      expect(errors(await cloud.step(world, { ...inputs, ...anything }))).toBe('');
    });
  });
});

describe('an organizational unit with an empty name (P10)', () => {
  it('is a fault before any request, and never the whole organization', async () => {
    await inWorld({}, async (world) => {
      const target = 'ou:/Workloads/**\n';
      const cases: readonly (readonly [input: string, value: string, line: string])[] = [
        ['target', 'ou:/**', 'ou:/**'],
        ['target', 'ou:/', 'ou:/'],
        ['target', `${target}ou:/**`, 'ou:/**'],
        ['target', 'ou://**', 'ou://**'],
        ['target', `${target}!ou:/**`, 'ou:/**'],
        ['allowed-targets', 'ou:/**', 'ou:/**'],
      ];
      const ends = await severalAtOnce(cases, async ([input, value, line]) => {
        const result = await step(world, { ...byIds, [input]: value });
        const told = new RegExp(
          `^${input}: .*"!?${line.replaceAll('*', '\\*')}" names no organizational unit\\. An expression may be empty\\.`,
          'mu',
        );
        return [input, value, result.exitCode, result.requests.length, told.test(errors(result))];
      });
      expect(ends).toEqual(cases.map(([input, value]) => [input, value, 1, 0, true]));
      // By its ID the root is meant.
      const whole = await step(world, { ...byIds, target: 'ou:r-f6g7/**', 'dry-run': 'true' });
      expect(whole.log).toContain('Plan for 5 grants');
    });
  });
});

describe('a name in full that two have (P10)', () => {
  it('on Azure covers neither group: red with both IDs; an ID covers the intended one', async () => {
    const { first, other } = groupIds(manyAzure);
    const estate = renamed({ [other]: 'Payments On-Call' });
    await inWorld({ ...manyAzure.world, estate }, async (world) => {
      for (const id of [first, other]) {
        const inputs = { ...manyByIds(manyAzure), principal: `group:${id}` };
        const named = await manyAzure.step(world, { ...inputs, 'allowed-principals': 'group:Payments On-Call' });
        expect(named.exitCode).toBe(1);
        expect(errors(named)).toContain(
          'allowed-principals has "Payments On-Call", which is the name of 2 objects in the directory',
        );
        for (const text of [first, other, 'require-ids: true']) expect(errors(named)).toContain(text);
        expect(starts(manyAzure, named)).toEqual([]);
      }
      const byId = { ...manyByIds(manyAzure), principal: `group:${first}`, 'allowed-principals': `group:${first}` };
      expect(errors(await manyAzure.step(world, byId))).toBe('');
    });
  });

  it('on AWS covers no user by an email address: red with both IDs; a user name covers the intended one', async () => {
    const users = ['24e8a468-0051-70f2-6f5e-3f0b7d1a9c11', '24e8a468-0051-70f2-6f5e-3f0b7d1a9c22'] as const;
    await inWorld({}, async (world) => {
      const inputs = { ...byIds, principal: `user:${users[0]}` };
      const named = await step(world, { ...inputs, 'allowed-principals': 'user:shared@example.com' });
      expect(named.exitCode).toBe(1);
      for (const text of ['shared@example.com', ...users]) expect(errors(named)).toContain(text);
      expect(starts(manyAws, named)).toEqual([]);
      expect(world.aws.estate.has({ ...onCallAssignment, principalType: 'USER', principalId: users[0] })).toBe(false);
      const mine = await step(world, { ...inputs, 'allowed-principals': 'user:shared-one' });
      expect(errors(mine)).toBe('');
      const other = await step(world, { ...inputs, 'allowed-principals': 'user:shared-two' });
      expect(errors(other)).toContain('allowed-principals does not cover 1 principal');
    });
  });
});

describe.each(manyClouds)('an injected exclusion on %s (P10)', (_, cloud) => {
  it('can only narrow, which no guard detects; a reviewed plan does', async () => {
    await inWorld(cloud.world, async (world) => {
      const inputs = manyByIds(cloud);
      const plan = await cloud.step(world, { ...inputs, 'dry-run': 'true', 'plan-file': 'plan.json' });
      const narrowed = { ...inputs, target: `${inputs['target'] ?? ''}\n!${cloud.idLines.target[1]}` };
      const guarded = { ...narrowed, 'allowed-targets': inputs['target'] ?? '', 'max-grants': '8', 'dry-run': 'true' };
      const unseen = await cloud.step(world, guarded);
      expect(errors(unseen)).toBe('');
      expect(unseen.log).toContain('4 create');
      const seen = await cloud.step(world, { ...narrowed, 'expected-plan': plan.outputs['plan-digest'] ?? '' });
      expect(errors(seen)).toContain('The plan is not the one that was reviewed');
      expect(held(cloud, world)).toBe(0);
    });
  });
});
