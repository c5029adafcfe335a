import { awsError, type Answers } from '../fake-session.ts';

/** An organization as a test writes it. */
export interface FakeOrganization {
  readonly units: readonly { readonly id: string; readonly name: string; readonly parent: string }[];
  readonly accounts: readonly {
    readonly id: string;
    readonly name: string;
    readonly parent: string;
    readonly state?: string;
  }[];
  /** True if accounts show their place; `without account` leaves out their own IDs at the end. */
  readonly paths?: 'none' | 'without account';
  readonly denied?: readonly string[];
  /** Number of items on a page; each list also has an empty page in its middle. */
  readonly pageSize?: number;
}

export const root = 'r-a1b2';
export const unit = (name: string): string => `ou-a1b2-${name.toLowerCase().padEnd(8, '0')}`;
/** The management account. */
export const management = '100000000000';

/** A tree of three levels; `sandbox` has no units and no accounts below it. */
export const organization: FakeOrganization = {
  units: [
    { id: unit('work'), name: 'Workloads', parent: root },
    { id: unit('prod'), name: 'Production', parent: unit('work') },
    { id: unit('eu'), name: 'EU', parent: unit('prod') },
    { id: unit('stage'), name: 'Staging', parent: unit('work') },
    { id: unit('sand'), name: 'Sandbox', parent: root },
    { id: unit('void'), name: 'Empty', parent: root },
  ],
  accounts: [
    { id: management, name: 'management', parent: root },
    { id: '200000000000', name: 'identity', parent: root },
    { id: '300000000001', name: 'lake', parent: unit('work') },
    { id: '300000000002', name: 'payments', parent: unit('prod') },
    { id: '300000000003', name: 'old', parent: unit('prod'), state: 'SUSPENDED' },
    { id: '300000000004', name: 'payments-eu', parent: unit('eu') },
    { id: '300000000005', name: 'staging', parent: unit('stage') },
    { id: '400000000001', name: 'sandbox', parent: unit('sand') },
    { id: '400000000002', name: 'sandbox', parent: unit('sand') },
  ],
};

/** Responses of Organizations about it. */
export function organizationAnswers(fake: FakeOrganization): Answers {
  const { units, accounts, paths, denied = [], pageSize = 2 } = fake;
  const pathTo = (id: string): string => {
    const above = units.find((it) => it.id === id);
    return above === undefined ? `o-1/${id}/` : `${pathTo(above.parent)}${id}/`;
  };
  const toAccount = ({ id, name, parent, state }: (typeof accounts)[number]) => ({
    Id: id,
    Name: name,
    State: state ?? 'ACTIVE',
    ...(paths === 'none' ? {} : { Paths: [`${pathTo(parent)}${paths === 'without account' ? '' : `${id}/`}`] }),
  });
  const page = (key: string, items: readonly unknown[], token: unknown) => {
    const pages = Array.from({ length: Math.ceil(items.length / pageSize) }, (_, index) =>
      items.slice(index * pageSize, (index + 1) * pageSize),
    );
    if (pages.length > 1) pages.splice(1, 0, []);
    const index = Number(token ?? 0);
    return { [key]: pages[index] ?? [], NextToken: index + 1 < pages.length ? String(index + 1) : undefined };
  };
  const exists = (id: unknown): boolean => id === root || units.some((it) => it.id === id);
  const answers: Answers = {
    ListRoots: () => ({ Roots: [{ Id: root, Name: 'Root' }] }),
    ListAccounts: ({ NextToken }) => page('Accounts', accounts.map(toAccount), NextToken),
    ListAccountsForParent: ({ ParentId, NextToken }) =>
      exists(ParentId)
        ? page('Accounts', accounts.filter(({ parent }) => parent === ParentId).map(toAccount), NextToken)
        : awsError('not-found'),
    ListOrganizationalUnitsForParent: ({ ParentId, NextToken }) =>
      page(
        'OrganizationalUnits',
        units.filter(({ parent }) => parent === ParentId).map(({ id, name }) => ({ Id: id, Name: name })),
        NextToken,
      ),
    DescribeAccount: ({ AccountId }) => {
      const account = accounts.find(({ id }) => id === AccountId);
      return account === undefined ? awsError('not-found') : { Account: toAccount(account) };
    },
    DescribeOrganization: () => ({ Organization: { MasterAccountId: management } }),
  };
  const forbidden = denied.map(
    (name) => [name, () => awsError('denied', { operation: `organizations:${name}` })] as const,
  );
  return { ...answers, ...Object.fromEntries(forbidden) };
}
