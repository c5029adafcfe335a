import { expect, it } from '@jest/globals';
import { azurePlacesOf, makeAzureEstate, type AzureSize } from '../../rehearsal/azure/estates.ts';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { azure } from './clouds.ts';
import { carriedOut, killAndRunAgain, runClean, sampled, startsIn, type Bulk } from './kill-runs.ts';
import { someOf } from './matrix.ts';
import { describeSignals } from './support.ts';

const state = ({ azure: { estate } }: World): readonly string[] =>
  estate
    .assignments()
    .map((it) => `${it.principalType} ${it.principalId} ${it.roleDefinitionId} ${it.scope}`)
    .sort();

const effects = ({ azure: { estate } }: World): readonly string[] =>
  estate.effectiveChanges().map(({ kind, id }) => `${kind} ${id}`);

/** Groups with one role on resource groups, one of them granted before; by IDs. */
function granting(groups: number, scopes: number, operation: 'assign' | 'revoke', lag: WorldOptions['azure']): Bulk {
  const all = operation === 'revoke';
  const size: AzureSize = {
    seed: 21,
    resourceGroups: scopes,
    groups,
    assigned: { principals: all ? groups : 1, roles: 1, scopes: all ? scopes : 1 },
  };
  const estate = { ...loadEstate(), azure: makeAzureEstate(size) };
  const places = azurePlacesOf(estate.azure);
  const grants = groups * scopes;
  return {
    cloud: azure,
    world: { estate, ...(lag === undefined ? {} : { azure: lag }) },
    inputs: {
      operation,
      principal: places.groups.map((id) => `group:${id}`).join('\n'),
      role: places.roles[0] ?? '',
      target: places.resourceGroups.join('\n'),
    },
    grants,
    changes: all ? grants : grants - 1,
    state,
    effects,
  };
}

/** Reads show a change only later: a second run that comes at once does not see it. */
const lagging = { lag: { readMs: 20_000, deleteMs: 20_000 } } as const;

describeSignals('Azure: a step of many grants that is killed and run again (P4)', () => {
  it('few of them, at any request, ends like one that was not killed', async () => {
    const bulk = granting(2, 2, 'assign', undefined);
    const clean = await runClean(bulk);
    const some = someOf(0, [...clean.requests.keys()]);
    const { problems, killed } = await killAndRunAgain(bulk, clean, some, carriedOut);
    expect(problems).toEqual([]);
    expect(killed).toBeGreaterThan(some.length - 3);
  });

  it('few of them, when a start has no response and is not carried out, ends like one that was not killed', async () => {
    const bulk = granting(2, 2, 'assign', undefined);
    const clean = await runClean(bulk);
    const { problems } = await killAndRunAgain(bulk, clean, startsIn(clean), { kind: 'hang' });
    expect(problems).toEqual([]);
  });

  it.each([
    ['assigned', granting(3, 4, 'assign', undefined), 4],
    ['revoked', granting(3, 4, 'revoke', undefined), 5],
    ['assigned while reads lag', granting(3, 4, 'assign', lagging), 6],
    ['revoked while reads lag', granting(3, 4, 'revoke', lagging), 6],
  ] as const)('twelve of them, %s, at some requests, ends like one that was not killed', async (_, bulk, step) => {
    const clean = await runClean(bulk);
    const { problems } = await killAndRunAgain(bulk, clean, sampled(clean.requests.length, 6, step), carriedOut);
    expect(problems).toEqual([]);
  });
});
