import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { errors } from '../scenario/support.ts';
import type { Outcome } from './expected.ts';

type Inputs = Readonly<Record<string, string>>;

/** A grant of a plan's file. */
export type Planned = Readonly<Record<string, string>>;

/** One cloud, with the means to make and apply plans of it. */
export interface PlanCloud {
  readonly step: (world: World, inputs: Inputs) => Promise<StepResult>;
  /** A planned grant in the words of the oracle. */
  readonly inWords: (grant: Planned) => string;
  /** Number of changes that the cloud has made on request. */
  readonly changes: (world: World) => number;
}

interface Plan {
  readonly changes: readonly Planned[];
  readonly kept: readonly Planned[];
  readonly refused: readonly Planned[];
}

/** Plans, applies the plan, and plans again; returns the problems, empty without one. */
export async function planApplyPlan(
  { step, inWords, changes }: PlanCloud,
  world: World,
  inputs: Inputs,
  expected: Outcome,
): Promise<readonly string[]> {
  const planning = { ...inputs, 'dry-run': 'true', 'plan-file': 'plan.json' };
  const first = await step(world, planning);
  if (expected.kind !== 'grants') return refused(first, changes(world));
  const before = readPlan(first);
  const found = [...before.changes, ...before.kept].map(inWords).sort();
  const problems = [
    ...(first.exitCode === 0 ? [] : [`the dry run is red: ${errors(first)}`]),
    ...(changes(world) === 0 ? [] : ['the dry run has changed something']),
    ...(before.refused.length === 0 ? [] : ['something is refused']),
    ...differences(found, expected.grants),
    ...(first.outputs['changed'] === String(before.changes.length > 0) ? [] : ['changed says something else']),
  ];
  if (problems.length > 0) return problems;

  const applied = await step(world, { ...inputs, 'expected-plan': first.outputs['plan-digest'] ?? '' });
  if (applied.exitCode !== 0) return [`the reviewed plan is not applied: ${errors(applied)}`];
  if (changes(world) !== before.changes.length)
    return [`${changes(world)} changes for ${before.changes.length} planned`];

  const again = await step(world, planning);
  const after = readPlan(again);
  // Outdated access is now current, and the rest is not requested.
  const asked = after.kept.length === 0 && inputs['operation'] === 'provision' ? [] : found;
  return [
    ...after.changes.map((grant) => `is still to be changed after it was: ${inWords(grant)}`),
    ...differences(after.kept.map(inWords).sort(), asked),
    ...(again.outputs['changed'] === 'false' ? [] : ['changed is not false']),
  ];
}

/** A fault or a refusal: red, and nothing is changed or planned. */
function refused(result: StepResult, changes: number): readonly string[] {
  return [
    ...(result.exitCode === 1 && result.outputs['status'] === 'FAILED' ? [] : [`it is not red:\n${result.log}`]),
    ...((result.outputs['plan-digest'] ?? '') === '' ? [] : ['it has planned something']),
    ...(changes === 0 ? [] : ['something was changed']),
  ];
}

function differences(found: readonly string[], wanted: readonly string[]): readonly string[] {
  return [
    ...wanted.filter((it) => !found.includes(it)).map((it) => `missing: ${it}`),
    ...found.filter((it) => !wanted.includes(it)).map((it) => `too many: ${it}`),
    ...(new Set(found).size === found.length ? [] : ['a grant is there twice']),
  ];
}

function readPlan(result: StepResult): Plan {
  const text = result.file(result.outputs['plan-file'] ?? '');
  if (text === undefined) throw new Error(`There is no plan's file.\n${result.log}`);
  return JSON.parse(text) as Plan;
}
