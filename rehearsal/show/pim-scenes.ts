import type { World } from '../world.ts';
import { lease as plainLease, world } from './azure-lease-scenes.ts';
import { inAzure } from './azure-scenes.ts';
import type { Scene } from './scene.ts';

/** The same lease, through Privileged Identity Management. */
const { operation, ...what } = plainLease;
const lease = { operation, 'azure-pim': 'true', ...what } as const;

const minute = 60_000;

/** Each in a world of its own: time goes by in them. */
export const pimScenes: readonly Scene[] = [
  {
    title: 'Azure: a lease through Privileged Identity Management',
    note: 'Azure guarantees the end. It refuses to end an access in its first five minutes; this job takes longer.',
    world,
    caption: 'The step',
    inputs: inAzure(lease),
    expected: {
      exitCode: 0,
      outputs: { status: 'SUCCEEDED', 'lease-state': 'leased', 'expiry-guarantee': 'platform' },
      changes: 1,
      access: 'there',
    },
    then: [
      { caption: 'Ten minutes later', passMs: 10 * minute, expected: { changes: 0, access: 'there' } },
      {
        caption: 'The job has ended: its post step',
        post: 'access',
        expected: { exitCode: 0, outputs: {}, changes: 1, access: 'gone' },
      },
    ],
  },
  {
    title: 'Azure: a lease through PIM whose runner is killed',
    world,
    caption: 'The step, until it is killed',
    inputs: inAzure(lease),
    signals: [{ when: { service: 'arm', operation: 'roleAssignmentScheduleInstances.list' }, signal: 'SIGKILL' }],
    expected: { exitCode: null, outputs: {}, changes: 1, access: 'there' },
    then: [{ caption: 'An hour later', passMs: 61 * minute, expected: { changes: 0, access: 'gone' } }],
  },
  {
    title: 'Azure: a lease that requires approval',
    note: 'The step does not wait: it ends with the ID of its request. The next attempt uses the approved access.',
    world,
    caption: 'The first attempt',
    before: ({ azure }: World): void => {
      azure.pim.script({}, { statuses: [['PendingApproval', 0]] });
    },
    inputs: inAzure(lease),
    expected: {
      exitCode: 1,
      outputs: { status: 'PENDING_APPROVAL', 'request-id': /./ },
      changes: 0,
      access: 'gone',
    },
    then: [
      {
        caption: 'Approved, and run again',
        before: ({ azure }: World): void => {
          for (const { name } of azure.pim.requests()) azure.pim.approve(name);
        },
        attempt: '2',
        inputs: inAzure(lease),
        expected: {
          exitCode: 0,
          outputs: { status: 'SUCCEEDED', 'expiry-guarantee': 'platform', changed: 'false' },
          changes: 1,
          access: 'there',
        },
      },
    ],
  },
];
