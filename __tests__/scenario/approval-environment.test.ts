import { describe, expect, test } from '@jest/globals';

import type { World } from '../../rehearsal/world.ts';
import type { DispatchOptions } from '../../rehearsal/github/repository/world.ts';
import { byIds, errors, inWorld, onCallAssignment, step } from './support.ts';

const required = { ...byIds, 'require-approval': 'environment' };
const environment = 'production-access';

/** A repository whose environment has reviewers. */
function prepare({ github: { people, repository } }: World): void {
  for (const login of ['alice', 'bob', 'carol']) people.add(login);
  repository.environment(environment, { reviewers: ['alice', 'bob'] });
}

function started(
  { github: { repository } }: World,
  options: DispatchOptions = { by: 'alice' },
): ReturnType<typeof repository.dispatch> {
  return repository.dispatch(options);
}

describe('require-approval: environment', () => {
  test('grants what a reviewer approved, and names who that was (P10)', () =>
    inWorld({}, async (world) => {
      prepare(world);
      const context = started(world);
      world.github.repository.approve({ by: 'bob', runId: context.runId, comment: 'go' });
      const result = await step(world, required, { context });
      expect(errors(result)).toBe('');
      expect(result.outputs['status']).toBe('SUCCEEDED');
      expect(world.aws.estate.has(onCallAssignment)).toBe(true);
    }));
});
