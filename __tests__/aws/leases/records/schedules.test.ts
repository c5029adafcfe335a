import { describe, expect, test } from '@jest/globals';

import { getSchedule, listSchedules } from '../../../../src/aws/leases/records/schedules.ts';
import { budget, createFakeSession } from '../../fake-session.ts';

const date = new Date(0);
const schedule = {
  Name: 'a',
  GroupName: 'cloud-access',
  State: 'ENABLED',
  CreationDate: date,
  LastModificationDate: date,
  Target: { Arn: 'arn' },
};
const without = (member: string): unknown => ({ ...schedule, [member]: undefined });

describe("a schedule without the members of every schedule is not AWS's response", () => {
  test.each(Object.keys(schedule))('in a list: %s', async (member) => {
    const { session } = createFakeSession({ ListSchedules: () => ({ Schedules: [schedule, without(member)] }) });
    await expect(listSchedules(session, null, 'a', budget)).rejects.toThrow(`Schedules.${member} is missing`);
  });

  test.each(['State', 'CreationDate', 'LastModificationDate', 'Target'])('by itself: %s', async (member) => {
    const { session } = createFakeSession({ GetSchedule: () => without(member) });
    await expect(getSchedule(session, 'cloud-access', 'a', budget)).rejects.toThrow(`${member} is missing`);
  });

  test('and one with all members is read', async () => {
    const { session } = createFakeSession({
      ListSchedules: () => ({ Schedules: [schedule] }),
      GetSchedule: () => schedule,
    });
    expect(await listSchedules(session, null, 'a', budget)).toEqual([schedule]);
    expect(await getSchedule(session, 'cloud-access', 'a', budget)).toMatchObject({ State: 'ENABLED' });
  });
});
