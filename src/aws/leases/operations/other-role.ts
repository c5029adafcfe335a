import { Refusal } from '#access/errors';
import type { Executor } from '../executor/executor.ts';
import type { Answer } from '../steps/asks.ts';
import { lastToFire } from '../steps/records.ts';

/**
 * What a list comes to for whoever makes access, where a timer of this very grant will fire that is ours but for its role:
 * it proves nothing to us, and would end what we call permanent or have others rely on. Whoever ends access need not care.
 */
export function unlessOfAnotherRole(executor: Executor, answer: Answer | null): Answer | null {
  if (answer?.is !== 'rows') return answer;
  const theirs = answer.rows.filter(({ otherRole }) => otherRole !== null);
  const [role] = theirs.map(({ otherRole }) => otherRole);
  const theirTimers = theirs.map((row) => ({ ...row, foreign: false }));
  if (role == null || lastToFire(theirTimers, executor.now().date, executor.constants) === null) return answer;
  return executor.refuse(ofAnotherRole(role, executor.roleArn));
}

function ofAnotherRole(theirs: string, ours: string): Refusal {
  return new Refusal(
    `A timer of this very grant uses the execution role ${theirs}, and this step uses ${ours}: leases of two roles do not know each other, and that timer would end the access.`,
    'Use one aws-scheduler-role-arn for all workflows that lease from this Identity Center instance. After a change of the role, release the leases that were taken before, or wait until they have ended.',
  );
}
