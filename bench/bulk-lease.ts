import { workOf } from '../rehearsal/aws/durations.ts';
import { startWorld } from '../rehearsal/world.ts';
import { expectAssigned, operations, patienceMs, rows } from './bulk.ts';
import { awsBulk } from './bulk-places.ts';
import { awsFloor } from './floor.ts';
import { enderRole } from './inputs.ts';
import { share, type Row } from './table.ts';
import { runMeasured } from './usage.ts';

/** 1,000 leases on 100 accounts with AWS's quotas in force, taken, and given back by the post step's four minutes. */
export async function measureBulkLease(): Promise<readonly Row[]> {
  const { estate, inputs, grants } = awsBulk(10, 1, 100);
  const leased = { ...inputs, lifetime: '2h', 'aws-scheduler-role-arn': enderRole };
  const world = await startWorld({ estate, aws: { operations } });
  // The first lease of all makes the group: once, and not in these figures.
  world.aws.schedules.addGroup('cloud-access');
  try {
    const main = await runMeasured(world, { inputs: leased, timeoutMs: patienceMs });
    expectAssigned(world, grants);
    const begun = world.aws.estate.operations().length;
    const floor = awsFloor(workOf(world.aws.estate.operations()));
    const refused = main.requests.filter(({ status }) => status >= 400).length;
    const step = { stage: 'post', inputs: leased, state: main.state, timeoutMs: patienceMs } as const;
    const post = await runMeasured(world, step);
    const ended = world.aws.estate.operations().slice(begun);
    const figures = { virtualMs: main.virtualMs, requests: main.requests.length, refused };
    const taken = rows(`AWS: ${grants} leases`, figures, floor, grants, null, 1.15);
    const seconds = (post.virtualMs / 1000).toFixed(0);
    const least = awsFloor(workOf(ended)).seconds.toFixed(0);
    const times = ` (${seconds} s to ${least} s, busiest account; ${post.requests.length} requests)`;
    return [...taken, share(`AWS: ${grants} leases: ended by the post step`, ended.length / grants, times)];
  } finally {
    await world.close();
  }
}
