import { describe, expect, it } from '@jest/globals';

import { stepWithFiles } from './access-files.ts';
import { together } from './policy-documents.ts';
import { errors, inWorld, signIn } from './support.ts';

const file = `version: 1
cloud: aws
owns:
  roles: [ReadOnlyAccess]
  targets: [account:payments-prod, account:data-lake]
grants:
  - principal: group:Auditors
    role: ReadOnlyAccess
    target: account:payments-prod
    expires: 2020-01-31
`;

const inputs = { ...signIn, operation: 'revoke', 'access-file': 'access.yml', 'max-removals': '25' } as const;
const expired = { permissionSet: 'ReadOnlyAccess', account: 'payments-prod', principal: 'group:Auditors' };
/** Extra access, which a daily run leaves to reconcile. */
const extra = { permissionSet: 'ReadOnlyAccess', account: 'data-lake', principal: 'group:Payments On-Call' };

/** Permissions of the role for the daily run. */
const expirer = together('inventory', 'expire');

describe('rows that have expired, on AWS', () => {
  it('are revoked by a role that cannot grant, and no other access is (P10, P11)', () =>
    inWorld({ aws: { policy: expirer } }, async (world) => {
      world.aws.estate.add(expired);
      world.aws.estate.add(extra);
      const run = await stepWithFiles(world, { 'access.yml': file }, inputs);
      expect([run.exitCode, errors(run)]).toEqual([0, '']);
      expect(run.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect([world.aws.estate.has(expired), world.aws.estate.has(extra)]).toEqual([false, true]);
    }));
});
