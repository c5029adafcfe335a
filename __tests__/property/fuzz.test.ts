import { describe, expect, it } from '@jest/globals';
import { opening } from '../../src/access/declaration.ts';
import { InputFaults, type Fault } from '../../src/access/errors.ts';
import { readInputs } from '../../src/action/inputs/inputs.ts';
import { awsDeclaration } from '../../src/aws/declaration.ts';
import { azureDeclaration } from '../../src/azure/declaration.ts';
import { runStep } from '../../rehearsal/runner/step.ts';
import { startWorld } from '../../rehearsal/world.ts';
import { action } from '../docs/repository.ts';
import { expectNothingForged } from '../scenario/hostile-texts.ts';
import { expectOnlyLocal } from '../scenario/strangers.ts';
import { severalAtOnce } from '../scenario/support.ts';
import { createDraw, type Draw } from './draw.ts';
import { malformed, type Given } from './malformed.ts';
import { someFiles } from '../action/some-files.ts';
import { eventOf } from '../action/github/event-of.ts';

/** Number of refused inputs; fewer every day than by hand: `FUZZ=100000`. */
const inProcess = Number(process.env['FUZZ'] ?? 20_000);
const throughDist = Number(process.env['FUZZ_DIST'] ?? 40);

const neverOpened = (): Promise<never> =>
  Promise.reject(new TypeError('nothing is opened for inputs that are only read'));
const clouds = { aws: opening(awsDeclaration, neverOpened), azure: opening(azureDeclaration, neverOpened) };
/** An empty expression. */
const defaults = Object.fromEntries(
  Object.entries(action.inputs).map(([name, it]) => [
    name,
    (typeof it.default === 'string' ? it.default : '').replace(/^\$\{\{.*\}\}$/u, ''),
  ]),
);

/** Faults that the action finds; any other thrown error is a bug of this action. */
function faultsOf(given: Given): readonly Fault[] {
  const all = Object.entries({ ...defaults, ...given });
  const variables = new Map([
    ...all.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const),
    ['GITHUB_WORKSPACE', '/work'] as const,
  ]);
  try {
    readInputs(clouds, {
      surroundings: { variables, file: () => null, homeFolder: '/home/runner', runName: '1-2-3' },
      event: eventOf('workflow_dispatch'),
      tokenFault: null,
      files: someFiles,
    });
    return [];
  } catch (error) {
    if (error instanceof InputFaults) return error.faults;
    throw new Error(JSON.stringify(given), { cause: error });
  }
}

/** The next that is refused. */
function refused(draw: Draw): { readonly given: Given; readonly faults: readonly Fault[] } {
  for (;;) {
    const given = malformed(draw);
    const faults = faultsOf(given);
    if (faults.length > 0) return { given, faults };
  }
}

describe('malformed inputs', () => {
  it("are each reported with the input's name, the problem, and an example, and never crash", () => {
    const draw = createDraw(Number(process.env['PROPERTY_FROM'] ?? 0));
    const bad: unknown[] = [];
    for (let count = 0; count < inProcess; count += 1) {
      const { given, faults } = refused(draw);
      const isRight = faults.every(
        ({ input, problem, example }) => input !== '' && problem !== '' && example !== '' && problem.length < 2_000,
      );
      if (!isRight) bad.push({ given, faults });
    }
    expect(bad).toEqual([]);
  }, 1_200_000);

  it('end red through dist: no request, no stack, nothing forged, within seconds', async () => {
    const draw = createDraw(7 + Number(process.env['PROPERTY_FROM'] ?? 0));
    // An environment has no NUL.
    const fit = ({ given }: { readonly given: Given }): boolean =>
      !Object.values(given).some((it) => it.includes('\0'));
    const cases = Array.from({ length: 2 * throughDist }, () => refused(draw))
      .filter(fit)
      .slice(0, throughDist);
    const world = await startWorld({ reusesProcesses: true, clouds: ['aws', 'azure'] });
    try {
      const problems = await severalAtOnce(cases, async ({ given, faults }) => {
        const mark = world.journal.mark();
        const result = await runStep(world, { inputs: given });
        expectNothingForged(world, result);
        expectOnlyLocal(result);
        const checks: Readonly<Record<string, boolean>> = {
          'is not red': result.exitCode === 1 && result.outputs['status'] === 'FAILED',
          'sent a request': world.journal.since(mark).length === 0,
          'shows a stack': !/\n\s+at .+:\d+:\d+/u.test(result.log) && result.stderr === '',
          'does not name the input': faults.some(({ input }) => result.log.includes(input)),
        };
        return Object.entries(checks).flatMap(([what, fine]) => (fine ? [] : [`${JSON.stringify(given)} ${what}`]));
      });
      expect(problems.flat()).toEqual([]);
    } finally {
      await world.close();
    }
  }, 1_200_000);
});
