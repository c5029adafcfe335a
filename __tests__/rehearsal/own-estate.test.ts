import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';

import { faultsOf } from '../../rehearsal/estate-file/faults.ts';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import { estateFor } from '../../rehearsal/own/estate-for.ts';
import { fill } from '../../rehearsal/own/fill.ts';
import { Misuse } from '../../rehearsal/own/options.ts';
import { startWorld } from '../../rehearsal/world.ts';

function read(text: string): Estate {
  const folder = mkdtempSync(join(tmpdir(), 'own-estate-'));
  try {
    const path = join(folder, 'estate.yml');
    writeFileSync(path, text);
    return estateFor(path, {});
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const jsonSchema = z.fromJSONSchema(
  JSON.parse(readFileSync(new URL('../../rehearsal/estate.schema.json', import.meta.url), 'utf8')) as Parameters<
    typeof z.fromJSONSchema
  >[0],
);

/** The report on it, without its first line. */
function faultsIn(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof Misuse)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

const many = `groups:
  - displayName: Ours
  - name: Theirs
permissionSets: everything
organization:
  managementAccount: '444455556666'
  accounts:
    - { id: 444455556666, name: management }
users:
azure:
  broker: deploy
  subscriptions: [{ name: prod, managementGroup: nowhere }]
`;

describe("a user's own estate", () => {
  it('has all its faults reported at once: the place, the reason, and a correct value', () => {
    expect(faultsIn(many)).toEqual([
      "line 8, organization.accounts[0].id: 444455556666 must be 12 digits in quotes, such as '123456789012'",
      'line 9, users: is empty: leave it out, or write a list, such as [{ userName: alice@example.com }]',
      'line 3, groups[1].displayName: is missing: write text, such as Payments On-Call',
      'line 3, groups[1].name: nothing reads this; there are: id, displayName, members',
      'line 4, permissionSets: "everything" must be a list, such as [{ name: IncidentAdmin }]',
      'line 11, azure.broker: "deploy" must be a GUID in small letters, such as 05e00000-0000-4000-8000-000000000001',
      'line 12, azure.subscriptions[0].managementGroup: nowhere is not among azure.managementGroups[].id',
    ]);
  });

  it.each([
    ['azure:', 'line 1, azure: is empty'],
    ['azure: []', 'azure: [] must be names with values'],
    ['azure: { tenant: { id: x } }', 'azure.tenant.id: "x" must be a GUID in small letters'],
    ['repository: { name: infra }', 'repository.name: "infra" must be owner/name'],
    ['repository: { name: o/r, id: 7 }', "repository.id: 7 must be digits in quotes, such as '74901'"],
    ['groups: [{ displayName: 7 }]', 'groups[0].displayName: 7 must be text in quotes'],
    [
      'organization: { managementAccount: "111122223333" }',
      'organization.accounts: is missing: write a list, such as [{ name: payments-prod }]',
    ],
    [
      'organization: { managementAccount: "111122223333", accounts: [{ id: "444455556666", name: a }] }',
      '111122223333 is not among organization.accounts[].id',
    ],
    [
      'organization: { managementAccount: "444455556666", accounts: [{ id: "444455556666", name: a, parent: ou-x }] }',
      'ou-x is not among organization.root.id or organization.organizationalUnits[].id',
    ],
    [
      'organization: { managementAccount: "444455556666", accounts: [{ id: "444455556666", name: a }], organizationalUnits: [{ id: ou-abcd-12345678, name: A, parent: ou-abcd-12345678 }] }',
      'puts ou-abcd-12345678 below itself',
    ],
    [
      'groups: [{ displayName: A, id: 84a8f408-6091-7017-9b2e-5d4c3b2a1f00 }, { displayName: B, id: 84a8f408-6091-7017-9b2e-5d4c3b2a1f00 }]',
      '84a8f408-6091-7017-9b2e-5d4c3b2a1f00 is there twice',
    ],
    ['permissionSets: [{ name: A }, { name: A }]', 'A is there twice'],
    ['permissionSets: [{ name: A, id: ps-1 }]', '"ps-1" must be `ps-` and 16 characters'],
    ['permissionSets: [{ name: A, tag: { a: b } }]', 'permissionSets[0].tag: nothing reads this; there are: name, id,'],
    ["roles: [{ arn: 'role/x', trusts: [pull_request] }]", 'roles[0].arn: "role/x" must be the ARN of a role'],
    [
      "roles: [{ arn: 'arn:aws:iam::111122223333:role/x', trusts: [prod] }]",
      '"prod" must be a subject, or what follows',
    ],
    ['azure: { servicePrincipals: [{ displayName: a, trusts: pull_request }] }', '"pull_request" must be a list'],
    ['instances: []', 'has none that "permissionSets" could belong to'],
    ['assignments: [{ permissionSet: A, account: sandbox, principal: bob }]', 'there is no permission set A'],
    [
      'assignments: [{ permissionSet: Billing, account: sandbox, principal: bob }]',
      '2 in this estate are called sandbox',
    ],
    ['provisioned: [{ permissionSet: Billing, account: "123456789999" }]', 'there is no account 123456789999'],
    [
      'azure: { subscriptions: [] }',
      'azure.subscription: 11111111-2222-4333-8444-555555555501 is not among azure.subscriptions[].id',
    ],
    ['azure: { resourceGroups: [{ name: a }, { name: A }] }', 'A is there twice'],
    ['azure: { resources: [/subscriptions/x/providers/a/b/c] }', 'there is no scope /subscriptions/x'],
    [
      'azure: { groups: [{ displayName: A, members: [05e00000-0000-4000-8000-0000000000ff] }] }',
      'is not the ID of any object',
    ],
    [
      'azure: { assignments: [{ scope: /subscriptions/x, role: Reder, principalId: 05e00000-0000-4000-8000-000000000001 }] }',
      'there is no role definition Reder',
    ],
    ['azure: { policies: [{ scope: /, role: Reader, maximumDuration: 8h }] }', '"8h" must be an ISO 8601 duration'],
    [
      'azure: { managementGroups: [{ id: a, parent: b }, { id: b, parent: a }] }',
      'a does not lie below the tenant root',
    ],
  ])('is refused with a message: %s', (text, told) => {
    expect(faultsIn(text).join('\n')).toContain(told);
  });

  it.each([
    ['nothing', '', 'no sections are here'],
    ['no YAML', 'a: [', 'is not YAML'],
  ])('is refused with a message where it is %s', (_, text, told) => {
    expect(() => read(text)).toThrow(told);
    expect(() => read(text)).toThrow(Misuse);
  });

  it('is refused with a message where the file does not exist', () => {
    expect(() => estateFor(join(tmpdir(), 'no-such-estate.yml'), {})).toThrow(Misuse);
  });

  const bare = `
organization:
  managementAccount: '999911112222'
  organizationalUnits: [{ name: Workloads }]
  accounts: [{ id: '999911112222', name: main }, { name: prod }]
instances: [{ region: eu-west-1 }]
repository: { name: my-org/infra }
users: [{ userName: me@example.com }]
groups: [{ displayName: Ours }, { displayName: Ours }]
permissionSets: [{ name: Admin }]
azure:
  subscriptions: [{ name: our-prod }]
  resourceGroups: [{ name: our-group }]
  groups: [{ displayName: Ours }]
  users: [{ userPrincipalName: me@example.com }]
  servicePrincipals: [{ displayName: deploy }]
  roleDefinitions: [{ name: Our Role }, { name: Reader }]
  managementGroups: [{ displayName: Ours }]
`;

  it('needs no IDs: they follow from the names, always the same, none twice', () => {
    const estate = read(bare);
    expect(read(bare)).toEqual(estate);
    expect(new Set(estate.groups.map(({ id }) => id)).size).toBe(2);
    expect(estate.organization?.accounts.map(({ parent }) => parent)).toEqual(['r-f6g7', 'r-f6g7']);
    expect(estate.instances).toMatchObject([{ region: 'eu-west-1', ownerAccount: '999911112222' }]);
    expect(estate.permissionSets[0]?.id).toMatch(/^ps-[\da-f]{16}$/u);
    expect(estate.azure?.subscription).toBe(estate.azure?.subscriptions[0]?.id);
    expect(faultsOf(estate)).toEqual([]);
  });

  it('has missing sections from the sample, if the things that they name exist', () => {
    const sample = loadEstate();
    const { azure, ...estate } = read(bare);
    expect(estate.identityProvider).toEqual(sample.identityProvider);
    expect(estate.assignments).toEqual([]);
    const tenant = sample.azure?.tenant;
    expect(azure).toMatchObject({ tenant, locks: [], resources: [], assignments: [] });
    expect(azure?.devices).toEqual(sample.azure?.devices);
    expect(azure?.managementGroups[0]).toEqual({ id: tenant?.id, displayName: 'Tenant Root Group' });
    expect(azure?.servicePrincipals.map(({ displayName }) => displayName)).toEqual(['deploy', 'access-broker']);
    const roles = azure?.roleDefinitions.map(({ name }) => name) ?? [];
    expect([roles[0], roles.filter((name) => name === 'Reader').length, roles.includes('Owner')]).toEqual([
      'Our Role',
      1,
      true,
    ]);
    expect(read('users: [{ userName: bob@example.com }]').assignments).toHaveLength(sample.assignments?.length ?? 0);
    expect(read('repository: { name: o/r }').azure?.assignments).toEqual(sample.azure?.assignments);
  });

  it("can be another tenant with the sample's places", () => {
    const id = '00000000-1111-4222-8333-444455556666';
    const { azure } = read(`azure: { tenant: { id: ${id} } }`);
    expect([azure?.tenant.domain, azure?.managementGroups[0]?.id]).toEqual(['octo.onmicrosoft.com', id]);
    expect(azure?.resourceGroups).toEqual(loadEstate().azure?.resourceGroups);
  });

  it.each([
    ['missing IDs', bare, true],
    ['an unknown name', 'groups: [{ name: Ours }]', false],
    ['an id in another form', 'azure: { broker: deploy }', false],
  ])('is checked by editors with its JSON Schema: %s', (_, written, isRight) => {
    expect(jsonSchema.safeParse(parse(written)).success).toBe(isRight);
  });

  it('makes a world', async () => {
    const world = await startWorld({ clouds: ['aws', 'azure'], estate: read(bare) });
    await world.close();
  });

  it('reports values in a wrong place without a crash', () => {
    const whole = loadEstate();
    const { azure } = whole;
    if (azure === undefined) throw new TypeError('there is no Azure');
    const wrong = [null, 'x', 7, [null], { id: null, name: [] }];
    const told = pathsOf(whole).flatMap((path) =>
      wrong.map((value) => faultsOf(fill(withValue(whole, path, value), { ...whole, azure }))),
    );
    const says = told.flatMap((faults) => faults.map((it) => it.says));
    expect(says.length).toBeGreaterThan(1000);
    expect(says.filter((text) => /undefined|\[object|Cannot read/u.test(text))).toEqual([]);
  });
});

type Key = string | number;

/** Place of a value in another one: of lists only the first entries. */
function pathsOf(value: unknown): readonly (readonly Key[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys: readonly Key[] = Array.isArray(value) ? [...value.keys()].slice(0, 2) : Object.keys(value);
  return keys.flatMap((key) => [
    [key],
    ...pathsOf((value as Readonly<Record<Key, unknown>>)[key]).map((rest) => [key, ...rest]),
  ]);
}

function withValue(whole: unknown, path: readonly Key[], value: unknown): unknown {
  const copy = structuredClone(whole) as Record<Key, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<Key, unknown>;
  at[path.at(-1) ?? ''] = value;
  return copy;
}
