import type { Grant } from '../access/grant.ts';
import type { Result } from '../access/outcome.ts';

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
    const key = JSON.stringify([withoutId(result), result.outcome.hint]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [result]);
    else group.push(result);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || first.outcome.status === 'SUCCEEDED') return [];
    const text = group.length === 1 ? first.outcome.reason : withoutId(first);
    return [{ text, hint: first.outcome.hint, grants: group.map(({ grant }) => grant) }];
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
