import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { changesIn, inAzureLeases, leasedOnAzure, postOnAzure } from './azure-lease-support.ts';
import { azureStep, onCallBlobReader } from './azure-support.ts';
import { asked, inLeases, leased, post, summaryText, told } from './lease-support.ts';
import { inFolder } from './many.ts';
import { errors, onCallAssignment, step } from './support.ts';

const wasThere = 'The access already existed and is permanent. It is not a lease: it stays when this job ends.';
const refused =
  /already existed and is permanent.*What to do: Revoke the access first, or accept it with `on-existing: keep`/su;

interface Side {
  readonly name: string;
  readonly inputs: Step['inputs'];
  readonly enter: (scene: (world: World) => Promise<void>) => Promise<void>;
  readonly run: (world: World, inputs: Step['inputs']) => Promise<StepResult>;
  readonly post: (world: World, main: StepResult) => Promise<StepResult>;
  /** Makes the same grant permanent as another caller would. */
  readonly grant: (world: World) => void;
  readonly changes: (result: StepResult) => readonly unknown[];
}

const sides: readonly Side[] = [
  {
    name: 'AWS',
    inputs: leased,
    enter: (scene) => inLeases({}, scene),
    run: (world, inputs) => step(world, inputs),
    post: (world, main) => post(world, main),
    grant: (world) => {
      world.aws.estate.add(onCallAssignment);
    },
    changes: (result) => asked(result, 'sso').filter((it) => /^(?:Create|Delete)/u.test(it)),
  },
  {
    name: 'Azure',
    inputs: leasedOnAzure,
    enter: (scene) => inAzureLeases({}, scene),
    run: (world, inputs) => azureStep(world, inputs),
    post: (world, main) => postOnAzure(world, main),
    grant: (world) => {
      world.azure.estate.add(onCallBlobReader);
    },
    changes: changesIn,
  },
];

describe.each(sides)('a reviewed plan of a lease on $name, of access that was made permanent since (P1)', (side) => {
  const applied = (
    more: Step['inputs'],
    look: (world: World, result: StepResult) => Promise<void> | void,
  ): Promise<void> =>
    inFolder((folder) =>
      side.enter(async (world) => {
        const file = join(folder, 'plan.json');
        await side.run(world, { ...side.inputs, 'dry-run': 'true', 'plan-file': file });
        side.grant(world);
        await look(world, await side.run(world, { ...side.inputs, ...more, 'expected-plan': file }));
      }),
    );

  it('keeps it, and reports that it is not a lease', () =>
    applied({}, async (world, result) => {
      expect([result.exitCode, side.changes(result)]).toEqual([0, []]);
      expect(result.outputs).toMatchObject({
        status: 'SUCCEEDED',
        changed: 'false',
        'lease-state': 'permanent',
        'expires-at': '',
        'expiry-guarantee': '',
      });
      expect(told(result, 'warning')).toEqual([expect.stringContaining(wasThere)]);
      expect(summaryText(result)).toContain(wasThere);
      expect((await side.post(world, result)).requests).toEqual([]);
    }));

  it('is red with `on-existing: fail`, like a step without a plan', () =>
    applied({ 'on-existing': 'fail' }, (_, result) => {
      expect([result.exitCode, side.changes(result)]).toEqual([1, []]);
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false', 'lease-id': '' });
      expect(errors(result)).toMatch(refused);
    }));

  it.each([
    ['keep', 0],
    ['fail', 1],
  ])('has the same result in a dry run (on-existing: %s)', (onExisting, exitCode) =>
    side.enter(async (world) => {
      side.grant(world);
      const result = await side.run(world, { ...side.inputs, 'on-existing': onExisting, 'dry-run': 'true' });
      expect([result.exitCode, result.outputs['changed'], result.outputs['lease-state']]).toEqual([
        exitCode,
        'false',
        'permanent',
      ]);
      if (exitCode === 0) expect(told(result, 'warning')).toEqual([expect.stringContaining(wasThere)]);
      else expect(errors(result)).toMatch(refused);
    }),
  );
});
