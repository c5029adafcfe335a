import { describe, expect, it } from '@jest/globals';
import type { Assignment } from '../../../src/access/grant.ts';
import { mostNamedGrants, sealed } from '../../../src/access/leases/lease-id.ts';
import { parseLeaseId, placesOf, writeLeaseId, type AzureLease } from '../../../src/azure/leases/lease-id.ts';
import { between, pick, seeded, seeds } from '../../access/engine/seeded.ts';

const holder = '1lsl.5eh.1.3h1.dffd5gjk';
const subscription = '/subscriptions/11111111-2222-4333-8444-555555555501';

function grant(random: () => number): Assignment {
  const guid = (): string =>
    [8, 4, 4, 4, 12]
      .map((many) => Array.from({ length: many }, () => between(random, 0, 15).toString(16)).join(''))
      .join('-');
  const scopes = [
    subscription,
    `${subscription}/resourceGroups/payments-prod`,
    '/providers/Microsoft.Management/managementGroups/mg-payments',
  ] as const;
  const scope = pick(random, scopes);
  return {
    kind: 'assignment',
    principal: { id: guid(), type: pick(random, ['User', 'Group', 'ServicePrincipal', null]), name: null },
    role: { id: `/providers/Microsoft.Authorization/roleDefinitions/${guid()}`, name: null },
    target: { id: scope, name: null },
  };
}

function drawn(seed: number): AzureLease {
  const random = seeded(seed);
  const grants = Array.from({ length: between(random, 1, mostNamedGrants) }, () => grant(random));
  const where =
    random() < 0.7
      ? ({ kind: 'grants', grants, areDelegated: random() < 0.5 } as const)
      : ({ kind: 'places', scopes: placesOf(grants), count: pick(random, [1, 24, 5_000]) } as const);
  return { holder, keepAfterJob: random() < 0.5, pim: random() < 0.3, where };
}

/** Forged, with a correct form. */
function forged(members: unknown): string {
  const isRecord = typeof members === 'object' && members !== null && !Array.isArray(members);
  return encoded(isRecord ? sealed('cz1.', members as Readonly<Record<string, unknown>>) : members);
}

function encoded(members: unknown): string {
  return `cz1.${Buffer.from(JSON.stringify(members)).toString('base64url')}`;
}

const one = [
  '96000000-0000-4000-8000-000000000001',
  'Group',
  '/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  subscription,
];

describe('a lease-id', () => {
  it.each(seeds(40))('is read as it was written (seed %i) (P8)', (seed) => {
    const lease = drawn(seed);
    expect(parseLeaseId(writeLeaseId(lease))).toEqual({ ok: true, value: lease });
  });

  it.each(seeds(12))('that was changed is invalid (seed %i) (P8)', (seed) => {
    const random = seeded(seed);
    const text = writeLeaseId(drawn(seed));
    for (let count = 0; count < 400; count += 1) {
      const at = between(random, 0, text.length - 1);
      const letter = pick(random, Array.from('Ab9-_=+/ .\n\u0000é') as unknown as [string, ...string[]]);
      const [before, after] = [text.slice(0, at), text.slice(at + between(random, 0, 2))];
      const altered = random() < 0.2 ? before + after : before + letter + after;
      if (altered !== text) expect([altered, parseLeaseId(altered).ok]).toEqual([altered, false]);
    }
  });

  it.each(seeds(4))('has no second spelling: padding, other letters of base64, white space (seed %i) (P8)', (seed) => {
    const text = writeLeaseId(drawn(seed));
    for (const other of [
      `${text}=`,
      `${text}==`,
      ` ${text}`,
      `${text}\n`,
      text.toUpperCase(),
      `${text}A`,
      text.slice(0, -1),
    ])
      expect(parseLeaseId(other).ok).toBe(false);
  });

  it('that a person wrote in the exact form is accepted: it is not a secret', () => {
    expect(parseLeaseId(forged({ h: holder, k: 0, g: [one] })).ok).toBe(true);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['no holder', { k: 0, g: [one] }],
    ['a holder of another form', { h: '1.2.3.4', k: 0, g: [one] }],
    ['a holder with a quote', { h: `${holder}'`, k: 0, g: [one] }],
    ['no grant', { h: holder, k: 0, g: [] }],
    ['without grants and places', { h: holder, k: 0 }],
    ['grants and places', { h: holder, k: 0, g: [one], s: [subscription] }],
    ['another member', { h: holder, k: 0, g: [one], x: 1 }],
    ['members in another order', { k: 0, h: holder, g: [one] }],
    ['another value of a flag', { h: holder, k: true, g: [one] }],
    ['a mark of delegation that says no', { h: holder, k: 0, g: [one], d: 0 }],
    ['a mark of delegation with places', { h: holder, k: 0, s: [subscription], n: 1, d: 1 }],
    ['an invalid principal', { h: holder, k: 0, g: [["x' or 1 eq 1", ...one.slice(1)]] }],
    ['an invalid type', { h: holder, k: 0, g: [one.with(1, 'Everybody')] }],
    ['an invalid role', { h: holder, k: 0, g: [one.with(2, 'Owner')] }],
    ['an invalid scope', { h: holder, k: 0, g: [one.with(3, '/subscriptions/../../evil')] }],
    ['a scope of another host', { h: holder, k: 0, g: [one.with(3, '//evil.example/subscriptions')] }],
    ['a grant of five', { h: holder, k: 0, g: [[...one, '']] }],
    ['a grant too many', { h: holder, k: 0, g: Array.from({ length: mostNamedGrants + 1 }, () => one) }],
    ['no place', { h: holder, k: 0, s: [], n: 1 }],
    ['an invalid place', { h: holder, k: 0, s: ['everywhere'], n: 1 }],
    ['a place that is a number', { h: holder, k: 0, s: [1], n: 1 }],
    ['a count with grants', { h: holder, k: 0, g: [one], n: 1 }],
    ['an invalid count', { h: holder, k: 0, s: [subscription], n: null }],
    ['a count below nothing', { h: holder, k: 0, s: [subscription], n: -1 }],
    ['a count of nothing', { h: holder, k: 0, s: [subscription], n: 0 }],
    ['half a grant', { h: holder, k: 0, s: [subscription], n: 0.5 }],
    ['places without a count', { h: holder, k: 0, s: [subscription] }],
    ['a place that could be shorter', { h: holder, k: 0, s: [subscription, `${subscription}/resourceGroups/a`], n: 2 }],
    ['a place that begins behind the one before', { h: holder, k: 0, s: [subscription, '99:/resourceGroups/a'], n: 2 }],
    ['a first place that is shortened', { h: holder, k: 0, s: ['0:/'], n: 2 }],
    ['a thousand places and one', { h: holder, k: 0, s: Array.from({ length: 1_001 }, () => subscription), n: 2 }],
  ])('with %s is invalid', (_, members) => {
    expect(parseLeaseId(forged(members)).ok).toBe(false);
  });

  it.each(['', 'cz1.', 'cz1', 'cz2.e30', 'ca1.e30', 'cz1.e30', 'cz1.bnVsbA', `cz1.${'A'.repeat(200_000)}`])(
    'is not %.20s',
    (text) => {
      expect(parseLeaseId(text).ok).toBe(false);
    },
  );

  it.each(seeds(40))('with a member changed or left out is invalid (seed %i)', (seed) => {
    const read = (text: string): Record<string, unknown> =>
      JSON.parse(Buffer.from(text.slice(4), 'base64url').toString()) as Record<string, unknown>;
    const [members, other] = [read(writeLeaseId(drawn(seed))), read(writeLeaseId(drawn(seed + 1_000)))];
    for (const name of new Set([...Object.keys(members), ...Object.keys(other)])) {
      const changed = [undefined, other[name]].map((value) => JSON.stringify({ ...members, [name]: value }));
      for (const it of changed
        .filter((text) => text !== JSON.stringify(members))
        .map((text) => JSON.parse(text) as unknown))
        expect([name, parseLeaseId(encoded(it)).ok]).toEqual([name, false]);
    }
  });

  const at = (...scopes: readonly string[]): readonly Assignment[] =>
    scopes.map((id) => ({ ...grant(seeded(1)), target: { id, name: null } }));
  const groups = (count: number, name: string): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${subscription}/resourceGroups/${name}-${index}`);
  const managementGroup = '/providers/Microsoft.Management/managementGroups/mg-payments';

  it('of more grants than it can name has the exact scopes, each once, in any letter case', () => {
    const some = groups(12, 'app');
    const places = placesOf(at(...some, ...some.map((it) => it.toUpperCase()), managementGroup));
    expect(places).toEqual([managementGroup, ...some].toSorted());
  });

  it('has no place inside another one', () => {
    expect(placesOf(at(...groups(3, 'app'), subscription, managementGroup))).toEqual([managementGroup, subscription]);
    const beside = [`${subscription}/resourceGroups/app`, `${subscription}/resourceGroups/app-2`];
    expect(placesOf(at(...beside, `${beside[0] ?? ''}/providers/Microsoft.Storage/storageAccounts/x`))).toEqual(beside);
  });

  it('has wider places where the scopes are too many: their resource groups, then their subscriptions', () => {
    const accounts = groups(10, 'app').flatMap((group) =>
      groups(30, 'account').map((it) => `${group}/providers/Microsoft.Storage/storageAccounts/${it.slice(-12)}`),
    );
    expect(placesOf(at(...accounts))).toEqual(groups(10, 'app'));
    const many = groups(400, 'a-name-that-is-as-long-as-names-are');
    expect(placesOf(at(...many, managementGroup))).toEqual([managementGroup, subscription]);
  });

  it.each([1, 30, 90])('stays short with %i resource groups, for any number of grants in them', (count) => {
    const scopes = placesOf(at(...groups(count, 'payments-production')));
    const text = writeLeaseId({
      holder,
      keepAfterJob: true,
      pim: false,
      where: { kind: 'places', scopes, count: 900 },
    });
    expect([scopes.length, text.length < 3_000]).toEqual([count, true]);
    expect(parseLeaseId(text)).toMatchObject({ value: { where: { scopes, count: 900 } } });
  });
});
