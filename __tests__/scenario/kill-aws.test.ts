import { expect, it } from '@jest/globals';
import { makeEstate, placesOf } from '../../rehearsal/estates.ts';
import type { World } from '../../rehearsal/world.ts';
import { aws } from './clouds.ts';
import { carriedOut, killAndRunAgain, runClean, sampled, startsIn, type Bulk } from './kill-runs.ts';
import { someOf } from './matrix.ts';
import { describeSignals, ids, signIn } from './support.ts';

/** Some end between the first poll and the second, some later. */
const durationMs = { from: 700, to: 2_200, seed: 3 } as const;

const state = ({ aws: { estate } }: World): readonly string[] =>
  estate
    .assignments()
    .map((it) => `${it.principalType} ${it.principalId} ${it.permissionSetArn} ${it.accountId}`)
    .sort();

const effects = ({ aws: { estate } }: World): readonly string[] =>
  estate
    .effectiveChanges()
    .map((it) => `${it.kind} ${it.principalId ?? ''} ${it.permissionSetArn} ${it.accountId}`)
    .filter((text) => !text.startsWith('provision'));

/** Groups with one permission set on accounts, one of them granted before; by IDs. */
function assigning(groups: number, accounts: number, operation: 'assign' | 'revoke'): Bulk {
  const all = operation === 'revoke';
  const assigned = { principals: all ? groups : 1, permissionSets: 1, accounts: all ? accounts : 1 };
  const estate = makeEstate({ seed: 11, accounts, permissionSets: 1, groups, assigned });
  const places = placesOf(estate);
  const grants = groups * accounts;
  return {
    cloud: aws,
    world: { estate, aws: { operations: { durationMs } } },
    inputs: {
      ...signIn,
      operation,
      'aws-instance-arn': ids.instance,
      'aws-identity-store-id': ids.storeArn,
      principal: places.groups.map((id) => `group:${id}`).join('\n'),
      role: places.permissionSets.join('\n'),
      target: places.accounts.join('\n'),
    },
    grants,
    changes: all ? grants : grants - 1,
    state,
    effects,
  };
}

/** Outdated permission sets on all accounts. */
function provisioning(accounts: number): Bulk {
  const provisioned = { permissionSets: 2, accounts, outdated: accounts };
  const estate = makeEstate({ seed: 12, accounts, permissionSets: 2, groups: 1, provisioned });
  const pairs = ({ aws: { estate: live } }: World): readonly string[] =>
    live
      .provisioned()
      .map((it) => `${it.permissionSetArn} ${it.accountId} ${it.provisioning}`)
      .sort();
  return {
    cloud: aws,
    world: { estate, aws: { operations: { durationMs } } },
    inputs: {
      ...signIn,
      operation: 'provision',
      role: placesOf(estate).permissionSets.join('\n'),
      target: placesOf(estate).accounts.join('\n'),
    },
    grants: 2 * accounts,
    changes: accounts,
    state: pairs,
    effects: ({ aws: { estate: live } }) =>
      live.effectiveChanges().map((it) => `${it.kind} ${it.permissionSetArn} ${it.accountId}`),
  };
}

describeSignals('AWS: a step of many grants that is killed and run again (P4)', () => {
  it('few of them, at any request, ends like one that was not killed', async () => {
    const bulk = assigning(2, 2, 'assign');
    const clean = await runClean(bulk);
    const some = someOf(0, [...clean.requests.keys()]);
    const { problems, killed } = await killAndRunAgain(bulk, clean, some, carriedOut);
    expect(problems).toEqual([]);
    expect(killed).toBeGreaterThan(some.length - 3);
  });

  it('few of them, when a start has no response and is not carried out, ends like one that was not killed', async () => {
    const bulk = assigning(2, 2, 'assign');
    const clean = await runClean(bulk);
    const { problems } = await killAndRunAgain(bulk, clean, startsIn(clean), { kind: 'hang' });
    expect(problems).toEqual([]);
  });

  it.each([
    ['assigned', assigning(3, 4, 'assign')],
    ['revoked', assigning(3, 4, 'revoke')],
    ['provisioned', provisioning(6)],
  ] as const)('twelve of them, %s, at some requests, ends like one that was not killed', async (_, bulk) => {
    const clean = await runClean(bulk);
    const { problems } = await killAndRunAgain(bulk, clean, sampled(clean.requests.length, 3, 8), carriedOut);
    expect(problems).toEqual([]);
  });
});
