import type { Refusal } from '#access/errors';
import { nameAndId } from '#access/grant';
import { closeTo, type Candidate } from '#access/near';
import type { Line } from '#access/request';
import type { Member } from './organization.ts';
import { listed } from '#access/words';
import {
  accountNotActive,
  correctName,
  nameIsNumber,
  noAccountNamed,
  severalAccountsNamed,
  skippedAccounts,
} from '../messages/organization.ts';

/** The account of this name, or why there is none. Names need not be unique, so all accounts are compared. */
export function accountByName(accounts: readonly Member[], { text, value: name }: Line): Member | Refusal {
  const [found, ...others] = accounts.filter((account) => account.name === name);
  if (found === undefined) {
    const hint = /^\d+$/u.test(name) ? nameIsNumber : correctName(text);
    return noAccountNamed(name, closeTo(name, accounts.map(asCandidate)), hint);
  }
  if (others.length > 0) {
    // A closed account keeps its name beside its successor's for 90 days.
    const those = [found, ...others].map(({ id, state }) => `${id} (${state})`);
    return severalAccountsNamed(name, those, text);
  }
  return found;
}

/** An account among those that a name may mean. */
function asCandidate(account: Member): Candidate {
  return { name: account.name ?? '', id: account.id, note: isActive(account) ? undefined : account.state };
}

/** True for an account in which assignments are possible. AWS still lists suspended and closed accounts. */
export function isActive({ state }: Member): boolean {
  return state === 'ACTIVE';
}

export function notActive(account: Member): Refusal {
  return accountNotActive(nameAndId(account), account.state);
}

/** Most names in one notice. */
export const mostNamed = 20;

/** One notice of the accounts that were left out because they are not ACTIVE, `null` for none. */
export function skippedNotice(accounts: readonly Member[]): string | null {
  if (accounts.length === 0) return null;
  const those = accounts.map((it) => `${nameAndId(it)} is ${it.state}`);
  return skippedAccounts(listed(those, mostNamed));
}
