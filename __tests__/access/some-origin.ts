import type { Origin } from '../../src/access/leases/liveness.ts';

/** A step of some job. */
export const someOrigin: Origin = {
  repositoryId: '42',
  repository: 'octo/shop',
  runId: '1',
  attempt: '1',
  checkRunId: '11',
  job: 'access',
  step: 'access',
  actor: 'octocat',
};
