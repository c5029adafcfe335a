import { Refusal } from '#access/errors';
import { nameAndId } from '#access/grant';
import { closeTo, type Candidate } from '#access/near';
import type { Line } from '#access/request';
import type { Member } from './organization.ts';
import { listed } from '#access/words';

/** The account of this name, or why there is no one. Nothing promises that names are unique, so all are looked at. */
export function accountByName(accounts: readonly Member[], { text, value: name }: Line): Member | Refusal {
  const [found, ...others] = accounts.filter((account) => account.name === name);
  if (found === undefined) {
    return new Refusal(
      `No account in the organization is named "${name}".${closeTo(name, accounts.map(asCandidate))}`,
      /^\d+$/u.test(name)
        ? 'An account id has 12 digits: look it up, and write it in quotes. Unquoted, YAML reads a number, and may drop or change digits.'
        : `Correct the line "${text}": names are compared exactly, letter case included. Or give the 12-digit account id.`,
    );
  }
  if (others.length > 0) {
    // A closed account keeps its name beside its successor's for 90 days.
    const those = [found, ...others].map(({ id, state }) => `${id} (${state})`);
    return new Refusal(
      `${those.length} accounts are named "${name}": ${those.join(', ')}.`,
      `Give the id of the one you mean, in quotes, instead of "${text}".`,
    );
  }
  return found;
}

/** As it is shown among those that a name may have meant. */
function asCandidate(account: Member): Candidate {
  return { name: account.name ?? '', id: account.id, note: isActive(account) ? undefined : account.state };
}

/** Whether anything can be done in an account. Suspended and closed ones are still listed everywhere. */
export function isActive({ state }: Member): boolean {
  return state === 'ACTIVE';
}

export function notActive(account: Member): Refusal {
  return new Refusal(
    `Account ${nameAndId(account)} is ${account.state}: nothing can be assigned there.`,
    'Choose another target, or reactivate the account.',
  );
}

/** How many are named in one notice. */
export const mostNamed = 20;

/** One notice of accounts that were left out since they are not ACTIVE, `null` for none. */
export function skippedNotice(accounts: readonly Member[]): string | null {
  if (accounts.length === 0) return null;
  return `Skipped, since not ACTIVE: ${listed(
    accounts.map((it) => `${nameAndId(it)} is ${it.state}`),
    mostNamed,
  )}.`;
}
