import { describe, expect, it } from '@jest/globals';
import { azurePlacesOf, makeAzureEstate } from '../../rehearsal/azure/estates.ts';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import { storm, type FailingPlace } from '../../rehearsal/storm.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureStep, inAzure } from './azure-support.ts';
import {
  damages,
  netMs,
  patience,
  placeCount,
  reportedBy,
  tell,
  unnamed,
  weather,
  type Reported,
} from './storm-runs.ts';

const estate = { ...loadEstate(), azure: makeAzureEstate({ seed: 41, resourceGroups: placeCount, groups: 5 }) };
const places = azurePlacesOf(estate.azure);
const failing = places.resourceGroups.filter((_, index) => index % (placeCount / 5) === 1);
const failingPlaces = failing.map((scope): FailingPlace => ({ scope, how: 'refused' }));

const inputs = {
  principal: places.groups.map((id) => `group:${id}`).join('\n'),
  role: places.roles.slice(0, 2).join('\n'),
  target: places.resourceGroups.join('\n'),
  timeout: patience,
} as const;

/** Resource Manager's own. */
const throttle = {
  reads: { capacity: 250, perSecond: 25 },
  writes: { capacity: 200, perSecond: 10 },
  deletes: { capacity: 200, perSecond: 10 },
} as const;

const isGranted =
  ({ azure }: World) =>
  (grant: Reported): boolean =>
    azure.estate.has({
      scope: grant['target-id'],
      role: grant['role-id'].split('/').at(-1) ?? '',
      principalId: grant['principal-id'],
    });

describe(`Azure: a storm of faults over ${placeCount * 10} grants (P1)`, () => {
  it(
    'leaves each of them verified or reported, none effective twice, and names the scopes that always fail',
    async () => {
      await inAzure({ estate, azure: { throttle } }, async (world) => {
        // A conflict is no passing answer of Azure.
        const always = storm(world, { seed: weather.seed, failing: failingPlaces });
        const rain = storm(world, { ...weather, conflicts: 0 });
        world.competitor(0.5);
        const result = await azureStep(world, inputs, { timeoutMs: netMs });
        tell('Azure', result, { ...rain.counts(), ...always.counts() });
        const reported = reportedBy(result);
        expect(reported).toHaveLength(10 * placeCount);
        const isFailing = (grant: Reported): boolean => failing.includes(grant['target-id']);
        const effects = world.azure.estate.effectiveChanges().map(({ kind, id }) => `${kind} ${id}`);
        expect(damages({ reported, isFailing, isDone: isGranted(world), effects })).toEqual([]);
        expect(unnamed(result, failing)).toEqual([]);
        expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'true' } });
        expect(Object.keys(rain.counts()).sort()).toEqual(['lost', 'outages', 'resets', 'throttles']);
      });
    },
    netMs + 30_000,
  );
});
