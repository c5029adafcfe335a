import { fileURLToPath } from 'node:url';

import { runProcess } from '../rehearsal/runner/process.ts';
import { workOf } from '../rehearsal/aws/durations.ts';
import { startWorld, type World } from '../rehearsal/world.ts';
import { awsBulk, type Bulk } from './bulk-places.ts';
import { awsFloor, type Floor } from './floor.ts';
import { byIds } from './inputs.ts';
import { mixedRun, type MixedGrants, type MixedWork } from './mixed.ts';
import { atMost, type Row } from './table.ts';
import { runMeasured } from './usage.ts';

/** A safety net, in real time. */
export const patienceMs = 60 * 60_000;

/** Operations of 2 to 15 s, as AWS's are; the same ones in every run. */
export const operations = { durationMs: { from: 2_000, to: 15_000, seed: 1 } };

const goals = { time: 1.1, requests: 2.3 };

/** 1,200 grants on 60 accounts with AWS's quotas in force, on the virtual clock: computing and the network take no time. */
export async function measureBulk(): Promise<readonly Row[]> {
  return [...(await measureSteps()), ...(await measureMixed())];
}

/** 600 creations, then 600 deletions: a step does one operation. */
async function measureSteps(): Promise<readonly Row[]> {
  const bulk = awsBulk(10, 1, 60);
  const world = await startWorld({ estate: bulk.estate, aws: { operations } });
  try {
    return [
      ...(await measureStep(world, bulk, 'assign', 'creations')),
      ...(await measureStep(world, bulk, 'revoke', 'deletions')),
    ];
  } finally {
    await world.close();
  }
}

async function measureStep(
  world: World,
  { inputs, grants }: Bulk,
  operation: 'assign' | 'revoke',
  what: string,
): Promise<readonly Row[]> {
  const before = world.aws.estate.operations().length;
  const step = await runMeasured(world, { inputs: { ...inputs, operation }, timeoutMs: patienceMs });
  expectAssigned(world, operation === 'assign' ? grants : 0);
  const floor = awsFloor(workOf(world.aws.estate.operations().slice(before)));
  const refused = step.requests.filter(({ status }) => status >= 400).length;
  return rows(`AWS: ${grants} ${what}`, { ...step, requests: step.requests.length, refused }, floor, grants);
}

/** 600 creations and 600 deletions in one run of the engine. */
async function measureMixed(): Promise<readonly Row[]> {
  const what = 'AWS: 600 creations and 600 deletions in one run';
  const bulk = awsBulk(20, 1, 60);
  const world = await startWorld({ estate: bulk.estate, aws: { operations } });
  try {
    const work = mixedWork(bulk);
    addAll(world, work.delete);
    const began = world.now();
    const ended = await runProcess({
      command: process.execPath,
      args: [fileURLToPath(mixedRun)],
      cwd: process.cwd(),
      env: {
        PATH: process.env['PATH'] ?? '',
        NODE_NO_WARNINGS: '1',
        ...world.env,
        ...world.aws.ambientCredentials(),
        BENCH_WORK: JSON.stringify(work),
      },
      clock: world.clock,
      timeoutMs: patienceMs,
      onLine: () => undefined,
      onStart: () => () => undefined,
    });
    if (ended.exitCode !== 0) throw new Error(`the mixed run failed:\n${ended.stdout.slice(-3_000)}${ended.stderr}`);
    expectAssigned(world, bulk.grants / 2);
    const journal = world.journal.all();
    const refused = journal.filter(({ status }) => status >= 400).length;
    const measured = { virtualMs: world.now() - began, requests: journal.length, refused };
    return rows(what, measured, awsFloor(workOf(world.aws.estate.operations())), bulk.grants);
  } finally {
    await world.close();
  }
}

/** Half of the groups get access everywhere, the other half lose it. */
function mixedWork({ inputs }: Bulk): MixedWork {
  const lines = (name: string): readonly string[] => (inputs[name] ?? '').split('\n');
  const groups = lines('principal').map((line) => line.replace('group:', ''));
  const everywhere = { permissionSets: lines('role'), accounts: lines('target') };
  return {
    region: byIds['aws-region'],
    instanceArn: byIds['aws-instance-arn'],
    create: { groups: groups.slice(0, groups.length / 2), ...everywhere },
    delete: { groups: groups.slice(groups.length / 2), ...everywhere },
  };
}

function addAll({ aws: { estate } }: World, { groups, permissionSets, accounts }: MixedGrants): void {
  for (const principalId of groups)
    for (const permissionSetArn of permissionSets)
      for (const accountId of accounts)
        estate.add({ accountId, permissionSetArn, principalType: 'GROUP', principalId });
}

export function expectAssigned({ aws: { estate } }: World, count: number): void {
  const there = estate.assignments().length;
  if (there !== count) throw new Error(`${there} assignments are there, not ${count}`);
}

interface Measured {
  readonly virtualMs: number;
  readonly requests: number;
  /** Of them. */
  readonly refused: number;
}

/** The time beside its floor, and the requests a grant, whose goal is AWS's. */
export function rows(
  what: string,
  { virtualMs, requests, refused }: Measured,
  floor: Floor,
  grants: number,
  mostRequests: number | null = goals.requests,
  mostTime = goals.time,
): readonly Row[] {
  const times = ` (${(virtualMs / 1000).toFixed(0)} s to ${floor.seconds.toFixed(0)} s, ${floor.why})`;
  return [
    atMost(`${what}: time to floor`, virtualMs / 1000 / floor.seconds, mostTime, ' ×', times),
    atMost(`${what}: requests a grant`, requests / grants, mostRequests, '', ` (${refused} refused)`),
  ];
}
