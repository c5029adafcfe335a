import { describe, expect, it } from '@jest/globals';
import { makeEstate, placesOf } from '../../rehearsal/estates.ts';
import { storm, type FailingPlace } from '../../rehearsal/storm.ts';
import type { World } from '../../rehearsal/world.ts';
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
import { ids, inWorld, signIn, step } from './support.ts';

const estate = makeEstate({ seed: 31, accounts: placeCount, permissionSets: 2, groups: 5 });
const places = placesOf(estate);
const failing = places.accounts.filter((_, index) => index % (placeCount / 5) === 1);
const failingPlaces = failing.map((accountId, index): FailingPlace => ({
  accountId,
  how: index % 2 === 0 ? 'fails' : 'refused',
}));

const inputs = {
  ...signIn,
  'aws-instance-arn': ids.instance,
  'aws-identity-store-id': ids.storeArn,
  principal: places.groups.map((id) => `group:${id}`).join('\n'),
  role: places.permissionSets.join('\n'),
  target: places.accounts.join('\n'),
  timeout: patience,
} as const;

const isGranted =
  ({ aws: { estate: live } }: World) =>
  (grant: Reported): boolean =>
    live.has({
      accountId: grant['target-id'],
      permissionSetArn: grant['role-id'],
      principalType: 'GROUP',
      principalId: grant['principal-id'],
    });

const effects = ({ aws: { estate: live } }: World): readonly string[] =>
  live
    .effectiveChanges()
    .filter(({ kind }) => kind !== 'provision')
    .map((it) => `${it.kind} ${it.principalId ?? ''} ${it.permissionSetArn} ${it.accountId}`);

describe(`AWS: a storm of faults over ${placeCount * 10} grants (P1)`, () => {
  it(
    'leaves each of them verified or reported, none effective twice, and names the accounts that always fail',
    async () => {
      const operations = { durationMs: { from: 2_000, to: 15_000, seed: 9 } } as const;
      await inWorld({ estate, aws: { operations } }, async (world) => {
        // The first match counts: in a place that always fails, nothing is carried out and lost.
        const always = storm(world, { seed: weather.seed, failing: failingPlaces });
        const rain = storm(world, weather);
        world.competitor(0.5);
        const result = await step(world, inputs, { timeoutMs: netMs });
        tell('AWS', result, { ...rain.counts(), ...always.counts() });
        const reported = reportedBy(result);
        expect(reported).toHaveLength(10 * placeCount);
        const isFailing = (grant: Reported): boolean => failing.includes(grant['target-id']);
        expect(damages({ reported, isFailing, isDone: isGranted(world), effects: effects(world) })).toEqual([]);
        expect(unnamed(result, failing)).toEqual([]);
        expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'true' } });
        expect(Object.keys(rain.counts()).sort()).toEqual(['conflicts', 'lost', 'outages', 'resets', 'throttles']);
      });
    },
    netMs + 30_000,
  );
});
