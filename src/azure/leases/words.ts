import type { RoleAssignment } from '@azure/arm-authorization';
import type { Assignment, Words } from '#access/grant';
import type { HeldGrant } from '#access/leases/journal';
import type { Trouble } from '#access/leases/protocol/trouble';
import { givenUp, hintOnGivingUp, isGone, sweepOrRevoke } from '#access/messages/leases';
import type { Outcome } from '#access/outcome';
import { minuteInWords } from '#access/clock';
import { sentence } from '#access/words';
import type { GivenUp, Holder, Released } from './steps/holder.ts';

/** Why a join was given up, in words; `detail` is what a request came to. */
export function givenUpInWords(why: GivenUp, detail: string | null, { end }: Holder): string {
  switch (why) {
    case 'differs':
      return 'Others lease this very grant with another condition or identity: a role assignment has one, and it is theirs.';
    case 'late':
    case 'abandoned':
    case 'failed':
      return givenUp(why, end, detail);
  }
}

export function hintOnGivenUp(why: GivenUp): string {
  switch (why) {
    case 'differs':
      return 'Give the very same, or wait until those leases have ended.';
    case 'late':
    case 'abandoned':
    case 'failed':
      return hintOnGivingUp(why, 'beside others it takes about a minute');
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

/** What is left of the access after a release, in sentences. @param made the id of what a PUT has made, `null` where nobody knows */
export function leftInWords(
  { left }: Released,
  it: Holder,
  grant: Assignment,
  words: Words,
  made: string | null,
): string {
  switch (left) {
    case 'nothing':
      return 'Nothing had been granted.';
    case 'gone':
      return isGone(grant, words);
    case 'shared':
      return 'The access stays for those who hold it too.';
    case 'plain':
      return plainAndLeft;
    case 'to-sweep':
      return 'What was begun could not be taken back: its record stays, and the post step, a sweep or the next holder ends it.';
    case 'unseen': {
      const [does, done] = asked(it, made);
      const what =
        it.unseen === 'answered'
          ? `Azure said that it ${done}, and no read has shown it yet: it may stand there.`
          : `The answer to the request that ${does} was lost, and no read has shown one yet: it may stand there.`;
      return `${what} The post step looks again; once reads show it, a sweep or the next holder ends it too.`;
    }
  }
}

/** What a write of one's own does, and did. @param made the id of what a PUT has made, `null` where nobody knows */
function asked({ others }: Pick<Holder, 'others'>, made: string | null): readonly [does: string, done: string] {
  if (others.length > 0) return ['adds the entry of this lease', 'added the entry of this lease to those of others'];
  return ['makes the role assignment', `made the role assignment${made === null ? ' of this lease' : ` ${made}`}`];
}

export const plainAndLeft = 'The access stands there without a record of leases: it was left alone.';

/** The answer to the request that ends it was lost, and no read could tell what became of it. @param when what is left is swept */
export function unknownWhether(requestId: string | null, trouble: Trouble | null, when: string | null): Outcome {
  const what = sentence(trouble?.message ?? 'the answer to the request that ends the access was lost');
  const then = when === null ? '' : ` If not, nothing but the next holder or a sweep ends what is left, ${when}.`;
  return {
    status: 'IN_PROGRESS',
    requestId,
    reason: `${what} Azure may have carried it out nevertheless, and there was no time to read whether it has.${then}`,
    hint: `${sweepOrRevoke} Each reads first how the access stands.`,
  };
}

/** Of what is held by a record that proves nothing any more. */
export const alteredRecord = {
  reason:
    'The record in the description was copied or changed by hand, and proves nothing any more: the access was left alone, and nothing of ours ends it.',
  hint: 'End it with `operation: revoke`, unless it is to stay.',
} as const;

/** Of what the post step could not find: nobody ends what does not show. */
export const hintOnUnseen =
  'Look at the role assignments of that principal in some minutes. What is there then is ended by `operation: sweep`, or by `operation: revoke`.';

/** When a sweep ends what is left of a lease, or its next holder does. */
export function sweptWhen({ end, keepAfterJob }: Pick<HeldGrant, 'end' | 'keepAfterJob'>): string {
  const after = end === null ? 'after its end, which could not be read' : `after ${minuteInWords(end)}`;
  return keepAfterJob ? after : `once it can be seen that its job has ended, or ${after}`;
}

/** In the post step: Azure said that it made it. */
export function neverShown(it: Holder): string {
  const [, done] = asked(it, null);
  return `Azure said that it ${done}, and two minutes of reading have not shown it: it may stand there still. Nothing but the next holder or a sweep ends it, if it shows: ${sweptWhen(it)}.`;
}

/** In the post step: nobody knows whether there was anything. */
export function maybeNeverMade(it: Holder): string {
  return `This step was cut off, or heard nothing, while it asked for the access, and two minutes of reading have shown nothing of its lease. If one shows later all the same, \`operation: revoke\` ends it, and so does a sweep, ${sweptWhen(it)}.`;
}

/** Of a description that looks like a record of ours and does not prove itself. */
export function alteredNotice({ id, scope }: RoleAssignment): string {
  return `The record in the description of ${id ?? ''} at ${scope ?? ''} does not prove itself (it was copied or changed by hand): it was left alone, and nothing of ours ends that access.`;
}
