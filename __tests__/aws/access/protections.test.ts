import { describe, expect, test } from '@jest/globals';

import { listingFor, type Existing } from '../../../src/access/files/port.ts';
import type { AwsSettings } from '../../../src/aws/settings.ts';
import { owning, selected, withAccess, type Opened } from './support.ts';

const management = '444455556666';
const enderRole = 'arn:aws:iam::222233334444:role/access-ender';

interface Held {
  readonly permissionSet: string;
  readonly account: string;
  readonly principal?: string;
}

/** Protections of each: `!` before those that `allow-privileged` lifts, `-` for access without protection. */
async function reasons(
  opened: Opened,
  held: readonly Held[],
  planFor: string | null = null,
): Promise<readonly string[]> {
  const { world, port, budget } = opened;
  const likes = held.map(({ principal = 'group:Auditors', ...it }) => ({ ...it, principal }));
  for (const like of likes) world.aws.estate.add(like);
  const selections = await selected(opened, owning({}));
  const { existing } = await port.list(selections, listingFor.removals, budget);
  const wanted = likes.map((like): Existing => {
    const { accountId, permissionSetArn, principalId } = world.aws.estate.find.assignment(like);
    const found = existing.find(
      ({ grant }) =>
        grant.target.id === accountId && grant.role.id === permissionSetArn && grant.principal.id === principalId,
    );
    if (found === undefined) throw new Error('it is listed');
    return found;
  });
  const found = await port.protections(wanted, { planFor }, budget);
  return found.map((it) => (it === null ? '-' : `${it.isPrivileged ? '!' : ''}${it.reason}`));
}

const asOwner = { aws: { roleArn: `arn:aws:iam::${management}:role/access-broker` } };
const withEnder = {
  scheduler: { roleArn: enderRole, group: 'cloud-access', deadLetterQueueArn: null },
} satisfies Partial<AwsSettings>;

describe('protections', () => {
  test('are of the management account, and of the account of the role that ends access (P10, P11)', () =>
    withAccess(
      asOwner,
      async (opened) => {
        const place = { accountId: management, region: 'us-east-1' };
        opened.world.aws.schedules.addGroup('cloud-access', { place });
        const found = await reasons(opened, [
          { permissionSet: 'Billing', account: management },
          { permissionSet: 'Billing', account: '222233334444' },
          { permissionSet: 'Billing', account: '111122223333' },
          { permissionSet: 'Billing', account: 'payments-prod' },
        ]);
        expect(found).toEqual([
          expect.stringMatching(/^!.*management account/u),
          expect.stringMatching(/^!.*222233334444/u),
          '-',
          '-',
        ]);
      },
      withEnder,
    ));

  test('are of the account of the identity that will apply the plan (P10, P11)', () =>
    withAccess(asOwner, async (opened) => {
      const held = [
        { permissionSet: 'ReadOnlyAccess', account: '111122223333' },
        { permissionSet: 'ReadOnlyAccess', account: 'payments-prod' },
      ];
      const found = await reasons(opened, held, 'arn:aws:iam::111122223333:role/access-applier');
      expect(found).toEqual([expect.stringMatching(/^!.*111122223333/u), '-']);
    }));

  test('are of access that a delegated administrator cannot remove; no input lifts them', () =>
    withAccess({}, async (opened) => {
      const found = await reasons(opened, [
        { permissionSet: 'Billing', account: management },
        { permissionSet: 'Billing', account: 'payments-prod' },
        { permissionSet: 'ReadOnlyAccess', account: 'payments-prod' },
      ]);
      expect(found).toEqual([
        expect.stringMatching(/^A delegated administrator.*management account/u),
        expect.stringMatching(/^A delegated administrator.*provisioned/u),
        '-',
      ]);
    }));

  test('are of access that a session of Identity Center itself uses, for every principal (P11)', () =>
    withAccess(asOwner, async (opened) => {
      const found = await reasons(
        opened,
        [
          { permissionSet: 'AdministratorAccess', account: 'payments-staging' },
          { permissionSet: 'AdministratorAccess', account: 'payments-prod' },
          { permissionSet: 'Billing', account: 'payments-staging' },
        ],
        'arn:aws:iam::777788889999:role/AWSReservedSSO_AdministratorAccess_0123456789abcdef',
      );
      expect(found[0]).toMatch(/^The identity that removes/u);
      expect(found.slice(1)).toEqual(['-', expect.stringMatching(/^!.*777788889999/u)]);
    }));
});
