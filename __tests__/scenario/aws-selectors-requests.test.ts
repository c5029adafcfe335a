import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { WorldOptions } from '../../rehearsal/world.ts';
import { bulk, distinct, lines, pinned, toOrganizations } from './aws-bulk-support.ts';
import { inWorld, step } from './support.ts';

const large = bulk({ seed: 7, organizationalUnits: 12, depth: 3, suspended: 4 }, { groups: 1, accounts: 120 });
const { organization } = large.estate;
const accounts = organization?.accounts ?? [];
/** All units: the root by its ID. */
const whole = `ou:${organization?.root.id ?? ''}/**`;
const units = organization?.organizationalUnits ?? [];
/** Pages of at most 20, and one empty page. */
const sweepOf = (many: number): number => Math.ceil(many / 20) + 1;
const sweep = sweepOf(accounts.length);

const membersOf = (unit: string): readonly string[] =>
  accounts.filter(({ parent }) => parent === unit).map(({ id }) => id);
const usable = new Set(large.places.accounts);

/** The organizational unit with the fewest accounts, at least one, and without units below it. */
const leaf = units
  .filter(
    ({ id }) => !units.some(({ parent }) => parent === id) && membersOf(id).some((account) => usable.has(account)),
  )
  .sort((a, b) => membersOf(a.id).length - membersOf(b.id).length)[0];
if (leaf === undefined) throw new Error('the estate has no organizational unit for this');

const { principal, role } = large.inputs;

/** The result of this target in a dry run, and its number of requests to Organizations. */
async function resolve(
  target: string,
  options: WorldOptions = {},
): Promise<{ readonly asked: readonly string[]; readonly found: readonly unknown[]; readonly result: StepResult }> {
  return inWorld({ estate: large.estate, ...options }, async (world) => {
    const result = await step(world, { ...pinned, principal, role, target, 'dry-run': 'true' });
    if (result.exitCode !== 0) throw new Error(result.log);
    return { asked: toOrganizations(result), found: distinct(result, 'target-id'), result };
  });
}

const only = (service: readonly string[]): unknown => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['sso:*', 'identitystore:*', ...service], Resource: '*' }],
});

const count = (asked: readonly string[], operation: string): number => asked.filter((it) => it === operation).length;

describe('requests to Organizations', () => {
  it('are one sweep where that is shorter: at most twice its pages, for any length of a walk (Many)', async () => {
    const swept = await resolve(whole);
    const walked = await resolve(whole, { aws: { organizationsWithoutPaths: true } });
    expect(swept.found).toEqual(walked.found);
    // All except the management account and the account of the step's own role.
    expect(swept.found).toHaveLength(large.places.accounts.length);
    expect(walked.asked.length).toBeGreaterThan(2 * units.length);
    expect(swept.asked.length).toBeLessThan(walked.asked.length);
    expect(swept.asked.length).toBeLessThanOrEqual(2 * sweep + 1);
    // Without `Paths` a sweep says nothing of units: one page shows that.
    expect(count(walked.asked, 'ListAccounts')).toBeLessThanOrEqual(1);
  });

  it('are a walk where that is shorter: a small unit of a large organization needs no sweep (Many)', async () => {
    const [withPaths, without] = await Promise.all([
      resolve(`ou:${leaf.id}`),
      resolve(`ou:${leaf.id}`, { aws: { organizationsWithoutPaths: true } }),
    ]);
    expect(withPaths.found).toEqual(
      membersOf(leaf.id)
        .filter((id) => usable.has(id))
        .sort(),
    );
    expect(without.found).toEqual(withPaths.found);
    expect(withPaths.asked.length).toBeLessThan(sweep);
    expect(withPaths.asked.length).toBeLessThanOrEqual(
      2 * (without.asked.length - count(without.asked, 'ListAccounts')),
    );
  });

  it('are the sweep alone where names need it, and an exclusion needs no more', async () => {
    const [named] = accounts.filter(({ id }) => usable.has(id));
    const { asked, found } = await resolve(
      lines(`account:${named?.name ?? ''}`, whole, `!ou:${leaf.id}`, `!account:${named?.name ?? ''}`),
    );
    expect(found).not.toContain(named?.id);
    expect(count(asked, 'ListAccounts')).toBe(sweep);
    expect(asked).toHaveLength(sweep);
  });

  it('use the allowed way, and request nothing twice', async () => {
    const expected = (await resolve(`ou:${leaf.id}/**`)).found;
    const noSweep = await resolve(`ou:${leaf.id}/**`, {
      aws: {
        policy: only([
          'organizations:ListRoots',
          'organizations:ListOrganizationalUnitsForParent',
          'organizations:ListAccountsForParent',
        ]),
      },
    });
    const noWalk = await resolve(`ou:${leaf.id}/**`, { aws: { policy: only(['organizations:ListAccounts']) } });
    expect(noSweep.found).toEqual(expected);
    expect(noWalk.found).toEqual(expected);
    expect(count(noWalk.asked, 'ListAccounts')).toBe(sweep);
    for (const { result } of [noSweep, noWalk]) {
      const bodies = result.requests
        .filter(({ service, outcome }) => service === 'organizations' && outcome === 'ok')
        .map(({ operation, body }) => `${operation} ${JSON.stringify(body)}`);
      expect(new Set(bodies).size).toBe(bodies.length);
    }
  });

  it('resolve a path of names step by step, without a request for sibling units', async () => {
    const parents = new Map(units.map((unit) => [unit.id, unit]));
    const pathOf = (id: string): string => {
      const unit = parents.get(id);
      return unit === undefined ? '' : `${pathOf(unit.parent)}/${unit.name}`;
    };
    const deep = units
      .map(({ id }) => ({ id, path: pathOf(id) }))
      .sort((a, b) => b.path.split('/').length - a.path.split('/').length);
    const place = deep.find(({ id }) => membersOf(id).some((account) => usable.has(account)));
    const { asked, found } = await resolve(`ou:${place?.path ?? ''}`);
    expect(found).toEqual(
      membersOf(place?.id ?? '')
        .filter((id) => usable.has(id))
        .sort(),
    );
    // Each level's list begins with an empty page.
    const levels = (place?.path ?? '').split('/').length - 1;
    expect(count(asked, 'ListOrganizationalUnitsForParent')).toBeLessThanOrEqual(2 * levels);
  });

  it('are shared by many lines: twenty units of the same tree need each list once', async () => {
    const wide = bulk({ seed: 3, organizationalUnits: 24, depth: 4 }, { groups: 1, accounts: 160 });
    const { organizationalUnits = [], accounts: all = [] } = wide.estate.organization ?? {};
    const target = lines(...organizationalUnits.slice(0, 20).map(({ id }) => `ou:${id}/**`));
    await inWorld({ estate: wide.estate }, async (world) => {
      const result = await step(world, { ...wide.inputs, target, 'dry-run': 'true' });
      expect(result.exitCode).toBe(0);
      expect(toOrganizations(result).length).toBeLessThanOrEqual(2 * sweepOf(all.length) + 1);
    });
  });
});
