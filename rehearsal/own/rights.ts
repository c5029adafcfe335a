import type { JournalEntry } from '../journal.ts';
import type { Style } from '../show/style.ts';
import { awsPolicy, azureRole, checksOf, directoryQuestions } from './least-privilege.ts';

/**
 * The rights that requests needed, for a person to compare with the policies of the documents.
 *
 * @param who the role or identity that made the requests, where several did
 */
export function rights(
  requests: readonly JournalEntry[],
  { cloud, who }: { readonly cloud: string; readonly who: string | null },
  style: Style,
): string {
  const checks = checksOf(requests);
  if (checks.length === 0) return `${who ?? 'The step'} used no rights.\n`;
  const document = cloud === 'azure' ? azureRole(checks) : awsPolicy(checks);
  const asked = directoryQuestions(requests);
  return [
    style.bold(`── The rights that ${who ?? 'the step'} used: a record of this run, not a policy to deploy`),
    '',
    JSON.stringify(document, null, 2),
    '',
    ...(asked.length === 0
      ? []
      : [`It also asked Microsoft Graph: ${asked.join(', ')}. With IDs in place of names it does not.`, '']),
    `${checks.every(({ action }) => reads.test(action)) ? onlyReads : rest} Deploy ${deployed[cloud === 'azure' ? 'azure' : 'aws']}: docs/permissions.md says which.\n`,
  ].join('\n');
}

const reads = /:(?:Describe|Get|List)|\/read$/u;

const deployed = {
  aws: 'one of the policies in docs/policies',
  azure: 'one of the roles in docs/policies, with its condition',
} as const;

const rest =
  'Other runs need more: when others hold the same access, when a change has to be waited for, and to sweep.';
const onlyReads =
  'This run changed nothing, so the rights to change access are missing here. They cover this run only.';
