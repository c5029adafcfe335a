import { describe, expect, it } from '@jest/globals';
import { azureByIds, azureStep, inAzure, azureIds } from './azure-support.ts';
import { errors } from './support.ts';
import { summaryText, told } from './lease-support.ts';
import { inAzureLeases, leasedAssignment, postOnAzure, recordOf, takeOnAzure } from './azure-lease-support.ts';

const end = Date.parse('2026-11-21T22:00:00Z');

describe('a lease on Azure with one holder', () => {
  it('needs as many requests as a plain grant in main, and three in post', () =>
    inAzureLeases({}, async (world) => {
      const plain = await inAzure({}, (other) => azureStep(other, azureByIds));
      const main = await takeOnAzure(world);
      expect(main.requests.map(({ operation }) => operation)).toEqual(plain.requests.map(({ operation }) => operation));
      const ended = await postOnAzure(world, main);
      const asked = ended.requests.map(({ operation }) => operation);
      expect(asked.filter((it) => it.startsWith('roleAssignments'))).toEqual([
        'roleAssignments.list',
        'roleAssignments.delete',
        'roleAssignments.list',
      ]);
      expect([errors(ended), ended.exitCode, leasedAssignment(world)]).toEqual(['', 0, undefined]);
    }));

  it('is reported in the outputs, the log and the summary (P1)', () =>
    inAzureLeases({}, async (world) => {
      const main = await takeOnAzure(world);
      expect(main.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'lease-state': 'leased',
        'expires-at': '2026-11-21T22:00:00Z',
        'ends-at-latest': '',
        'expiry-guarantee': 'sweep',
        'assignment-id': leasedAssignment(world)?.id,
      });
      expect(main.outputs['lease-id']).toMatch(/^cz1\.[\w-]+$/u);
      expect(main.log).toContain(
        'The access ends with this job. If the job dies, the first sweep after 2026-11-21 22:00 UTC ends it, and nothing does if no sweep runs.',
      );
      expect(summaryText(main)).toContain(
        'The access ends with this job. If the job dies, the first sweep after 2026-11-21 22:00 UTC ends it',
      );
      expect(told(main, 'warning')).toEqual([]);
    }));

  it("is in the description: the user's text, then the record", () =>
    inAzureLeases({}, async (world) => {
      await takeOnAzure(world);
      expect(recordOf(world)).toMatchObject({ text: 'INC-1', entries: [{ end, keep: false }] });
      expect(leasedAssignment(world)?.principalId).toBe(azureIds.onCall);
    }));
});
