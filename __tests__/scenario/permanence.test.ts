import { describe, expect, it } from '@jest/globals';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { azureByIds, azureStep, inAzure, scopes } from './azure-support.ts';
import { byIds, errors, ids, inWorld, onCallAssignment, step } from './support.ts';

type Run = (world: World, inputs: Step['inputs']) => Promise<StepResult>;
type InCloud = (scene: (world: World) => Promise<void>) => Promise<void>;

const clouds = [
  ['AWS', { run: step, inCloud: (scene) => inWorld({}, scene), grant: byIds, targets: `${ids.prod}\n${ids.staging}` }],
  [
    'Azure',
    {
      run: azureStep,
      inCloud: (scene) => inAzure({}, scene),
      grant: azureByIds,
      targets: `${scopes.resourceGroup}\n${scopes.subscription}`,
    },
  ],
] satisfies [string, { run: Run; inCloud: InCloud; grant: Step['inputs']; targets: string }][];

/** Texts of the annotations that are neither errors nor warnings. */
function notices({ annotations }: StepResult): readonly string[] {
  return annotations.filter(({ level }) => level === 'notice').map(({ message }) => message);
}

const said = [
  expect.stringMatching(
    /the access is permanent and only a revoke ends it\. .*set `lifetime: 2h`\. .*remove this notice, set `lifetime: permanent`\.$/u,
  ),
];

describe.each(clouds)('an assign without lifetime on %s', (_, { run, inCloud, grant, targets }) => {
  it('is green, with one notice for all its grants: it is permanent, and lifetime would end it (P10)', () =>
    inCloud(async (world) => {
      const result = await run(world, { ...grant, target: targets });
      expect(result).toMatchObject({ exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'true' } });
      expect(notices(result)).toEqual(said);
      expect(result.summary).toContain('To end it after two hours, set <code>lifetime: 2h</code>.');
      const again = await run(world, { ...grant, lifetime: 'none' });
      expect([again.outputs['changed'], notices(again)]).toEqual(['false', said]);
    }));

  it('is reported by a dry run too, with the same plan as with an explicit lifetime', () =>
    inCloud(async (world) => {
      const plan = await run(world, { ...grant, 'dry-run': 'true' });
      expect(notices(plan)).toEqual([expect.stringContaining('the access would be permanent')]);
      const written = await run(world, { ...grant, lifetime: 'permanent', 'dry-run': 'true' });
      expect([written.exitCode, notices(written)]).toEqual([0, []]);
      expect(written.outputs['plan-digest']).toMatch(/^sha256:/u);
      expect(plan.outputs['plan-digest']).toBe(written.outputs['plan-digest']);
    }));

  it('causes no notice where lifetime: permanent is explicit, where it is a lease, and for a revoke', () =>
    inCloud(async (world) => {
      for (const more of [{ lifetime: 'permanent' }, { operation: 'revoke' }, { lifetime: '1h' }])
        expect(notices(await run(world, { ...grant, ...more }))).toEqual([]);
    }));

  it('does not report access that it did not grant', () =>
    inCloud(async (world) => {
      const result = await run(world, { ...grant, 'max-lifetime': '1h' });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('permanent access exceeds it');
      expect(notices(result)).toEqual([]);
    }));

  it.each([
    ['an expression that gave nothing', { lifetime: '' }, 'lifetime: This input is empty'],
    [
      'of another operation',
      { operation: 'revoke', lifetime: 'permanent' },
      'lifetime: This input is not used by operation: revoke',
    ],
    ['of another operation, with a time', { operation: 'revoke', lifetime: '1h' }, 'lifetime: This input is not used'],
  ])('lifetime is a fault: %s', (_why, more, told) =>
    inCloud(async (world) => {
      const result = await run(world, { ...grant, ...more });
      expect(result).toMatchObject({ exitCode: 1, requests: [] });
      expect(errors(result)).toContain(told);
      expect((await run(world, { ...grant, operation: 'revoke', lifetime: 'none' })).exitCode).toBe(0);
    }),
  );
});

it('access that is only begun is reported too', () =>
  inWorld({}, async (world) => {
    const result = await step(world, { ...byIds, wait: 'false' });
    expect([result.outputs['status'], notices(result)]).toEqual(['IN_PROGRESS', said]);
    expect(world.aws.estate.has(onCallAssignment)).toBe(false);
  }));
