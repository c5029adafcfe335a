import type { Grant } from '#access/grant';
import { checkUnknown, goesOn as changeGoesOn, waitLonger } from '#access/messages/changes';
import type { Outcome, Result } from '#access/outcome';

/** The reason why some grants did not succeed: shown once for all of them. */
export interface Reason {
  /** Without request IDs where there are several grants, each of which has its own. */
  readonly text: string;
  readonly hint: string | null;
  readonly grants: readonly Grant[];
}

/** The distinct reasons of grants that are not done, in the order of their first grants. */
export function reasonsOf(results: readonly Result[]): readonly Reason[] {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    if (result.outcome.status === 'SUCCEEDED') continue;
    const key = reasonIn(result);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [result]);
    else group.push(result);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || first.outcome.status === 'SUCCEEDED') return [];
    const text = group.length === 1 ? first.outcome.reason : withoutId(first);
    return [{ text, hint: hintOf(first.outcome), grants: group.map(({ grant }) => grant) }];
  });
}

/** Several requests of one kind are refused for one reason, each with a request ID of its own. */
function withoutId({ outcome }: Result): string {
  return outcome.status === 'SUCCEEDED' ? '' : outcome.reason.replaceAll(/ \(request id [^\s()]+\)/giu, '');
}

/** Key of the reason of a result. */
export function reasonIn(result: Result): string {
  return JSON.stringify([withoutId(result), hintOf(result.outcome)]);
}

/** Advice for a grant that is not done; `null` where there is none. */
export function hintOf(outcome: Outcome): string | null {
  switch (outcome.status) {
    case 'SUCCEEDED':
      return null;
    case 'PENDING_APPROVAL':
    case 'FAILED':
      return outcome.hint;
    case 'IN_PROGRESS':
      return outcome.hint ?? goesOn(outcome.requestId);
  }
}

function goesOn(requestId: string | null): string {
  return requestId === null ? checkUnknown : `${changeGoesOn} ${waitLonger}`;
}
