import type { Account } from '@aws-sdk/client-organizations';
import type { Budget } from '../access/clock.ts';
import { Refusal } from '../access/errors.ts';
import type { Identity } from '../access/grant.ts';
import { nearMatches } from '../access/near.ts';
import { everywhere } from '../access/plan.ts';
import type { Line } from '../access/request.ts';
import { pages } from './pages.ts';
import type { AwsSession } from './session.ts';

/** Turns a line of `target` into an account; an id is taken as it is, without asking Organizations. */
export async function resolveTarget(session: AwsSession, line: Line, budget: Budget): Promise<Identity> {
  switch (line.kind) {
    case 'account-id':
      return { id: line.value, name: null };
    case 'all':
      return { id: everywhere, name: null };
    default:
      return accountByName(session, line.value, budget);
  }
}

/** Nothing promises that account names are unique, so every account is looked at. */
async function accountByName(session: AwsSession, name: string, budget: Budget): Promise<Identity> {
  const accounts = await listAccounts(session, budget);
  const [found, ...others] = accounts.filter((account) => account.Name === name);
  if (found?.Id === undefined) {
    const near = nearMatches(
      name,
      accounts.map((account) => account.Name ?? ''),
    );
    throw new Refusal(
      `No account in the organization is named "${name}".${near.length === 0 ? '' : ` Close: ${near.join(', ')}.`}`,
      'Correct target: names are compared exactly, letter case included. Or give the 12-digit account id.',
    );
  }
  if (others.length > 0) {
    const ids = [found, ...others].map((account) => account.Id ?? 'unknown');
    throw new Refusal(
      `${ids.length} accounts are named "${name}": ${ids.join(', ')}.`,
      'Give the id of the one that is meant, in quotes.',
    );
  }
  // Status is announced to retire in September 2026; State takes its place. Source: organizations service model.
  const state = found.State ?? found.Status ?? 'ACTIVE';
  if (state !== 'ACTIVE') {
    throw new Refusal(
      `Account "${name}" (${found.Id}) is ${state}: nothing can be assigned there.`,
      'Choose another target, or reactivate the account.',
    );
  }
  return { id: found.Id, name };
}

function listAccounts(session: AwsSession, budget: Budget): Promise<readonly Account[]> {
  return pages((NextToken) =>
    session.organizations.read('ListAccounts', budget, async (client, options) => {
      const { ListAccountsCommand } = await import('@aws-sdk/client-organizations');
      const answer = await client.send(new ListAccountsCommand({ MaxResults: 20, NextToken }), options);
      return { items: answer.Accounts, next: answer.NextToken };
    }),
  );
}
