import { describe, expect, it } from '@jest/globals';
import type { World } from '../../rehearsal/world.ts';
import { leasedAssignment } from './azure-lease-support.ts';
import { inPim, leasedByPim, revokedByPim, run, takeByPim } from './azure-pim-support.ts';
import { azureStep, onCallBlobReader, warnings } from './azure-support.ts';
import { minute } from './lease-support.ts';
import { errors } from './support.ts';

interface Row {
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Sets a property of all rows of a list from now on. */
function says(world: World, list: string, members: Readonly<Record<string, unknown>>): void {
  const alter = (text: string): string => {
    const { value } = JSON.parse(text) as { readonly value: readonly Row[] };
    return JSON.stringify({ value: value.map((it) => ({ ...it, properties: { ...it.properties, ...members } })) });
  };
  world.script.weather(({ operation }) => (operation === list ? { kind: 'altered', alter } : undefined));
}

describe('an access of Privileged Identity Management with an unreadable end (P1)', () => {
  it.each([
    ['join', leasedByPim],
    ['list', { operation: 'list', 'azure-pim': 'true' }],
    ['revoke', revokedByPim],
  ])('does not count as one without an end for a %s, and is not a bug', (_, inputs) =>
    inPim({}, async (world) => {
      await takeByPim(world, leasedByPim, run(1));
      await world.clock.advance(6 * minute);
      says(world, 'roleAssignmentSchedules.list', { endDateTime: 'soon' });
      const result = await azureStep(world, inputs, { ...run(2), timeoutMs: 100_000 });
      expect([result.exitCode, result.outputs['status']]).toEqual([1, 'FAILED']);
      expect(errors(result)).toContain('The response is not the documented JSON');
      expect(leasedAssignment(world)).toBeDefined();
    }),
  );
});

describe("another caller's request to Privileged Identity Management with an unreadable end (P1)", () => {
  it('is named by a revoke with the end of the access', () =>
    inPim({}, async (world) => {
      world.azure.pim.add({ ...onCallBlobReader, endAt: world.clock.now() + 60 * minute });
      await world.clock.advance(6 * minute);
      const expiration = { type: 'AfterDateTime', endDateTime: 'soon' };
      says(world, 'roleAssignmentScheduleRequests.list', { scheduleInfo: { startDateTime: 'soon', expiration } });
      const revoked = await azureStep(world, revokedByPim, run(2));
      expect([errors(revoked), revoked.outputs['status']]).toEqual(['', 'SUCCEEDED']);
      expect(warnings(revoked)).toContain('until 2026-11-21 21:00 UTC');
    }));
});
