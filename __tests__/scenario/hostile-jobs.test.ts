import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { World } from '../../rehearsal/world.ts';
import { inAzureLeases, isGranted, leasedOnAzure, sweepingAzure, takeOnAzure } from './azure-lease-support.ts';
import { azureStep } from './azure-support.ts';
import { expectBounded, ownProcesses } from './hostile-ends.ts';
import { endJob, inLeases, isThere, job, leased, minute, summaryText, sweeping, take } from './lease-support.ts';
import { errors, step } from './support.ts';
import { tlsFailures, withServer } from './tls-servers.ts';

const page = '<html><title>Sign in to the network</title></html>';
const [one, later] = [job(1), job(2)];

type Env = NonNullable<Step['env']>;

type Sweeping = (world: World, env: Env) => ReturnType<typeof step>;

interface Side {
  readonly within: (scene: (world: World) => Promise<void>) => Promise<void>;
  /** A lease of a job that has ended without its post step. */
  readonly orphan: (world: World) => Promise<void>;
  readonly has: (world: World) => boolean;
  readonly sweep: Sweeping;
}

const sides: Readonly<Record<string, Side>> = {
  AWS: {
    within: (scene) => inLeases(ownProcesses, scene),
    orphan: async (world) => {
      await take(world, leased, one);
    },
    has: isThere,
    sweep: (world, env) => step(world, sweeping, { ...later, env }),
  },
  Azure: {
    within: (scene) => inAzureLeases(ownProcesses, scene),
    orphan: async (world) => {
      await takeOnAzure(world, leasedOnAzure, one);
    },
    has: isGranted,
    sweep: (world, env) => azureStep(world, sweepingAzure, { ...later, env }),
  },
};

/** Responses in place of GitHub's list of jobs, forever. */
const answers: readonly (readonly [string, Effect])[] = [
  ['with 100 MB', { kind: 'flood', bytes: 100_000_000 }],
  ['with a byte each second', { kind: 'drip', everyMs: 1_000 }],
  ['not at all', { kind: 'hang' }],
  ['with a page', { kind: 'http', status: 200, body: page }],
  ['with HTTP 500 in HTML', { kind: 'http', status: 500, body: page }],
];

const [noTls, endless] = ['no TLS at all', 'a handshake that does not go on'] as const;

describe.each(Object.entries(sides))('GitHub, requested by a sweep on %s for a job that has ended', (_name, side) => {
  /** A sweep that cannot read the end of a job keeps its access, reports that, and is not delayed by it. */
  async function leavesAlone(world: World, env: Env = {}): Promise<void> {
    const swept = await side.sweep(world, env);
    expect([errors(swept), swept.exitCode, side.has(world), swept.outputs['changed']]).toEqual(['', 0, true, 'false']);
    expect(summaryText(swept)).toMatch(
      /1 lease ends only at its end time, because it is unknown whether its job has ended/u,
    );
    expect(`${swept.log}\n${swept.summary}`).not.toMatch(/<html>|bug in|TypeError|aaaa/u);
    expectBounded(swept);
  }

  /** The lease ends at the next true response. */
  async function endsAfterwards(world: World): Promise<void> {
    const swept = await side.sweep(world, {});
    expect([errors(swept), side.has(world), swept.outputs['changed']]).toEqual(['', false, 'true']);
  }

  it.each(answers)(
    'that responds %s: the lease ends by time, the sweep is green in time, in limited memory',
    (_, effect) =>
      side.within(async (world) => {
        await side.orphan(world);
        endJob(world, 1);
        await world.advance(20 * minute);
        const end = world.script.weather(({ operation }) => (/Jobs?For/u.test(operation) ? effect : undefined));
        await leavesAlone(world);
        end();
        await endsAfterwards(world);
      }),
  );

  it.each([noTls, endless])('with %s: the same', (failure) =>
    side.within(async (world) => {
      await side.orphan(world);
      endJob(world, 1);
      await world.advance(20 * minute);
      const { start } = tlsFailures[failure] ?? {};
      if (start === undefined) throw new Error(`no failure of this name: ${failure}`);
      await withServer(world, start(), (url) => leavesAlone(world, { GITHUB_API_URL: url }));
      await endsAfterwards(world);
    }),
  );
});
