import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import { azureIds } from './azure-support.ts';
import { held, manyAws, manyAzure, manyByIds, manyByNames, manyClouds, starts } from './many.ts';
import { calls, errors, ids, inWorld, pushAll, severalAtOnce, step } from './support.ts';

describe.each(manyClouds)('max-grants on %s (P10)', (_, cloud) => {
  it('limits the grants of the lines: one too many is red and nothing is read or changed, the exact number is fine', async () => {
    await inWorld(cloud.world, async (world) => {
      const inputs = manyByIds(cloud);
      for (const operation of ['assign', 'revoke']) {
        const result = await cloud.step(world, { ...inputs, operation, 'max-grants': '7' });
        expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'false' } });
        expect(errors(result)).toMatch(
          new RegExp(
            `This step would ${operation} 8 grants \\(2 principals × 2 .*s × 2 .*s\\), and max-grants allows 7`,
            'u',
          ),
        );
        expect(errors(result)).toContain('What to do: ');
        expect(starts(cloud, result)).toEqual([]);
        expect(calls(result)[cloud.readBack]).toBeUndefined();
      }
      // A line that is there twice, by ID and by name, is one grant.
      const twice = { ...inputs, principal: [...cloud.idLines.principal, ...cloud.nameLines.principal].join('\n') };
      const fits = await cloud.step(world, { ...twice, 'max-grants': '8' });
      expect(errors(fits)).toBe('');
      expect(held(cloud, world)).toBe(8);
    });
  });
});

describe.each(manyClouds)('max-lifetime on %s (P10)', (_, cloud) => {
  it('is exceeded by every permanent grant, and has no effect on a revocation', async () => {
    await inWorld(cloud.world, async (world) => {
      const result = await cloud.step(world, { ...manyByIds(cloud), 'max-lifetime': '8h' });
      expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'false' } });
      expect(errors(result)).toContain('permanent access exceeds it');
      expect(errors(result)).toContain('`max-lifetime`');
      expect(starts(cloud, result)).toEqual([]);
      const revoke = await cloud.step(world, { ...manyByIds(cloud), operation: 'revoke', 'max-lifetime': '8h' });
      expect(errors(revoke)).toContain('max-lifetime: This input is not used by operation: revoke');
      expect(held(cloud, world)).toBe(0);
    });
  });
});

describe.each(manyClouds)('require-ids on %s', (_, cloud) => {
  const guards = {
    'require-ids': 'true',
    'allowed-principals': cloud.idLines.principal.join('\n'),
    'allowed-roles': cloud.idLines.role.join('\n'),
    'allowed-targets': cloud.idLines.target.join('\n'),
  };

  it('allows IDs', async () => {
    await inWorld(cloud.world, async (world) => {
      const result = await cloud.step(world, { ...manyByIds(cloud), ...guards });
      expect(errors(result)).toBe('');
      expect(held(cloud, world)).toBe(8);
    });
  });

  it('makes a fault of every line by name, of allowed lines too, and of wildcards; no request is sent (P6)', async () => {
    await inWorld(cloud.world, async (world) => {
      const names = cloud.nameLines;
      const result = await cloud.step(world, {
        ...manyByNames(cloud),
        ...guards,
        target: [...names.target, ...cloud.idLines.target, `!${names.target[1]}`].join('\n'),
        'allowed-principals': 'group:Payments On-Call\nuser:**',
        'allowed-roles': 'Reader*',
      });
      expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED' } });
      expect(result.requests).toEqual([]);
      const faulty = (input: string, line: string): string =>
        `${input}: "${line}" is not an ID, and require-ids is true`;
      for (const line of names.principal) expect(errors(result)).toContain(faulty('principal', line));
      for (const line of names.role) expect(errors(result)).toContain(faulty('role', line));
      expect(errors(result)).toContain(faulty('target', names.target[1]));
      for (const line of ['group:Payments On-Call', 'user:**'])
        expect(errors(result)).toContain(faulty('allowed-principals', line));
      expect(errors(result)).toContain(faulty('allowed-roles', 'Reader*'));
      expect(errors(result)).toContain(faulty('target', `!${names.target[1]}`));
      for (const line of cloud.idLines.target) expect(errors(result)).not.toContain(`has "${line}"`);
    });
  });
});

/** A privileged grant, by IDs, and the words about it. */
const privileged: readonly (readonly [string, (typeof manyClouds)[number][1], Step['inputs'], string])[] = [
  ['AWS', manyAws, { target: `${ids.management}\n${ids.prod}` }, 'management account'],
  ['Azure', manyAzure, { role: `8e3af657-a8ff-443c-a75c-2fe8c4bcb635\n${azureIds.reader}` }, 'Owner'],
];

describe.each(privileged)('all refusals of a request on %s (P10)', (_, cloud, inputs, why) => {
  it('are reported at once, in log and summary, before any change', async () => {
    await inWorld(cloud.world, async (world) => {
      const result = await cloud.step(world, {
        ...manyByIds(cloud),
        ...inputs,
        'allowed-principals': cloud.others.principal,
        'allowed-roles': cloud.others.role,
        'allowed-targets': cloud.others.target,
        'max-grants': '3',
        'max-lifetime': '1h',
      });
      expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'false', results: '[]' } });
      expect(starts(cloud, result)).toEqual([]);
      const violations = [
        why,
        ...['principals', 'roles', 'targets'].map((part) => `allowed-${part} does not cover 2 `),
        'max-grants allows 3',
        'permanent access exceeds it',
      ];
      for (const text of violations) {
        expect(result.log).toContain(text);
        expect(result.summary).toContain(text);
      }
      expect(errors(result)).toContain('6 faults:');
      expect(held(cloud, world)).toBe(0);
    });
  });
});

describe.each(manyClouds)('a guard on %s with an empty expression (P6)', (_, cloud) => {
  const guards = [
    'allowed-principals',
    'allowed-targets',
    'allowed-roles',
    'max-grants',
    'max-lifetime',
    'require-ids',
  ];

  it('is a fault, reported with the others: an empty text must not switch it off', async () => {
    await inWorld(cloud.world, async (world) => {
      const empty = Object.fromEntries([...guards, 'expected-plan', 'dry-run'].map((name) => [name, ' \n ']));
      const result = await cloud.step(world, { ...manyByIds(cloud), ...empty });
      expect(result.exitCode).toBe(1);
      expect(result.requests).toEqual([]);
      for (const name of Object.keys(empty))
        expect(errors(result)).toContain(
          `${name}: This input is empty: the expression returned nothing. Correct the expression, or`,
        );
      // That would leave no guard.
      expect(errors(result)).not.toMatch(/leave the input out|remove (?:it|this input)|default/iu);
      const one = await severalAtOnce(
        guards,
        async (name) => (await cloud.step(world, { ...manyByIds(cloud), [name]: '' })).exitCode,
      );
      expect(one).toEqual(guards.map(() => 1));
      expect(held(cloud, world)).toBe(0);
    });
  });
});

describe('the guards of a push', () => {
  const outdated = { ...pushAll, target: 'outdated' };

  it.each([
    ['all', pushAll],
    ['outdated', outdated],
  ])(
    'apply to the accounts of `%s`: an account that is not allowed is red, and nothing is pushed (P10)',
    async (__, inputs) => {
      await inWorld({}, async (world) => {
        world.aws.estate.edit('ReadOnlyAccess');
        const result = await step(world, {
          ...inputs,
          'allowed-targets': 'ou:/Workloads/Production/**\naccount:data-*',
        });
        expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'false' } });
        expect(errors(result)).toContain('allowed-targets does not cover 1 account');
        expect(errors(result)).toContain(ids.staging);
        expect(calls(result)['ProvisionPermissionSet']).toBeUndefined();
        const many = await step(world, { ...inputs, 'max-grants': '2' });
        expect(errors(many)).toContain('This step would provision 3 grants');
        const foreign = await step(world, { ...inputs, 'allowed-roles': 'Billing' });
        expect(errors(foreign)).toContain('allowed-roles does not cover 1 permission set');
        expect(world.aws.estate.outdated()).toHaveLength(3);

        const fine = await step(world, { ...inputs, 'allowed-targets': 'ou:/Workloads/**', 'max-grants': '3' });
        expect(errors(fine)).toBe('');
        expect(calls(fine)['ProvisionPermissionSet']).toBe(3);
        expect(world.aws.estate.outdated()).toEqual([]);
      });
    },
  );

  it('do not accept allowed-principals: a push has no principal', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, { ...pushAll, 'allowed-principals': 'group:**' });
      expect(errors(result)).toContain('allowed-principals: This input is not used by operation: provision');
      expect(result.requests).toEqual([]);
    });
  });
});
