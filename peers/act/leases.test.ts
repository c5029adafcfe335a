import { expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Line } from './run.ts';
import { describeAct, endOf, inActWorld, jobEnd, onCall, ours, printedBy, releaseAccess, runAct } from './support.ts';
import { changed, followedBy, withSteps, workflow } from './workflows.ts';

/** The lease that docs/leases.md shows for a job which itself waits for what the access is needed for. */
const leased = withSteps('docs/leases.md', 'gh run watch');
const waiting = 'Wait for the deployment';
const watched = '#!/bin/sh\necho watched "$@"\n';

function begins(line: Line, step: string): boolean {
  return line.stage === 'Main' && line.step === step && line.msg.startsWith('⭐');
}

describeAct('a lease under act', () => {
  it.concurrent('is there while the job waits, and gone after its post step', () =>
    inActWorld({}, async (world) => {
      const seen: boolean[] = [];
      const run = await runAct(world, leased, {
        programs: { gh: watched },
        onLine: (line) => {
          if (begins(line, waiting)) seen.push(world.aws.estate.has(releaseAccess));
        },
      });
      expect(run.exitCode).toBe(0);
      expect(seen).toEqual([true]);
      expect(printedBy(run, 'Main', waiting)).toBe('watched run watch  --exit-status --repo octo-org/infra\n');
      expect(endOf(run, 'Post', ours)).toBe('success');
      expect(world.aws.estate.has(releaseAccess)).toBe(false);
      expect(world.aws.schedules.all()).toEqual([]);
    }),
  );

  it.concurrent('is ended by post where a later step fails (P4)', () =>
    inActWorld({}, async (world) => {
      const run = await runAct(world, followedBy(leased, 'example', { name: 'fails', run: 'exit 3' }), {
        programs: { gh: watched },
      });
      expect({ exitCode: run.exitCode, fails: endOf(run, 'Main', 'fails') }).toEqual({ exitCode: 1, fails: 'failure' });
      expect(endOf(run, 'Post', ours)).toBe('success');
      expect(world.aws.estate.effectiveChanges().map(({ kind }) => kind)).toEqual(['create', 'delete']);
      expect(world.aws.estate.has(releaseAccess)).toBe(false);
      expect(world.aws.schedules.all()).toEqual([]);
    }),
  );

  // act cancels by SIGKILL at once, where GitHub's runner sends SIGINT and waits 7.5 s; then both run post.
  it.concurrent('is ended by post where the run is cancelled while the job waits (P4)', () =>
    inActWorld({}, async (world) => {
      const run = await runAct(world, leased, {
        programs: { gh: '#!/bin/sh\necho waiting\nexec sleep 60\n' },
        onLine: ({ msg }, interrupt) => {
          if (msg === 'waiting\n') interrupt();
        },
      });
      expect({ exitCode: run.exitCode, waited: endOf(run, 'Main', waiting) }).toEqual({
        exitCode: 1,
        waited: 'failure',
      });
      expect(endOf(run, 'Post', ours)).toBe('success');
      expect(world.aws.estate.effectiveChanges().map(({ kind }) => kind)).toEqual(['create', 'delete']);
      expect(world.aws.estate.has(releaseAccess)).toBe(false);
      expect(world.aws.schedules.all()).toEqual([]);
    }),
  );

  it.concurrent('is ended by post where the run is cancelled while the access is being made (P4)', () =>
    inActWorld({ aws: { operations: { durationMs: 3_000 } } }, async (world) => {
      const run = await runAct(world, leased, {
        programs: { gh: watched },
        onLine: ({ msg }, interrupt) => {
          if (msg.startsWith('Started CreateAccountAssignment')) interrupt();
        },
      });
      expect({ exitCode: run.exitCode, main: endOf(run, 'Main', ours) }).toEqual({ exitCode: 1, main: 'failure' });
      expect(endOf(run, 'Main', waiting)).toBeUndefined();
      expect(endOf(run, 'Post', ours)).toBe('success');
      expect(world.aws.estate.effectiveChanges().map(({ kind }) => kind)).toEqual(['create', 'delete']);
      expect(world.aws.estate.has(releaseAccess)).toBe(false);
      expect(world.aws.schedules.all()).toEqual([]);
    }),
  );

  it.concurrent('that two legs of a matrix hold ends with the last of them (P5)', () =>
    inActWorld({}, async (world) => {
      const folder = await mkdtemp(join(tmpdir(), 'cloud-access-legs-'));
      // Both wait until both have it; the second goes on when the first has left for good.
      const gh = `#!/bin/sh
touch "$LEGS/$LEG"
until test -e "$LEGS/first" && test -e "$LEGS/second"; do sleep 0.2; done
test "$LEG" = first || until test -e "$LEGS/go"; do sleep 0.2; done
`;
      const legs = changed(leased, 'example', (job) => ({
        ...job,
        strategy: { 'fail-fast': false, matrix: { leg: ['first', 'second'] } },
        env: { LEG: '${{ matrix.leg }}' },
      }));
      const left: { readonly there: boolean; readonly how: string | undefined }[] = [];
      const run = await runAct(world, legs, {
        programs: { gh },
        env: { LEGS: folder },
        onLine: ({ jobResult }) => {
          if (jobResult === undefined) return;
          left.push({ there: world.aws.estate.has(releaseAccess), how: jobResult });
          void writeFile(join(folder, 'go'), '');
        },
      });
      await rm(folder, { recursive: true });
      expect(run.exitCode).toBe(0);
      expect(left).toEqual([
        { there: true, how: 'success' },
        { there: false, how: 'success' },
      ]);
      expect(world.aws.estate.effectiveChanges().map(({ kind }) => kind)).toEqual(['create', 'delete']);
      expect(world.aws.schedules.all().filter(({ state }) => state === 'ENABLED')).toEqual([]);
    }),
  );

  it.concurrent('around another job is released by a third, by the output of the first (P5)', () =>
    inActWorld({}, async (world) => {
      const seen: boolean[] = [];
      const run = await runAct(world, workflow('docs/leases.md', 'Migrate the database'), {
        files: { 'migrate.sh': '#!/bin/sh\necho migrating\n' },
        onLine: ({ msg }) => {
          if (msg === 'migrating\n') seen.push(world.aws.estate.has(onCall));
        },
      });
      expect(['access', 'work', 'release'].map((job) => jobEnd(run, job))).toEqual(['success', 'success', 'success']);
      expect({ exitCode: run.exitCode, seen }).toEqual({ exitCode: 0, seen: [true] });
      expect(world.aws.estate.has(onCall)).toBe(false);
      expect(world.aws.schedules.all()).toEqual([]);
    }),
  );
});
