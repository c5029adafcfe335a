import type { Grant } from '#access/grant';
import type { Outcome, Result } from '#access/outcome';

/** Why some grants did not succeed: told once, however many they are. */
export interface Reason {
  /** Without request ids where there are several grants: those stand beside each. */
  readonly text: string;
  readonly hint: string | null;
  readonly grants: readonly Grant[];
}

/** The distinct reasons of what is not done, in the order of the first of each. */
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

function withoutId({ outcome }: Result): string {
  if (outcome.status === 'SUCCEEDED') return '';
  const ids = [outcome.requestId, outcome.status === 'FAILED' ? (outcome.failure?.requestId ?? null) : null];
  return ids.reduce<string>(
    (text, id) => (id === null || id === '' ? text : text.replaceAll(` (request id ${id})`, '')),
    outcome.reason,
  );
}

/** Tells the reasons of results apart. */
export function reasonIn(result: Result): string {
  return JSON.stringify([withoutId(result), hintOf(result.outcome)]);
}

/** What to do about what is not done; `null` where nothing is known. */
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
  return requestId === null
    ? 'It is not known whether the change took place. Run the step again: it looks first, and adopts what it finds.'
    : 'The change goes on without us. Run the step again: it adopts what is in progress. A longer `timeout` waits longer.';
}
