import { expect } from '@jest/globals';

import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { World } from '../../rehearsal/world.ts';
import { errors } from './support.ts';

/** A step that GitHub gave no proof for: red, and the cloud was not asked to change anything. */
export function expectUnproven(world: World, result: StepResult, reason: string): void {
  expect(errors(result)).toContain(reason);
  expect(result.exitCode).toBe(1);
  expect(world.aws.estate.effectiveChanges()).toEqual([]);
}

/** People of a repository with an environment that has reviewers, and a branch that may be written by two of them. */
export function populate({ github: { people, repository } }: World): void {
  for (const login of ['alice', 'bob', 'carol']) people.add(login);
  for (const login of ['alice', 'bob']) repository.role(login, 'write');
  repository.environment('production-access', { reviewers: ['alice', 'bob'] });
}
