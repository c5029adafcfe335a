import { describe, expect, it } from '@jest/globals';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { clouds, type TestCloud } from './clouds.ts';
import { someOf } from './matrix.ts';
import { errors, inWorld, severalAtOnce, describeSignals } from './support.ts';

const brief: WorldOptions = { aws: { operations: { durationMs: 1_200 } } };

/** The runner's wait between SIGINT and SIGTERM, in milliseconds. */
const patience = 7_500;

/**
 * Runs a scene for every request of a clean run, or for some in ordinary tests; returns its problems with the place and
 * the log.
 */
async function atEachRequest(
  cloud: TestCloud,
  row: number,
  scene: (world: World, index: number) => Promise<Scene>,
): Promise<readonly string[]> {
  const options = { ...brief, ...cloud.world };
  const requests = await inWorld(options, async (world) => (await cloud.step(world, cloud.byIds)).requests);
  const places = requests.map(({ operation }, index) => ({ operation, index }));
  const problems = await severalAtOnce(someOf(row, places), ({ operation, index }) =>
    inWorld(options, async (world) => {
      const { checks, result } = await scene(world, index);
      const broken = Object.entries(checks).filter(([, fine]) => !fine);
      return broken.map(([problem]) => `at request ${index} (${operation}): ${problem}\n${result.log}`);
    }),
  );
  return problems.flat();
}

type Checks = Readonly<Record<string, boolean>>;

interface Scene {
  readonly checks: Checks;
  readonly result: StepResult;
}

/** Words of a canceled step, by the state of its requests when the signal arrived. */
function honesty(cloud: TestCloud, world: World, result: StepResult): Checks {
  const { status, 'request-id': requestId = '' } = result.outputs;
  const said = errors(result);
  const start = result.requests.find(cloud.isStart);
  const known = start?.outcome === 'ok' ? cloud.requestId(world, result) : '';
  return {
    [`status is ${status ?? 'missing'}`]: status === (start === undefined ? 'FAILED' : 'IN_PROGRESS'),
    'it does not say that it was canceled': said.includes('The step was canceled (SIG'),
    'something was started that was not said': start !== undefined || cloud.started(world) === 0,
    [`the request id is missing (${requestId})`]: known === '' || (requestId === known && said.includes(known)),
    'several annotations': result.annotations.filter(({ level }) => level === 'error').length === 1,
  };
}

function endedByItself(world: World, result: StepResult, at: JournalEntry | undefined): Checks {
  const took = at === undefined ? Infinity : world.now() - at.at;
  return {
    [`it was ended by ${result.signal ?? ''}`]: result.signal === null,
    [`exit code ${result.exitCode ?? ''}`]: result.exitCode === 1,
    [`it took ${took} ms to end`]: took < patience,
  };
}

/** A re-run ends right, and there was one effective change in all. */
async function rerun(cloud: TestCloud, world: World): Promise<Checks> {
  const again = await cloud.step(world, cloud.byIds);
  return {
    [`the re-run ended ${again.outputs['status'] ?? 'without status'}: ${errors(again)}`]:
      again.exitCode === 0 && again.outputs['status'] === 'SUCCEEDED',
    'the access is not there': cloud.has(world),
    [`${cloud.changes(world)} effective changes`]: cloud.changes(world) === 1,
    [`${cloud.started(world)} changes were started`]: cloud.started(world) === 1,
  };
}

/** Effect of the request at which the signal arrives. */
const fates = {
  'is answered too late': { kind: 'delay', ms: 200 },
  'is never answered': { kind: 'hang' },
  'is carried out and never answered': { kind: 'hang', processed: true },
} satisfies Readonly<Record<string, Effect>>;

const signals = {
  'as the runner cancels, SIGINT first': (index: number) => ({ cancel: { index } }),
  'by SIGTERM alone': (index: number) => ({ signals: [{ when: { index }, signal: 'SIGTERM' as const }] }),
};

const kill = (index: number) => ({ signals: [{ when: { index }, signal: 'SIGKILL' as const }] });

describeSignals('a step that gets a signal', () => {
  describe.each(clouds)('%s: canceled', (_, cloud) => {
    it.each(
      Object.entries(signals).flatMap(([name, send]) =>
        Object.entries(fates).map(([fate, effect], row) => [name, fate, send, effect, row] as const),
      ),
    )(
      '%s, at any request, which %s: reports what was in flight, ends by itself in time, and a re-run ends right (P2)',
      async (_name, _fate, send, effect, row) => {
        const problems = await atEachRequest(cloud, row, async (world, index) => {
          world.script.fault({ index }, effect);
          const result = await cloud.step(world, cloud.byIds, send(index));
          const ended = endedByItself(world, result, result.requests[index]);
          const checks = { ...ended, ...honesty(cloud, world, result), ...(await rerun(cloud, world)) };
          return { result, checks };
        });
        expect(problems).toEqual([]);
      },
    );

    it('sends nothing more after the signal (P2)', async () => {
      await inWorld({ ...cloud.world, ...cloud.slow }, async (world) => {
        const result = await cloud.step(world, cloud.byIds, { cancel: 10_000 });
        const began = result.requests[0]?.at ?? 0;
        expect(result.exitCode).toBe(1);
        expect(result.outputs['status']).toBe('IN_PROGRESS');
        expect(result.virtualMs).toBeLessThan(10_000 + patience);
        expect(result.requests.filter(({ at }) => at > began + 10_100)).toEqual([]);
        expect(result.summary).toContain('⏳ IN&#95;PROGRESS');
        expect(result.outputs['request-id']).toMatch(/^[0-9a-f-]{36}$/u);
        expect(result.summary).toContain(result.outputs['request-id']);
        expect(errors(result)).toMatch(/What to do: .*run the step again/iu);
      });
    });

    it('ends in time by the real clock, too', async () => {
      await inWorld({ clock: 'real', ...cloud.world, ...cloud.slow }, async (world) => {
        const result = await cloud.step(world, cloud.byIds, { cancel: cloud.asking });
        expect(result).toMatchObject({ signal: null, exitCode: 1, outputs: { status: 'IN_PROGRESS' } });
        expect(result.realMs).toBeLessThan(patience);
        expect(errors(result)).toContain(result.outputs['request-id']);
      });
    });

    it('before it knew its grants reports that nothing was changed', async () => {
      await inWorld({ ...brief, ...cloud.world }, async (world) => {
        const result = await cloud.step(world, cloud.byIds, { cancel: { operation: cloud.readBack } });
        expect(result.outputs['status']).toBe('FAILED');
        expect(errors(result)).toContain('Nothing was changed');
        expect(cloud.started(world)).toBe(0);
      });
    });

    it('while it waits for a refusal to pass ends in time too, and reports that it did not start (P2)', async () => {
      await inWorld({ ...brief, ...cloud.world }, async (world) => {
        world.script.fault({ where: cloud.isStart, times: 1_000 }, cloud.refusal);
        const result = await cloud.step(world, cloud.byIds, { cancel: 30_000 });
        expect(result.signal).toBeNull();
        expect(result.virtualMs).toBeLessThan(30_000 + patience);
        expect(result.outputs['status']).toBe('FAILED');
        expect(errors(result)).toContain('Not started');
        expect(cloud.started(world)).toBe(0);
      });
    });
  });

  describe.each(clouds)('%s: killed (P4)', (_, cloud) => {
    it('leaves no half-written command file at any request, has written the request ID by then, and a re-run ends right', async () => {
      const problems = await atEachRequest(cloud, 1, async (world, index) => {
        const result = await cloud.step(world, cloud.byIds, kill(index));
        const started = result.requests.findIndex(cloud.isStart);
        const known = started >= 0 && started < index;
        const { status, 'request-id': requestId } = result.outputs;
        const checks = {
          [`it ended by ${result.signal ?? 'itself'}`]: result.signal === 'SIGKILL',
          'a half-written file': result.fileProblems.length === 0,
          'a green status': status !== 'SUCCEEDED',
          [`the request id was not said (${requestId ?? 'missing'})`]:
            !known || requestId === cloud.requestId(world, result),
        };
        return { result, checks: { ...checks, ...(await rerun(cloud, world)) } };
      });
      expect(problems).toEqual([]);
    });

    it('at any request, its grants are found by the same IDs and removed, although it reported nothing', async () => {
      const problems = await atEachRequest(cloud, 0, async (world, index) => {
        world.script.fault({ index }, { kind: 'hang', processed: true });
        const result = await cloud.step(world, cloud.byIds, kill(index));
        const back = await cloud.step(world, { ...cloud.byIds, operation: 'revoke' });
        const checks = {
          [`the revoke ended ${back.outputs['status'] ?? 'without status'}: ${errors(back)}`]: back.exitCode === 0,
          'the access is still there': !cloud.has(world),
        };
        return { result, checks };
      });
      expect(problems).toEqual([]);
    });
  });
});
