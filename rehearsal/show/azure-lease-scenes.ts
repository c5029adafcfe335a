import { inAzure } from './azure-scenes.ts';
import type { Scene } from './scene.ts';

/** The identity that deploys: on Azure a workload can hold a lease itself. */
export const lease = {
  operation: 'assign',
  principal: 'service-principal:5e000000-0000-4000-8000-000000000001',
  role: 'Key Vault Secrets User',
  target: '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/payments-prod',
  lifetime: '1h',
  reason: 'Release 5.2',
} as const;

export const world = { clouds: ['azure'] } as const;
const hour = 3_600_000;

/** Each in a world of its own: time goes by in them. */
export const azureLeaseScenes: readonly Scene[] = [
  {
    title: 'Azure: a lease for the identity that deploys',
    note: 'The record is the last line of the role assignment’s description. The post step deletes the assignment.',
    world,
    caption: 'The step',
    inputs: inAzure(lease),
    expected: {
      exitCode: 0,
      outputs: { status: 'SUCCEEDED', 'lease-state': 'leased', 'expiry-guarantee': 'sweep' },
      changes: 1,
      access: 'there',
    },
    then: [
      {
        caption: 'The job has ended: its post step',
        post: 'access',
        expected: { exitCode: 0, outputs: {}, changes: 1, access: 'gone' },
      },
    ],
  },
  {
    title: 'Azure: a lease whose runner is killed',
    note: 'Without Privileged Identity Management, the next sweep ends the access, and until then it stays.',
    world,
    caption: 'The step, until it is killed',
    inputs: inAzure(lease),
    signals: [{ when: { service: 'arm', operation: 'roleAssignments.list', nth: 2 }, signal: 'SIGKILL' }],
    expected: { exitCode: null, outputs: {}, changes: 1, access: 'there' },
    then: [
      { caption: 'Two hours later', passMs: 2 * hour, expected: { changes: 0, access: 'there' } },
      {
        caption: 'The next sweep',
        job: 'sweep',
        inputs: inAzure({ operation: 'sweep' }),
        expected: { exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'true' }, changes: 1, access: 'gone' },
      },
    ],
  },
];
