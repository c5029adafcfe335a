import { describe, expect, test } from '@jest/globals';

import { listingFor, type Existing, type ListingNeed } from '../../../src/access/files/port.ts';
import { settings } from '../fake-session.ts';
import { brokerRole, owning, record, row, selected, withAccess, type Opened } from './support.ts';

const onCall = { permissionSet: 'IncidentAdmin', account: 'payments-prod', principal: 'group:Payments On-Call' };
const twoGroups = { scheduler: { ...settings.scheduler, moreGroups: ['payments'] } };

async function onlyOne(opened: Opened, need: ListingNeed = listingFor.removals): Promise<Existing> {
  const selections = await selected(opened, owning({ role: ['IncidentAdmin'] }));
  const { existing } = await opened.port.list(selections, need, opened.budget);
  const [first, ...others] = existing;
  if (first === undefined || others.length > 0) throw new Error('there is one');
  return first;
}

describe('leases', () => {
  test('are identified by the records of every schedule group (P11)', () =>
    withAccess(
      {},
      async (opened) => {
        const { world } = opened;
        world.aws.estate.add(onCall);
        world.aws.schedules.addGroup('cloud-access');
        world.aws.schedules.addGroup('payments');
        expect(await onlyOne(opened)).toMatchObject({ kind: 'permanent', holders: [], endsAt: null });
        record(world, onCall, { kind: 'hold', group: 'payments' });
        record(world, onCall, { kind: 'timer', group: 'payments', endsIn: 1_800_000 });
        const leased = await onlyOne(opened);
        expect(leased).toMatchObject({ kind: 'lease', isTaggedForLeases: false });
        expect(leased.holders.map(({ words }) => words)).toEqual([expect.stringContaining('INC-1')]);
        expect(leased.endsAt).toBeGreaterThan(world.now());
      },
      twoGroups,
    ));

  test.each([
    ['a timer alone', { kind: 'timer' }, 'lease'],
    ['a hold alone', { kind: 'hold' }, 'lease'],
    ['a timer that is disabled', { kind: 'timer', enabled: false }, 'permanent'],
    ['a timer whose firings are over', { kind: 'timer', endsIn: -7_200_000 }, 'permanent'],
    ['a hold whose end is over', { kind: 'hold', endsIn: -7_200_000 }, 'permanent'],
    ['the hold of a permanent assign', { kind: 'hold', endsIn: Infinity }, 'permanent'],
    ['a timer that ends something else', { kind: 'timer', input: '{}' }, 'permanent'],
  ] as const)('with %s', (_, written, kind) =>
    withAccess({}, async (opened) => {
      opened.world.aws.estate.add(onCall);
      record(opened.world, onCall, written);
      expect((await onlyOne(opened)).kind).toBe(kind);
    }),
  );

  test('whose timer has fired for the last time are overdue, and permanent access is not', () =>
    withAccess({}, async (opened) => {
      opened.world.aws.estate.add(onCall);
      expect((await onlyOne(opened)).overdueSince).toBeNull();
      record(opened.world, onCall, { kind: 'timer', endsIn: -7_200_000 });
      const { overdueSince } = await onlyOne(opened);
      expect(overdueSince).toBeGreaterThan(opened.world.now() - 7_300_000);
      expect(overdueSince).toBeLessThan(opened.world.now() - 7_100_000);
      record(opened.world, onCall, { kind: 'hold' });
      expect((await onlyOne(opened)).overdueSince).toBeNull();
    }));

  test('of many kept grants are found with one list, not with one for each', () =>
    withAccess(
      {},
      async ({ world, port, cloud, budget, requests }) => {
        for (const like of [onCall, { ...onCall, account: 'data-lake' }]) world.aws.estate.add(like);
        record(world, onCall, { kind: 'timer' });
        const lines = row({
          principal: ['group:Payments On-Call', 'group:Auditors'],
          role: ['IncidentAdmin', 'ReadOnlyAccess', 'Billing'],
          target: ['account:payments-prod', 'account:data-lake'],
        });
        const [found] = await port.resolveRows([lines], budget);
        if (found?.ok !== true) throw new Error('the row means grants');
        requests();
        const recorded = await cloud.leases?.haveRecords(found.grants, budget);
        expect(found.grants.filter((_, index) => recorded?.[index])).toMatchObject([
          {
            principal: { name: 'Payments On-Call' },
            role: { name: 'IncidentAdmin' },
            target: { name: 'payments-prod' },
          },
        ]);
        expect(found.grants).toHaveLength(12);
        expect(requests()).toEqual({ ListSchedules: 1 });
      },
      { leasing: true, scheduler: { ...settings.scheduler, roleArn: 'arn:aws:iam::111122223333:role/access-ender' } },
    ));

  test.each([
    ['cannot be made permanent without the role that ends them', null, expect.stringContaining('scheduler-role-arn')],
    ['can be made permanent with it', 'arn:aws:iam::111122223333:role/access-ender', undefined],
  ])('%s (P1)', (_, roleArn, advice) =>
    withAccess(
      {},
      ({ cloud }) => {
        expect(cloud.leases?.needsForPermanent).toEqual(advice);
        return Promise.resolve();
      },
      { leasing: true, scheduler: { ...settings.scheduler, roleArn } },
    ),
  );

  test('cannot be identified if records are unreadable: required is an error, wanted a notice (P11)', () =>
    withAccess({}, async (opened) => {
      const { world, port, budget } = opened;
      world.aws.estate.add(onCall);
      record(world, onCall, { kind: 'timer' });
      const selections = await selected(opened, owning({ role: ['IncidentAdmin'] }));
      for (const operation of ['ListSchedules', 'GetSchedule']) {
        const fault = { kind: 'error', status: 403, code: 'AccessDeniedException' } as const;
        world.script.fault({ operation, times: 1 }, fault);
        await expect(port.list(selections, listingFor.removals, budget)).rejects.toThrow(operation);
        world.script.fault({ operation, times: 1 }, fault);
        const { notices } = await port.list(selections, listingFor.inventory, budget);
        expect(notices).toEqual([expect.stringContaining(`scheduler:${operation}`)]);
      }
    }));

  test('of a group that does not exist are an error unless it is the default one (P11)', () =>
    withAccess(
      {},
      async (opened) => {
        const { world, port, budget } = opened;
        world.aws.estate.add(onCall);
        const selections = await selected(opened, owning({ role: ['IncidentAdmin'] }));
        await expect(port.list(selections, listingFor.removals, budget)).rejects.toThrow('payments does not exist');
        const { notices } = await port.list(selections, listingFor.inventory, budget);
        expect(notices).toEqual([expect.stringContaining('payments does not exist')]);
      },
      twoGroups,
    ));
});

describe('leases without a readable record', () => {
  const elsewhere = {
    signIn: { kind: 'web-identity', roleArn: brokerRole, sessionName: 'test', audience: 'sts.amazonaws.com' },
    scheduler: { ...settings.scheduler, roleArn: 'arn:aws:iam::444455556666:role/access-ender' },
  } as const;

  test('because the step signs in to another account than that of the role that ends them are an error (P11)', () =>
    withAccess(
      {},
      async (opened) => {
        const { world, port, budget } = opened;
        world.aws.estate.add(onCall);
        const selections = await selected(opened, owning({ role: ['IncidentAdmin'] }));
        const required = port.list(selections, listingFor.removals, budget);
        await expect(required).rejects.toThrow(/the account 111122223333, .* is in the account 444455556666\./u);
        expect((await port.list(selections, listingFor.inventory, budget)).notices).toEqual([]);
        world.aws.schedules.addGroup('cloud-access');
        expect((await port.list(selections, listingFor.removals, budget)).existing).toHaveLength(1);
      },
      elsewhere,
    ));

  test('are none where no records exist yet', () =>
    withAccess(
      {},
      async (opened) => {
        opened.world.aws.estate.add(onCall);
        expect(await onlyOne(opened)).toMatchObject({ kind: 'permanent' });
      },
      { scheduler: { ...settings.scheduler, roleArn: 'arn:aws:iam::111122223333:role/access-ender' } },
    ));
});

describe('recheck', () => {
  test('allows unchanged access, and keeps access that is gone, leased or being changed (P11)', () =>
    withAccess({}, async (opened) => {
      const { world, port, budget } = opened;
      world.aws.estate.add(onCall);
      const seen = await onlyOne(opened);
      expect(await port.recheck(seen, budget)).toBeNull();
      record(world, onCall, { kind: 'mark', group: 'elsewhere' });
      expect(await port.recheck(seen, budget)).toMatch(/Another step/u);
      record(world, onCall, { kind: 'hold', group: 'elsewhere', endsIn: Infinity });
      expect(await port.recheck(seen, budget)).toMatch(/permanent assign/u);
      record(world, onCall, { kind: 'timer', group: 'elsewhere' });
      expect(await port.recheck(seen, budget)).toMatch(/lease/u);
      world.aws.estate.remove(onCall);
      expect(await port.recheck(seen, budget)).toMatch(/does not exist/u);
    }));

  test('throws if the records cannot be read (P11)', () =>
    withAccess({}, async (opened) => {
      const { world, port, budget } = opened;
      world.aws.estate.add(onCall);
      const seen = await onlyOne(opened);
      world.script.fault({ operation: 'ListSchedules' }, { kind: 'error', status: 403, code: 'AccessDeniedException' });
      await expect(port.recheck(seen, budget)).rejects.toThrow(/ListSchedules/u);
    }));
});
