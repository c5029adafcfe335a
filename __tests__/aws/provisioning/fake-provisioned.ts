import { permissionSet, type Answers } from '../fake-session.ts';

/** A permission set on an account: `stale` has an older version there. */
export interface FakePair {
  readonly set: number;
  readonly account: string;
  readonly stale?: boolean;
}

/** Identity Center's responses about these, a few to a page: permission sets by number, named `Set<number>`. */
export function provisionedAnswers(pairs: readonly FakePair[], count = 3, pageSize = 2): Answers {
  const inState = (wanted: unknown): readonly FakePair[] =>
    pairs.filter(
      ({ stale = false }) => wanted === undefined || (wanted === 'LATEST_PERMISSION_SET_PROVISIONED' ? !stale : stale),
    );
  const page = (key: string, items: readonly string[], token: unknown) => {
    const from = Number(token ?? 0);
    const next = from + pageSize < items.length ? String(from + pageSize) : undefined;
    return { [key]: items.slice(from, from + pageSize), NextToken: next };
  };
  const sets = Array.from({ length: count }, (_, index) => permissionSet(String(index + 1)));
  return {
    ListPermissionSets: ({ NextToken }) => page('PermissionSets', sets, NextToken),
    DescribePermissionSet: ({ PermissionSetArn }) => ({
      PermissionSet: { Name: `Set${sets.indexOf(String(PermissionSetArn)) + 1}` },
    }),
    ListAccountsForProvisionedPermissionSet: ({ PermissionSetArn, ProvisioningStatus, NextToken }) =>
      page(
        'AccountIds',
        inState(ProvisioningStatus)
          .filter(({ set }) => permissionSet(String(set)) === PermissionSetArn)
          .map(({ account }) => account),
        NextToken,
      ),
    ListPermissionSetsProvisionedToAccount: ({ AccountId, ProvisioningStatus, NextToken }) =>
      page(
        'PermissionSets',
        inState(ProvisioningStatus)
          .filter(({ account }) => account === AccountId)
          .map(({ set }) => permissionSet(String(set))),
        NextToken,
      ),
  };
}
