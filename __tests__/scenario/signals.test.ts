import { expect, it } from '@jest/globals';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { byIds, errors, inWorld, onCallAssignment, severalAtOnce, step, describeSignals } from './support.ts';

const options: WorldOptions = { operations: { durationMs: 1_200 } };
const startCall = 'CreateAccountAssignment';

/** The runner's patience between SIGINT and SIGTERM, in milliseconds. */
const patience = 7_500;

/** The operations that a clean run requests, in order; one world for all tests of this file. */
let boundaries: Promise<readonly string[]> | null = null;
function cleanRequests(): Promise<readonly string[]> {
  boundaries ??= inWorld(options, async (world) =>
    (await step(world, byIds)).requests.map(({ operation }) => operation),
  );
  return boundaries;
}

/** Runs a scene for every request of a clean run; its problems come back with the place and the log. */
async function atEachRequest(scene: (world: World, index: number) => Promise<Scene>): Promise<readonly string[]> {
  const requests = await cleanRequests();
  const problems = await severalAtOnce(requests, (operation, index) =>
    inWorld(options, async (world) => {
      const { checks, result } = await scene(world, index);
      const broken = Object.entries(checks).filter(([, fine]) => !fine);
      return broken.map(([problem]) => `at request ${index} (${operation}): ${problem}\n${result.log}`);
    }),
  );
  return problems.flat();
}

interface Scene {
  readonly checks: Readonly<Record<string, boolean>>;
  readonly result: StepResult;
}

/** What a cancelled step has to say, by how far its requests had come when the signal arrived. */
function honesty(world: World, result: StepResult): Readonly<Record<string, boolean>> {
  const { status, 'request-id': requestId = '' } = result.outputs;
  const said = errors(result);
  const [operation] = world.estate.operations();
  const start = result.requests.find((entry) => entry.operation === startCall);
  const known = start?.outcome === 'ok' ? operation?.requestId : undefined;
  return {
    [`status is ${status ?? 'missing'}`]: status === (start === undefined ? 'FAILED' : 'IN_PROGRESS'),
    'it does not say that it was cancelled': said.includes('cancelled'),
    'something was started that was not said': start !== undefined || operation === undefined,
    [`the request id is missing (${requestId})`]: known === undefined || (requestId === known && said.includes(known)),
    'several annotations': result.annotations.filter(({ level }) => level === 'error').length === 1,
  };
}

function endedByItself(
  world: World,
  result: StepResult,
  at: JournalEntry | undefined,
): Readonly<Record<string, boolean>> {
  const took = at === undefined ? Infinity : world.now() - at.at;
  return {
    [`it was ended by ${result.signal ?? ''}`]: result.signal === null,
    [`exit code ${result.exitCode ?? ''}`]: result.exitCode === 1,
    [`it took ${took} ms to end`]: took < patience,
  };
}

/** A re-run ends right, and there was one effective change in all. */
async function rerun(world: World): Promise<Readonly<Record<string, boolean>>> {
  const again = await step(world, byIds);
  return {
    [`the re-run ended ${again.outputs['status'] ?? 'without status'}: ${errors(again)}`]:
      again.exitCode === 0 && again.outputs['status'] === 'SUCCEEDED',
    'the access is not there': world.estate.has(onCallAssignment),
    [`${world.estate.effectiveChanges().length} effective changes`]: world.estate.effectiveChanges().length === 1,
    [`${world.estate.operations().length} operations`]: world.estate.operations().length === 1,
  };
}

/** What becomes of the request at which the signal arrives. */
const fates = {
  'is answered too late': { kind: 'delay', ms: 200 },
  'is never answered': { kind: 'hang' },
  'is carried out and never answered': { kind: 'hang', processed: true },
} satisfies Readonly<Record<string, Effect>>;

const signals = {
  'as the runner cancels, SIGINT first': (index: number) => ({ cancel: { index } }),
  'by SIGTERM alone': (index: number) => ({ signals: [{ when: { index }, signal: 'SIGTERM' as const }] }),
};

describeSignals('a cancelled step', () => {
  it.each(
    Object.entries(signals).flatMap(([name, send]) =>
      Object.entries(fates).map(([fate, effect]) => [name, fate, send, effect] as const),
    ),
  )(
    '%s, at any request, which %s: says what was in flight, ends by itself in time, and a re-run ends right',
    async (_name, _fate, send, effect) => {
      const problems = await atEachRequest(async (world, index) => {
        world.script.fault({ index }, effect);
        const result = await step(world, byIds, send(index));
        const ended = endedByItself(world, result, result.requests[index]);
        return { result, checks: { ...ended, ...honesty(world, result), ...(await rerun(world)) } };
      });
      expect(problems).toEqual([]);
    },
  );

  it('sends nothing more after the signal', async () => {
    await inWorld({ operations: { durationMs: 60_000 } }, async (world) => {
      const result = await step(world, byIds, { cancel: 10_000 });
      const began = result.requests[0]?.at ?? 0;
      expect(result.exitCode).toBe(1);
      expect(result.outputs['status']).toBe('IN_PROGRESS');
      expect(result.virtualMs).toBeLessThan(10_000 + patience);
      expect(result.requests.filter(({ at }) => at > began + 10_100)).toEqual([]);
      expect(result.summary).toContain('⏳ IN&#95;PROGRESS');
      expect(result.summary).toContain(result.outputs['request-id']);
      expect(errors(result)).toContain('Run the step again');
    });
  });

  it('ends in time by the clock on the wall, too', async () => {
    await inWorld({ clock: 'real', operations: { durationMs: 60_000 } }, async (world) => {
      const result = await step(world, byIds, { cancel: { operation: 'DescribeAccountAssignmentCreationStatus' } });
      expect(result).toMatchObject({ signal: null, exitCode: 1, outputs: { status: 'IN_PROGRESS' } });
      expect(result.realMs).toBeLessThan(patience);
      expect(errors(result)).toContain(result.outputs['request-id']);
    });
  });

  it('before it knew its grants says that nothing was changed', async () => {
    await inWorld(options, async (world) => {
      const result = await step(world, byIds, { cancel: { operation: 'ListAccountAssignments' } });
      expect(result.outputs['status']).toBe('FAILED');
      expect(errors(result)).toContain('Nothing was changed');
      expect(world.estate.operations()).toEqual([]);
    });
  });

  it('that waits for a conflict on the account ends in time as well, and says that it did not start', async () => {
    await inWorld(options, async (world) => {
      world.script.fault({ operation: startCall, times: 1_000 }, { kind: 'conflict' });
      const result = await step(world, byIds, { cancel: 30_000 });
      expect(result.signal).toBeNull();
      expect(result.virtualMs).toBeLessThan(30_000 + patience);
      expect(result.outputs['status']).toBe('FAILED');
      expect(errors(result)).toContain('Not started');
    });
  });
});

describeSignals('a killed step', () => {
  it('leaves no half-written command file at any request, has said the request id by then, and a re-run ends right', async () => {
    const problems = await atEachRequest(async (world, index) => {
      const result = await step(world, byIds, { signals: [{ when: { index }, signal: 'SIGKILL' }] });
      const started = result.requests.findIndex(({ operation }) => operation === startCall);
      const known = started >= 0 && started < index;
      const { status, 'request-id': requestId } = result.outputs;
      const [operation] = world.estate.operations();
      const checks = {
        [`it ended by ${result.signal ?? 'itself'}`]: result.signal === 'SIGKILL',
        'a half-written file': result.fileProblems.length === 0,
        'a green status': status !== 'SUCCEEDED',
        [`the request id was not said (${requestId ?? 'missing'})`]: !known || requestId === operation?.requestId,
      };
      return { result, checks: { ...checks, ...(await rerun(world)) } };
    });
    expect(problems).toEqual([]);
  });
});
