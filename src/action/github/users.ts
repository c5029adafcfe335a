import type { Answer } from './answers.ts';

/** An account of GitHub. Its login can be renamed, and then taken by another account; its id cannot. */
export interface User {
  readonly id: string;
  readonly login: string;
  /** True for a person or a machine user; false for an App, its bot, or an organization. */
  readonly isUser: boolean;
}

export function userOf(answer: Answer): User {
  return { id: answer.id('id'), login: answer.text('login'), isUser: answer.text('type') === 'User' };
}

/** `null` for a deleted account, and for a commit whose email belongs to no account. */
export function userOrNull(answer: Answer, member: string): User | null {
  const child = answer.childOrNull(member);
  // Some answers have `{}` or the account `ghost` in its place. Source: docs/design/github.md#approvals.
  return [null, undefined, 'ghost'].includes(child?.textOrNull('login')) || child === null ? null : userOf(child);
}
