import type { Account } from '@aws-sdk/client-organizations';
import type { Budget } from '#access/clock';
import { whole } from '../documented.ts';
import { createPager, type Pager, pageOf } from '../pages.ts';
import type { AwsSession } from '../session.ts';

/**
 * The requests to AWS Organizations. Its lists have at most twenty items to a page. Source:
 * docs/design/aws.md#identifiers-and-pages.
 */
const MaxResults = 20;

export interface Unit {
  readonly id: string;
  readonly name: string;
}

/** @param toItem makes an item of each account as soon as it was read */
export function listAccounts<T>({ organizations }: AwsSession, toItem: (account: Account) => T): Pager<T> {
  return createPager('organizations:ListAccounts', (NextToken, budget) =>
    organizations.read('ListAccounts', budget, async (client, options) => {
      const { ListAccountsCommand } = await import('@aws-sdk/client-organizations');
      const answer = await client.send(new ListAccountsCommand({ MaxResults, NextToken }), options);
      const { items, next } = pageOf(answer, 'Accounts', ['Id']);
      return { items: items.map(toItem), next };
    }),
  );
}

/** The accounts right in a root or an organizational unit, without those in units below. */
export function listAccountsIn<T>(
  { organizations }: AwsSession,
  ParentId: string,
  toItem: (account: Account) => T,
): Pager<T> {
  return createPager('organizations:ListAccountsForParent', (NextToken, budget) =>
    organizations.read('ListAccountsForParent', budget, async (client, options) => {
      const { ListAccountsForParentCommand } = await import('@aws-sdk/client-organizations');
      const answer = await client.send(new ListAccountsForParentCommand({ ParentId, MaxResults, NextToken }), options);
      const { items, next } = pageOf(answer, 'Accounts', ['Id']);
      return { items: items.map(toItem), next };
    }),
  );
}

/** The units right in a root or an organizational unit. */
export function listUnitsIn({ organizations }: AwsSession, ParentId: string): Pager<Unit> {
  return createPager('organizations:ListOrganizationalUnitsForParent', (NextToken, budget) =>
    organizations.read('ListOrganizationalUnitsForParent', budget, async (client, options) => {
      const { ListOrganizationalUnitsForParentCommand } = await import('@aws-sdk/client-organizations');
      const input = { ParentId, MaxResults, NextToken };
      const answer = await client.send(new ListOrganizationalUnitsForParentCommand(input), options);
      const { items, next } = pageOf(answer, 'OrganizationalUnits', ['Id', 'Name']);
      return { items: items.map(({ Id = '', Name = '' }) => ({ id: Id, name: Name })), next };
    }),
  );
}

/** The ids of the roots: an organization has one. */
export function listRoots({ organizations }: AwsSession): Pager<string> {
  return createPager('organizations:ListRoots', (NextToken, budget) =>
    organizations.read('ListRoots', budget, async (client, options) => {
      const { ListRootsCommand } = await import('@aws-sdk/client-organizations');
      const answer = await client.send(new ListRootsCommand({ NextToken }), options);
      const { items, next } = pageOf(answer, 'Roots', ['Id']);
      return { items: items.map(({ Id = '' }) => Id), next };
    }),
  );
}

export function describeAccount({ organizations }: AwsSession, AccountId: string, budget: Budget): Promise<Account> {
  return organizations.read('DescribeAccount', budget, async (client, options) => {
    const { DescribeAccountCommand } = await import('@aws-sdk/client-organizations');
    const answer = await client.send(new DescribeAccountCommand({ AccountId }), options);
    return { Id: AccountId, ...whole(answer.Account, 'Account', answer) };
  });
}

/** The management account, which any account of the organization may read. */
export async function findManagementAccount({ organizations }: AwsSession, budget: Budget): Promise<string | null> {
  const answer = await organizations.read('DescribeOrganization', budget, async (client, options) => {
    const { DescribeOrganizationCommand } = await import('@aws-sdk/client-organizations');
    return client.send(new DescribeOrganizationCommand({}), options);
  });
  return answer.Organization?.MasterAccountId ?? null;
}
