import type { RoleAssignment } from '@azure/arm-authorization';
import { describeGrant, type Assignment, type Words } from '../../access/grant.ts';
import { minuteInWords } from '../../access/times.ts';
import type { GivenUp, Holder, Released } from './steps/holder.ts';

/** Why a join was given up, in words; `detail` is what a request came to. */
export function givenUpInWords(why: GivenUp, detail: string | null, { end }: Holder): string {
  switch (why) {
    case 'late':
      return `The lease could not be taken before its own end at ${minuteInWords(end)}.`;
    case 'differs':
      return 'Others lease this very grant with another condition or identity: a role assignment has one, and it is theirs.';
    case 'abandoned':
      return `The time limit passed before the lease stood.${detail === null ? '' : ` ${detail}`}`;
    case 'failed':
      return detail ?? 'A request came to nothing.';
  }
}

export function hintOnGivenUp(why: GivenUp): string {
  switch (why) {
    case 'late':
      return 'Run the step again with a longer `lifetime`.';
    case 'differs':
      return 'Give the very same, or wait until those leases have ended.';
    case 'abandoned':
      return 'Run the step again with a longer `timeout`: beside others it takes about a minute.';
    case 'failed':
      return 'Run the step again.';
  }
}

/** Access with another condition is not what was asked for. @param condition what is there, `null` for none */
export function differsInCondition(
  condition: string | null,
  isLeased: boolean,
): { readonly reason: string; readonly hint: string } {
  const whose = isLeased ? 'Others lease this very grant' : 'The access was there before, and is permanent,';
  const there =
    condition === null || condition === '' ? 'without a condition.' : `with another condition: ${condition}`;
  const until = isLeased ? 'wait until those leases have ended' : 'revoke the grant first';
  return {
    reason: `${whose} ${there}`,
    hint: `A role assignment has one condition, and a lease changes nothing of what is there. Give this very condition, or ${until}.`,
  };
}

/** What is left of the access after a release, in a sentence. */
export function leftInWords({ left }: Released, grant: Assignment, words: Words): string {
  switch (left) {
    case 'nothing':
      return 'Nothing had been granted.';
    case 'gone':
      return `The access is gone: ${describeGrant(grant, words)}.`;
    case 'shared':
      return 'The access stays for those who hold it too.';
    case 'plain':
      return 'The access stands there without a record of leases: it was left alone.';
    case 'to-sweep':
      return 'What was begun could not be taken back: its record stays, and the post step, a sweep or the next holder ends it.';
  }
}

/** Of what is held by a record that proves nothing any more. */
export const alteredRecord = {
  reason:
    'The record in the description was copied or changed by hand, and proves nothing any more: the access was left alone, and nothing of ours ends it.',
  hint: 'End it with `operation: revoke`, unless it is to stay.',
} as const;

/** Of a description that looks like a record of ours and does not prove itself. */
export function alteredNotice({ id, scope }: RoleAssignment): string {
  return `The record in the description of ${id ?? ''} at ${scope ?? ''} does not prove itself (it was copied or changed by hand): it was left alone, and nothing of ours ends that access.`;
}
