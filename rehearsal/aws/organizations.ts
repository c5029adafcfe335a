import type { Account, Organization, OrganizationalUnit } from '../estate.ts';
import { authorize, deny } from './authorize.ts';
import { text, timestamp, type Call } from './call.ts';
import { standing, type Cloud, type Handler } from './cloud.ts';
import { page, type PageRules } from './pages.ts';
import { Refusal } from './refusal.ts';

/** [model] MaxResults is 1..20. */
const rules: PageRules = {
  size: 20,
  badToken: () =>
    new Refusal('InvalidInputException', 'You specified an invalid value for nextToken.', {
      fields: { Reason: 'INVALID_NEXT_TOKEN' },
    }),
};

const JOINED = timestamp(Date.UTC(2023, 1, 14));

function organizationOf(cloud: Cloud): Organization {
  const { organization } = cloud.state.estate;
  if (organization === undefined)
    throw new Refusal('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.');
  return organization;
}

/** Any member may call DescribeOrganization; the rest is for the management account and delegated administrators [doc:Organizations]. */
function admit(cloud: Cloud, call: Call, resource: string): Organization {
  authorize(cloud, call, 'organizations', [{ arn: resource }]);
  const organization = organizationOf(cloud);
  if (standing(cloud, call.caller) === 'member' && call.operation !== 'DescribeOrganization')
    throw deny(call, `organizations:${call.operation}`, resource);
  return organization;
}

function arn(cloud: Cloud, type: string, ...rest: readonly string[]): string {
  const { organization } = cloud.state.estate;
  return `arn:${cloud.partition}:organizations::${organization?.managementAccount ?? ''}:${[type, organization?.id ?? '', ...rest].join('/')}`;
}

function accountObject(cloud: Cloud, account: Account): Record<string, unknown> {
  const state = account.state ?? 'ACTIVE';
  return {
    Id: account.id,
    Arn: arn(cloud, 'account', account.id),
    Email: account.email ?? `aws-${account.id}@example.com`,
    Name: account.name,
    // `Status` has retired (announced for 2026-09-09); readers of State only need that.
    State: state,
    ...(cloud.withoutPaths ? {} : { Paths: [`${pathTo(cloud, account.parent)}${account.id}/`] }),
    JoinedMethod: 'CREATED',
    JoinedTimestamp: JOINED,
  };
}

function pathTo(cloud: Cloud, parent: string): string {
  const unit = cloud.state.organizationalUnits.get(parent);
  return unit === undefined
    ? `${cloud.state.estate.organization?.id ?? ''}/${parent}/`
    : `${pathTo(cloud, unit.parent)}${unit.id}/`;
}

function unitObject(cloud: Cloud, { id, name }: OrganizationalUnit): Record<string, unknown> {
  return { Id: id, Arn: arn(cloud, 'ou', id), Name: name, Path: pathTo(cloud, id) };
}

function parentArn(cloud: Cloud, id: string): string {
  return arn(cloud, id.startsWith('r-') ? 'root' : 'ou', id);
}

/** A parent that exists; below an OU the first page is empty, as is documented to happen. */
function parentOf(cloud: Cloud, call: Call): { readonly id: string; readonly rules: PageRules } {
  const id = text(call, 'ParentId');
  const organization = admit(cloud, call, parentArn(cloud, id));
  const isUnit = cloud.state.organizationalUnits.has(id);
  if (!isUnit && organization.root.id !== id)
    throw new Refusal('ParentNotFoundException', "We can't find a root or OU with the ParentId that you specified.");
  return { id, rules: { ...rules, emptyFirst: isUnit } };
}

export const organizationsHandlers: Readonly<Record<string, Handler>> = {
  DescribeOrganization: (cloud, call) => {
    const { id, managementAccount } = admit(cloud, call, '*');
    return {
      Organization: {
        Id: id,
        Arn: arn(cloud, 'organization'),
        FeatureSet: 'ALL',
        MasterAccountArn: arn(cloud, 'account', managementAccount),
        MasterAccountId: managementAccount,
        MasterAccountEmail: `aws-${managementAccount}@example.com`,
      },
    };
  },

  DescribeAccount: (cloud, call) => {
    const id = text(call, 'AccountId');
    admit(cloud, call, arn(cloud, 'account', id));
    const account = cloud.state.accounts.get(id);
    if (account === undefined)
      throw new Refusal('AccountNotFoundException', "You specified an account that doesn't exist.");
    return { Account: accountObject(cloud, account) };
  },

  ListAccounts: (cloud, call) => {
    admit(cloud, call, '*');
    const { items, next } = page(call, [...cloud.state.accounts.values()], ({ id }) => id, rules);
    return { Accounts: items.map((account) => accountObject(cloud, account)), ...next };
  },

  ListAccountsForParent: (cloud, call) => {
    const parent = parentOf(cloud, call);
    const accounts = [...cloud.state.accounts.values()].filter((account) => account.parent === parent.id);
    const { items, next } = page(call, accounts, ({ id }) => id, parent.rules);
    return { Accounts: items.map((account) => accountObject(cloud, account)), ...next };
  },

  ListRoots: (cloud, call) => {
    const { root } = admit(cloud, call, '*');
    return { Roots: [{ Id: root.id, Arn: arn(cloud, 'root', root.id), Name: root.name, PolicyTypes: [] }] };
  },

  ListOrganizationalUnitsForParent: (cloud, call) => {
    const parent = parentOf(cloud, call);
    const units = [...cloud.state.organizationalUnits.values()].filter((unit) => unit.parent === parent.id);
    const { items, next } = page(call, units, ({ id }) => id, parent.rules);
    return { OrganizationalUnits: items.map((unit) => unitObject(cloud, unit)), ...next };
  },

  DescribeOrganizationalUnit: (cloud, call) => {
    const id = text(call, 'OrganizationalUnitId');
    admit(cloud, call, arn(cloud, 'ou', id));
    const unit = cloud.state.organizationalUnits.get(id);
    if (unit === undefined)
      throw new Refusal(
        'OrganizationalUnitNotFoundException',
        "We can't find an OU with the OrganizationalUnitId that you specified.",
      );
    return { OrganizationalUnit: unitObject(cloud, unit) };
  },

  ListParents: (cloud, call) => {
    const id = text(call, 'ChildId');
    admit(cloud, call, id.startsWith('ou-') ? arn(cloud, 'ou', id) : arn(cloud, 'account', id));
    const child = cloud.state.accounts.get(id) ?? cloud.state.organizationalUnits.get(id);
    if (child === undefined)
      throw new Refusal(
        'ChildNotFoundException',
        "We can't find an organizational unit (OU) or account with the ChildId that you specified.",
      );
    return { Parents: [{ Id: child.parent, Type: child.parent.startsWith('r-') ? 'ROOT' : 'ORGANIZATIONAL_UNIT' }] };
  },
};
