import type { Estate } from '../estate.ts';
import type { Role } from './roles.ts';
import type { Home } from './scheduler/view.ts';
import { defaultTrust, schedulerTrust } from './trust.ts';

/** A role by its policy documents. */
export interface RoleOptions {
  readonly arn: string;
  readonly trust?: unknown;
  readonly policy?: unknown;
}

/** The roles that a world is given: see AwsOptions. */
interface GivenRoles {
  readonly roleArn?: string;
  readonly trust?: unknown;
  readonly policy?: unknown;
  readonly roles?: readonly RoleOptions[];
  readonly executionRole?: Partial<RoleOptions>;
}

export const BROKER = 'arn:aws:iam::111122223333:role/access-broker';
const GROUP = 'cloud-access';

/** Place of the broker's schedules. */
export function homeOf({ roleArn = BROKER, executionRole }: GivenRoles, { instances }: Estate): Home {
  const [, partition = 'aws', , , accountId = ''] = roleArn.split(':');
  return {
    partition,
    accountId,
    region: instances[0]?.region ?? 'us-east-1',
    roleArn: executionRole?.arn ?? `arn:${partition}:iam::${accountId}:role/access-ender`,
  };
}

export function rolesOf(given: GivenRoles, estate: Estate, home: Home): readonly Role[] {
  const { roleArn = BROKER, trust, policy, roles = [], executionRole = {} } = given;
  const written = estate.roles ?? [];
  const own = defaultTrust(estate, roleArn, written.find(({ arn }) => arn === roleArn)?.trusts);
  const named = [{ arn: roleArn, trust: trust ?? own, policy }, ...roles];
  const known = new Set(named.map(({ arn }) => arn));
  const others = written.filter(({ arn }) => !known.has(arn));
  return [
    ...others.map((it) => ({ arn: it.arn, trust: defaultTrust(estate, it.arn, it.trusts), policy: undefined })),
    ...named.map((role) => ({
      arn: role.arn,
      trust: role.trust ?? trust ?? defaultTrust(estate, role.arn),
      policy: role.policy,
    })),
    {
      arn: home.roleArn,
      trust: executionRole.trust ?? schedulerTrust(home.roleArn, home.region, GROUP),
      policy: executionRole.policy ?? END_LEASES,
    },
  ];
}

const END_LEASES = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sso:DeleteAccountAssignment', Resource: '*' }],
};
