import { DeleteScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { expect, it } from '@jest/globals';
import type { World } from '../../rehearsal/world.ts';
import { recordedOf } from '../setup/cloudtrail.ts';
import { matches, type Pattern } from '../setup/event-pattern.ts';
import { deploy, exampleParameters } from '../setup/stack.ts';
import { endJob, group, hour, job, leased, minute, post, start, sweeping } from './lease-support.ts';
import { policyOf } from './policy-documents.ts';
import { inWorld, ids, step } from './support.ts';

const { resources, outputs } = deploy({ ...exampleParameters, AlarmEmail: 'security@example.com' });
const pattern = resources['TimerAlarm']?.Properties['EventPattern'] as Pattern;
const sweeper = outputs['SweeperRoleArn']?.Value ?? '';

/** Calls of Scheduler that trigger the alarm of setup/aws.yaml, and their number. */
function heard({ journal }: World): { readonly rings: readonly string[]; readonly calls: number } {
  const calls = journal.all().filter(({ service }) => service === 'scheduler');
  return {
    rings: calls.filter((it) => matches(pattern, recordedOf(it))).map(({ operation }) => operation),
    calls: calls.filter(({ operation }) => ['DeleteSchedule', 'UpdateSchedule'].includes(operation)).length,
  };
}

it('the alarm of setup/aws.yaml stays silent for ordinary leases, and rings when their timer is deleted (P5)', () =>
  inWorld(
    {
      startAt: start,
      aws: { policy: policyOf('lease-broker'), roles: [{ arn: sweeper, policy: policyOf('lease-sweeper') }] },
    },
    async (world) => {
      world.aws.schedules.addGroup(group);
      const ending = { cloud: 'aws', 'aws-role-to-assume': sweeper } as const;
      const first = await step(world, leased, job(1));
      const second = await step(world, { ...leased, lifetime: '3h' }, job(2));
      await post(world, first, job(1));
      await post(world, second, job(2));
      const kept = await step(world, { ...leased, 'keep-after-job': 'true' }, job(3));
      const leaseId = kept.outputs['lease-id'] ?? '';
      await step(world, { ...ending, operation: 'release', 'lease-id': leaseId }, job(4));
      const lost = await step(world, leased, job(5));
      endJob(world, 5);
      await world.advance(20 * minute);
      await step(world, { ...sweeping, ...ending }, job(6));
      expect([first, second, kept, lost].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
      const before = heard(world);
      expect(before.rings).toEqual([]);
      expect(before.calls).toBeGreaterThan(8);

      await step(world, { ...leased, 'keep-after-job': 'true' }, job(7));
      const timer = world.aws.schedules.all().find(({ name, state }) => name.endsWith('-t') && state === 'ENABLED');
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = world.aws.ambientCredentials(sweeper);
      const client = new SchedulerClient({
        region: ids.region,
        endpoint: world.env['AWS_ENDPOINT_URL_SCHEDULER'] ?? '',
        credentials: {
          accessKeyId: AWS_ACCESS_KEY_ID ?? '',
          secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '',
          sessionToken: AWS_SESSION_TOKEN ?? '',
        },
      });
      await client.send(new DeleteScheduleCommand({ GroupName: group, Name: timer?.name }));
      client.destroy();
      expect(heard(world).rings).toEqual(['DeleteSchedule']);
      await world.advance(5 * hour);
    },
  ));
