import { describe, expect, it } from '@jest/globals';
import type { Effect } from '../../rehearsal/script.ts';
import { byLeaseId, leasedAssignment } from './azure-lease-support.ts';
import {
  asked,
  inPim,
  lastRequest,
  leasedByPim,
  leasedSchedule,
  postByPim,
  run,
  takeByPim,
} from './azure-pim-support.ts';
import { azureByIds, azureStep, warnings } from './azure-support.ts';
import { minute, summaryText } from './lease-support.ts';
import { resultsOf } from './reports.ts';
import { errors } from './support.ts';

describe('a lease through Privileged Identity Management', () => {
  it('is requested once, ends by itself, and is reported (P1)', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world);
      expect(asked(world)).toEqual(['AdminAssign Provisioned']);
      const { name, justification, expiration, ticketNumber } = lastRequest(world);
      expect(expiration).toMatchObject({ type: 'AfterDuration', duration: 'PT1H' });
      expect(justification).toMatch(
        /^INC-1 \(.+, run \d+, attempt 1, job .+\) \[cloud-access lease v1 [0-9a-v]{12}: .+\]$/u,
      );
      expect(ticketNumber).toBe(null);
      expect(main.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'true',
        'request-id': name,
        'lease-state': 'leased',
        'expires-at': '2026-11-21T21:00:00Z',
        'expiry-guarantee': 'platform',
        'assignment-id': leasedAssignment(world)?.id,
      });
      expect(Date.parse(main.outputs['ends-at-latest'] ?? '')).toBe(
        Math.floor((leasedSchedule(world)?.endAt ?? 0) / 1000) * 1000,
      );
      expect(main.outputs['lease-id']).toMatch(/^cz1\.[\w-]+$/u);
      expect(summaryText(main)).toContain('(guaranteed by Azure)');
      expect(warnings(main)).toBe('');
    }));

  it('is ended by post (P1)', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world);
      await world.clock.advance(6 * minute);
      const ended = await postByPim(world, main);
      expect([errors(ended), ended.exitCode, warnings(ended)]).toEqual(['', 0, '']);
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminRemove Revoked']);
      expect(leasedAssignment(world)).toBe(undefined);
      expect(ended.log).toContain('Verified by reading back: the access is gone.');
    }));

  it.each([
    ['first minute', 20_000, 'RoleAssignmentDoesNotExist'],
    ['first five minutes', 2 * minute, 'ActiveDurationTooShort'],
  ])('is left to Azure by post in its %s, with a warning that shows its end (P1)', (_, after, code) =>
    inPim({}, async (world) => {
      const main = await takeByPim(world);
      await world.clock.advance(after);
      const ended = await postByPim(world, main);
      expect([errors(ended), ended.exitCode]).toEqual(['', 0]);
      expect(ended.log).toContain(code);
      expect(warnings(ended)).toMatch(
        /Azure does not end access in its first five minutes\. Azure ends the access at 2026-11-21 21:0\d UTC\./u,
      );
      expect(leasedAssignment(world)).toBeDefined();
      await world.clock.advance(61 * minute);
      expect(leasedAssignment(world)).toBe(undefined);
    }),
  );

  it('is ended by Azure where the runner is lost (P4)', () =>
    inPim({}, async (world) => {
      await takeByPim(world);
      await world.clock.advance(61 * minute);
      expect(leasedAssignment(world)).toBe(undefined);
    }));

  it('names the ticket in every request, and has its condition', () =>
    inPim({}, async (world) => {
      const condition = "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})))";
      const main = await takeByPim(world, {
        ...leasedByPim,
        condition,
        'ticket-number': 'CHG-1',
        'ticket-system': 'ServiceNow',
      });
      await world.clock.advance(6 * minute);
      await postByPim(world, main);
      expect(world.azure.pim.requests()).toMatchObject([
        { ticketNumber: 'CHG-1', ticketSystem: 'ServiceNow', condition, conditionVersion: '2.0' },
        { ticketNumber: 'CHG-1', ticketSystem: 'ServiceNow' },
      ]);
    }));

  it('that is canceled before its request leaves post nothing to look for (P4)', () =>
    inPim({}, async (world) => {
      // The plan looks at the role assignments, the lease at the requests.
      const looking = { operation: 'roleAssignmentScheduleRequests.list' } as const;
      world.script.fault({ ...looking, times: 1 }, { kind: 'hang' });
      const main = await azureStep(world, leasedByPim, { cancel: looking });
      expect([main.exitCode, asked(world), main.outputs['changed']]).toEqual([1, [], 'false']);
      const ended = await postByPim(world, main);
      expect([ended.exitCode, ended.requests, warnings(ended)]).toEqual([0, [], '']);
    }));

  it('outlives its job with keep-after-job, until it is released', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' });
      await world.clock.advance(6 * minute);
      await postByPim(world, main);
      expect(leasedAssignment(world)).toBeDefined();
      const released = await azureStep(world, byLeaseId('release', main));
      expect([errors(released), released.outputs['status']]).toEqual(['', 'SUCCEEDED']);
      expect(leasedAssignment(world)).toBe(undefined);
      const again = await azureStep(world, byLeaseId('release', main));
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'false' });
    }));

  it('with an unreadable part is red for that part, and no end is invented (P1)', () =>
    inPim({}, async (world) => {
      const staging = '/subscriptions/11111111-2222-4333-8444-555555555502';
      const target = `${azureByIds.target}\n${staging}`;
      const main = await takeByPim(world, { ...leasedByPim, target, 'keep-after-job': 'true' });
      await world.clock.advance(6 * minute);
      const gone: Effect = { kind: 'error', status: 404, code: 'SubscriptionNotFound', message: 'It was deleted.' };
      world.script.weather(({ service, url }) =>
        service === 'arm' && url?.includes(staging) === true ? gone : undefined,
      );
      const released = await azureStep(world, byLeaseId('release', main));
      expect(resultsOf(released).map((it) => [it['target-id'], it['status'], it['changed']])).toEqual([
        [azureByIds.target, 'SUCCEEDED', true],
        [staging, 'FAILED', false],
      ]);
      expect(released.exitCode).toBe(1);
      expect(errors(released)).toMatch(/SubscriptionNotFound.*The time when Azure ends it could not be read\./su);
      expect(released.log).not.toContain('ends the access at');
    }));

  it('with a part that was not listed is ended in a request that names its own end, and not an invented one (P1)', () =>
    inPim({}, async (world) => {
      const staging = '/subscriptions/11111111-2222-4333-8444-555555555502';
      const target = `${azureByIds.target}\n${staging}`;
      const main = await takeByPim(world, { ...leasedByPim, target, 'keep-after-job': 'true' });
      await world.clock.advance(6 * minute);
      const refused: Effect = { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'no' };
      let isListed = false;
      world.script.weather(({ operation, url }) => {
        if (isListed || operation !== 'roleAssignmentScheduleRequests.list' || url?.includes(staging) !== true)
          return undefined;
        isListed = true;
        return refused;
      });
      await azureStep(world, byLeaseId('release', main));
      const ends = world.azure.pim
        .requests()
        .map(({ requestType, justification }) => [
          requestType,
          /@(?<end>\w+)\]$/u.exec(justification ?? '')?.groups?.['end']?.slice(0, 5),
        ]);
      const [[, end] = []] = ends;
      expect(end).toMatch(/^[0-9a-z]{5}$/u);
      expect(ends).toEqual([
        ['AdminAssign', end],
        ['AdminAssign', end],
        ['AdminRemove', end],
        ['AdminRemove', end],
      ]);
    }));

  it('is extended under a new holder, which ends it (P5)', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' });
      await world.clock.advance(6 * minute);
      const extended = await azureStep(world, {
        ...byLeaseId('extend', main),
        lifetime: '2h',
        reason: 'INC-1 goes on',
      });
      expect([errors(extended), extended.outputs['status'], extended.outputs['lease-state']]).toEqual([
        '',
        'SUCCEEDED',
        'leased',
      ]);
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminUpdate Provisioned']);
      expect(leasedSchedule(world)?.endAt).toBe(Date.parse(extended.outputs['expires-at'] ?? ''));
      const released = await azureStep(world, byLeaseId('release', extended));
      expect(released.outputs['status']).toBe('SUCCEEDED');
      expect(leasedAssignment(world)).toBe(undefined);
    }));

  it('stays unchanged after an extension that is killed on the way: its post step does not touch it (P4)', () =>
    inPim({}, async (world) => {
      const main = await takeByPim(world, { ...leasedByPim, 'keep-after-job': 'true' });
      await world.clock.advance(6 * minute);
      const extending = { ...byLeaseId('extend', main), lifetime: '2h', reason: 'INC-1 goes on' };
      const when = { operation: 'roleAssignmentScheduleRequests.put' } as const;
      world.script.fault(when, { kind: 'hang', processed: true });
      const killed = await azureStep(world, extending, { ...run(2), signals: [{ when, signal: 'SIGKILL' }] });
      const ended = await postByPim(world, killed, run(2));
      expect([errors(ended), ended.exitCode]).toEqual(['', 0]);
      expect(warnings(ended)).toMatch(
        /The access stays for octo-org\/infra run \d+ .+\. Azure ends it at 2026-11-21 22:0\d/u,
      );
      expect(asked(world)).toEqual(['AdminAssign Provisioned', 'AdminUpdate Provisioned']);
      expect(leasedAssignment(world)).toBeDefined();
    }));

  it('is shown by list with its holder, and nothing is swept', () =>
    inPim({}, async (world) => {
      await takeByPim(world);
      const listed = await azureStep(world, { operation: 'list', 'azure-pim': 'true' });
      expect(JSON.parse(listed.outputs['results'] ?? '')).toMatchObject([
        { status: 'SUCCEEDED', 'lease-state': 'leased', 'expiry-guarantee': 'platform' },
      ]);
      expect(listed.log).toMatch(/Held by .+ run \d+ .*until 2026-11-21 21:00 UTC/u);
    }));
});
