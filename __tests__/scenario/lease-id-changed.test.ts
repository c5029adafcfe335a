import { describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { sealed } from '../../src/access/leases/lease-id.ts';
import { inAzureLeases, isGranted, leasedOnAzure, takeOnAzure } from './azure-lease-support.ts';
import { inPim, leasedByPim, takeByPim } from './azure-pim-support.ts';
import { azureStep } from './azure-support.ts';
import { hour, inLeases, isThere, leased, records, take } from './lease-support.ts';
import { errors, ids, step } from './support.ts';

type Members = Readonly<Record<string, unknown>>;

function membersIn(id: string): Members {
  return JSON.parse(Buffer.from(id.slice(4), 'base64url').toString()) as Members;
}

function encoded(version: string, members: Members): string {
  return version + Buffer.from(JSON.stringify(members)).toString('base64url');
}

/** A different value of the same kind. */
function another(value: unknown): unknown {
  if (typeof value === 'number') return value === 1 ? 0 : value + 1;
  if (Array.isArray(value)) return value.map(another);
  return String(value).replace(/[0-9a-f](?=[^0-9a-f]*$)/u, (digit) => (digit === '1' ? '2' : '1'));
}

/** Every ID that differs in one member: another value, no value, or another value without a digest. */
function changedIn(id: string): readonly (readonly [string, string])[] {
  const [version, members] = [id.slice(0, 4), membersIn(id)];
  return Object.entries(members).flatMap(([name, value]) => {
    return [
      [`another ${name}`, encoded(version, { ...members, [name]: another(value) })],
      [`no ${name}`, encoded(version, { ...members, [name]: undefined })],
      [`${name} on top`, encoded(version, { ...members, [`${name}2`]: value })],
    ] as const;
  });
}

interface Side {
  readonly open: (scene: (world: World) => Promise<void>) => Promise<void>;
  readonly take: (world: World) => Promise<StepResult>;
  readonly run: (world: World, inputs: Step['inputs']) => Promise<StepResult>;
  readonly stands: (world: World) => boolean;
}

const kept = { 'keep-after-job': 'true' } as const;
const sides = [
  [
    'AWS',
    {
      open: (scene) => inLeases({}, scene),
      take: (world) => take(world, { ...leased, ...kept }),
      run: (world, inputs) => step(world, { cloud: 'aws', 'aws-role-to-assume': ids.broker, ...inputs }),
      stands: (world) => isThere(world) && records(world).length === 2,
    },
  ],
  [
    'Azure',
    {
      open: (scene) => inAzureLeases({}, scene),
      take: (world) => takeOnAzure(world, { ...leasedOnAzure, ...kept }),
      run: azureStep,
      stands: isGranted,
    },
  ],
  [
    'Privileged Identity Management',
    {
      open: (scene) => inPim({}, scene),
      take: (world) => takeByPim(world, { ...leasedByPim, ...kept }),
      run: azureStep,
      stands: isGranted,
    },
  ],
] satisfies [string, Side][];

describe.each(sides)('a lease-id of %s with one changed member (P10)', (_, side) => {
  it('is red for release and extend, before any request, and the lease stays', () =>
    side.open(async (world) => {
      const id = (await side.take(world)).outputs['lease-id'] ?? '';
      for (const [what, changed] of [...changedIn(id), ['cut', id.slice(0, -4)], ['longer', `${id}AA`]] as const)
        for (const inputs of [{ operation: 'release' }, { operation: 'extend', lifetime: '4h' }]) {
          const result = await side.run(world, { ...inputs, 'lease-id': changed });
          expect([what, result.exitCode, result.outputs['status']]).toEqual([what, 1, 'FAILED']);
          expect(result.requests).toEqual([]);
          expect(errors(result)).toContain('lease-id');
          expect([what, side.stands(world)]).toEqual([what, true]);
        }
      expect(await side.run(world, { operation: 'release', 'lease-id': id })).toMatchObject({ exitCode: 0 });
    }));
});

describe('a forged lease-id of another holder without names of grants', () => {
  const scope = '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/payments-prod';
  const wheres: readonly (readonly [string, Members, RegExp])[] = [
    ['AWS', { n: null, c: 1 }, /^No lease of this holder was found in the schedule group cloud-access\./u],
    ['Azure', { g: undefined, s: [scope], n: 1 }, /^No lease of this holder was found at \/subscriptions\//u],
    [
      'Privileged Identity Management',
      { g: undefined, s: [scope], n: 1 },
      /^No lease of this holder was found at \/subscriptions\//u,
    ],
  ];
  it.each(wheres)(
    'causes a warning on %s, where release finds nothing, and the lease stays',
    async (name, over, told) => {
      const side = sides.find(([it]) => it === name)?.[1];
      if (side === undefined) throw new Error(name);
      await side.open(async (world) => {
        const id = (await side.take(world)).outputs['lease-id'] ?? '';
        const [version, members] = [id.slice(0, 4), membersIn(id)];
        const h = String(members['h']).replace(/^[a-z0-9]/u, (first) => (first === 'a' ? 'b' : 'a'));
        const entries = Object.entries({ ...members, h, ...over });
        const whole = Object.fromEntries(entries.filter(([member]) => member !== 'z'));
        const forged = encoded(version, sealed(version, whole));
        const result = await side.run(world, { operation: 'release', 'lease-id': forged });
        expect([errors(result), result.exitCode, side.stands(world)]).toEqual(['', 0, true]);
        expect(result.annotations).toEqual([{ level: 'warning', message: expect.stringMatching(told) }]);
      });
    },
  );
});

describe('a forged lease-id of AWS, its digest included (P10)', () => {
  const instance = 'arn:aws:sso:::instance/ssoins-aaaaaaaaaaaaaaaa';
  it.each<[string, Members, string]>([
    ['another instance', { i: instance }, 'does not match the instance of its record'],
    ['another role', { a: 'arn:aws:iam::111122223333:role/other' }, 'does not match the role'],
    ['a group that does not exist', { g: 'other' }, 'does not match the schedule group'],
    ['a group that does not exist, and all grants', { g: 'other', n: null, c: 1 }, 'The schedule group other, which'],
    ['other grants', { n: ['a'.repeat(24)] }, 'does not match the grants of its record'],
    [
      'another Region',
      { r: 'eu-west-1' },
      'The schedule group cloud-access, which has the records of the lease according to the lease-id, does not exist in eu-west-1',
    ],
  ])('is red where it names another place: %s', async (_, over, told) => {
    await inLeases({}, async (world) => {
      const main = await take(world, { ...leased, ...kept });
      const entries = Object.entries({ ...membersIn(main.outputs['lease-id'] ?? ''), ...over });
      const members = Object.fromEntries(entries.filter(([name]) => name !== 'z'));
      const id = encoded('ca1.', sealed('ca1.', members));
      const side = { cloud: 'aws', 'aws-role-to-assume': ids.broker, 'lease-id': id } as const;
      for (const inputs of [{ operation: 'release' }, { operation: 'extend', lifetime: '4h' }]) {
        const result = await step(world, { ...side, ...inputs });
        expect([result.exitCode, result.outputs['status']]).toEqual([1, 'FAILED']);
        expect(errors(result)).toContain(told);
        expect([isThere(world), records(world).length]).toEqual([true, 2]);
      }
      await world.advance(3 * hour);
      expect(isThere(world)).toBe(false);
    });
  });
});
