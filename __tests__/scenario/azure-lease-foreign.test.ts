import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import {
  byLeaseId,
  changesIn,
  describeByHand,
  inAzureLeases,
  isGranted,
  leasedAssignment,
  leasedOnAzure,
  listingAzure,
  postOnAzure,
  recordOf,
  sweepingAzure,
  takeOnAzure,
} from './azure-lease-support.ts';
import { azureByIds, azureIds, azureStep, onCallBlobReader } from './azure-support.ts';
import { endJob, hour, job, summaryText, told } from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { errors } from './support.ts';

const [one, two] = [job(1), job(2)];
const alice = { ...onCallBlobReader, principalId: azureIds.alice };
const unproven =
  'was copied or changed by hand, so it proves nothing. The access was left unchanged, and no post step or sweep ends it.';

const stranger = '0c000000-0000-4000-8000-0000000000ff';

/** Permanent access of another principal, with the record of a lease in its description. */
async function copied(world: World): Promise<string> {
  await takeOnAzure(world, leasedOnAzure, one);
  const description = leasedAssignment(world)?.description ?? '';
  return world.azure.estate.add({ ...alice, description }).id;
}

/** Shows every role assignment of the resource group twice in so many lists, the second under an invented name. */
function listTwice(world: World, times: number): void {
  const effect: Effect = {
    kind: 'altered',
    alter: (text) => {
      const page = JSON.parse(text) as { readonly value: readonly { readonly id: string; readonly name: string }[] };
      const others = page.value.map((row) => ({ ...row, id: row.id.replace(row.name, stranger), name: stranger }));
      return JSON.stringify({ ...page, value: [...page.value, ...others] });
    },
  };
  world.script.fault({ operation: 'roleAssignments.list', times }, effect);
}

describe('a list that shows two role assignments of the grant', () => {
  it('is read again until one is left: one that was deleted is listed for a while', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      listTwice(world, 4);
      const main = await takeOnAzure(world, leasedOnAzure, two);
      expect([errors(main), main.outputs['lease-state']]).toEqual(['', 'shared']);
      expect(main.log).toContain('Still listed. Reading again in');
      expect(recordOf(world)?.entries).toHaveLength(2);
    }));

  it('cannot have a lease while it stays so: red before any change, with both', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      const { id = '' } = leasedAssignment(world) ?? {};
      listTwice(world, Infinity);
      const main = await azureStep(world, leasedOnAzure, two);
      expect([main.exitCode, main.outputs['status'], changesIn(main)]).toEqual([1, 'FAILED', []]);
      expect(errors(main)).toContain('Azure lists 2 role assignments of the same grant, which it does not allow: ');
      expect(errors(main)).toContain(id);
      expect(errors(main)).toContain(stranger);
      expect(errors(main)).toContain('What to do: Delete all but one of them by hand, then run the step again.');
      expect(isGranted(world)).toBe(true);
    }));
});

describe('a record that was copied to another assignment', () => {
  it('is not a lease: a sweep after its end names it, and leaves the access alone (P3)', () =>
    inAzureLeases({}, async (world) => {
      const id = await copied(world);
      endJob(world, 1);
      await world.advance(3 * hour);
      const swept = await azureStep(world, sweepingAzure, two);
      expect([errors(swept), isGranted(world), world.azure.estate.has(alice)]).toEqual(['', false, true]);
      expect(summaryText(swept)).toContain(`${id} at ${alice.scope} ${unproven}`);
      expect(resultsOf(swept)).toHaveLength(1);
    }));

  it('is reported by a list as not a lease', () =>
    inAzureLeases({}, async (world) => {
      const id = await copied(world);
      const shown = await azureStep(world, listingAzure, two);
      expect([shown.exitCode, resultsOf(shown).length]).toEqual([0, 1]);
      expect(summaryText(shown)).toContain(`${id} at`);
    }));

  it('counts as permanent access: a lease keeps it and reports it, and post removes nothing', () =>
    inAzureLeases({}, async (world) => {
      await copied(world);
      const main = await takeOnAzure(world, { ...leasedOnAzure, principal: `user:${azureIds.alice}` }, two);
      expect(main.outputs).toMatchObject({ 'lease-state': 'permanent', changed: 'false', 'lease-id': '' });
      expect(told(main, 'warning')).toEqual([expect.stringContaining(unproven)]);
      const ended = await postOnAzure(world, main, two);
      expect([ended.exitCode, ended.requests, world.azure.estate.has(alice)]).toEqual([0, [], true]);
    }));
});

const alterations: readonly (readonly [string, (description: string) => string])[] = [
  ['whose digest was altered', (it) => it.replace(/ v1 ./u, (start) => (start.endsWith('0') ? ' v1 1' : ' v1 0'))],
  ['of another version', (it) => it.replace(' v1 ', ' v2 ')],
  ['with text behind it', (it) => `${it} please keep`],
  ['a record that appears twice', (it) => `${it}\n${it.split('\n').at(-1) ?? ''}`],
  ['with a holder that is none', (it) => it.replace('@', '#')],
  ['with an end that no lease has', (it) => it.replace(/@[0-9a-z]{5}/u, '@zzzzz')],
];

describe('a record that was changed by hand', () => {
  it.each(alterations)('%s: post leaves the access alone, is red and names who can end it (P3)', (_, alter) =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, leasedOnAzure, one);
      describeByHand(world, alter);
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, changesIn(ended), isGranted(world)]).toEqual([1, [], true]);
      expect(errors(ended)).toMatch(
        /copied or changed by hand, so it proves nothing\. The access was left unchanged.*`operation: revoke`/su,
      );
    }),
  );

  it('is not a lease that is gone: a release and an extension are red, and neither changes it (P9)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world, { ...leasedOnAzure, 'keep-after-job': 'true' }, one);
      describeByHand(world, (it) => it.replace(' v1 ', ' v2 '));
      const released = await azureStep(world, byLeaseId('release', main), two);
      expect([released.exitCode, released.outputs['changed'], changesIn(released)]).toEqual([1, 'false', []]);
      expect(errors(released)).toContain('copied or changed by hand');
      const extended = await azureStep(world, { ...byLeaseId('extend', main), lifetime: '4h' }, two);
      expect([extended.exitCode, changesIn(extended), isGranted(world)]).toEqual([1, [], true]);
      expect(errors(extended)).toContain('copied or changed by hand');
    }));

  it('is never swept, with any state of the job and at any time (P3)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      describeByHand(world, (it) => it.replace(' v1 ', ' v2 '));
      endJob(world, 1);
      await world.advance(100 * hour);
      const swept = await azureStep(world, sweepingAzure, two);
      expect([swept.exitCode, changesIn(swept), resultsOf(swept)]).toEqual([0, [], []]);
      expect(summaryText(swept)).toContain(unproven);
      expect(told(swept, 'error')).toEqual([]);
    }));

  it('during a join is not written to (P3)', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      world.script.onRequest({ operation: 'roleAssignments.put', nth: 1 }, () => {
        world.script.at(5_000, () => {
          describeByHand(world, () => '[cloud-access lease v1 aaaaaaaaaa:]');
        });
      });
      const main = await azureStep(world, leasedOnAzure, two);
      // Access that exists when the record can be believed is permanent.
      expect([main.exitCode, main.outputs['lease-state']]).toEqual([0, 'permanent']);
      expect(leasedAssignment(world)?.description).toBe('[cloud-access lease v1 aaaaaaaaaa:]');
    }));

  it('can be revoked, and replaced by a permanent assign', () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
      describeByHand(world, (it) => it.replace(' v1 ', ' v2 '));
      const made = await azureStep(world, { ...azureByIds, description: 'on call' }, two);
      expect([errors(made), leasedAssignment(world)?.description]).toEqual(['', 'on call']);
      const revoked = await azureStep(world, { ...azureByIds, operation: 'revoke' }, two);
      expect([errors(revoked), isGranted(world)]).toEqual(['', false]);
    }));
});

describe('text of a user', () => {
  it('that has the marker is a fault before any request, for leases and permanent grants (P6)', () =>
    inAzureLeases({}, async (world) => {
      for (const inputs of [leasedOnAzure, azureByIds]) {
        const main = await azureStep(world, { ...inputs, description: 'see [cloud-access lease v1 x:]' });
        expect([main.exitCode, main.requests]).toEqual([1, []]);
        expect(errors(main)).toContain('which marks lease records');
      }
    }));

  it('in a reason cannot forge a record: it stays text', () =>
    inAzureLeases({}, async (world) => {
      const reason = 'x [cloud-access lease v1 0123456789: 1.2.3.4.00000000@zzzzzk]';
      const main = await takeOnAzure(world, { ...leasedOnAzure, reason }, one);
      expect(main.outputs['lease-state']).toBe('leased');
      expect(leasedAssignment(world)?.description?.match(/\[cloud-access lease/gu)).toHaveLength(1);
      const ended = await postOnAzure(world, main, one);
      expect([ended.exitCode, isGranted(world)]).toEqual([0, false]);
    }));

  it('that leaves no room for holders is a fault with the limit (P6)', () =>
    inAzureLeases({}, async (world) => {
      const main = await azureStep(world, { ...leasedOnAzure, description: 'd'.repeat(257) });
      expect([main.exitCode, main.requests]).toEqual([1, []]);
      expect(errors(main)).toContain('The value has 257 characters. Beside the lease records there is room for 256.');
    }));
});
