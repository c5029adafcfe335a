import type { PermissionSet } from '@aws-sdk/client-sso-admin';
import type { Budget } from '#access/clock';
import { instead } from '#access/errors';
import type { Grant, Identity } from '#access/grant';
import { whole } from '../documented.ts';
import { sessionsOutliveAccess, sessionsStayOpen } from '../messages/names.ts';
import { pages, pageOf } from '../pages.ts';
import type { AwsSession } from '../session.ts';

/** The permission sets of an instance: each is described once in a run. */
export interface PermissionSets {
  /** One permission set; `null` if it was deleted since it was listed. */
  describe(arn: string, budget: Budget): Promise<PermissionSet | null>;
  list(budget: Budget): Promise<readonly string[]>;
}

export function openPermissionSets(session: AwsSession, instanceArn: string): PermissionSets {
  const described = new Map<string, Promise<PermissionSet | null>>();
  let listed: Promise<readonly string[]> | null = null;
  return {
    describe(arn, budget) {
      const asked =
        described.get(arn) ??
        describePermissionSet(session, instanceArn, arn, budget)
          .catch(instead('not-found', null))
          .catch((error: unknown) => {
            // A failed request can be sent again later, within another time limit.
            described.delete(arn);
            throw error;
          });
      described.set(arn, asked);
      return asked;
    },
    list: (budget) => (listed ??= listPermissionSets(session, instanceArn, budget)),
  };
}

/**
 * The name of a permission set; `null` if it was deleted since it was listed, so that it is not the one that is meant.
 */
export async function nameOf(permissionSets: PermissionSets, arn: string, budget: Budget): Promise<string | null> {
  return (await permissionSets.describe(arn, budget))?.Name ?? null;
}

/** Permission sets with their present names; `null` for a name that the caller cannot read. */
export function withNames(
  permissionSets: PermissionSets,
  arns: readonly string[],
  budget: Budget,
): Promise<readonly Identity[]> {
  return Promise.all(
    arns.map(async (id) => ({
      id,
      name: await nameOf(permissionSets, id, budget).catch(instead('denied', null)),
    })),
  );
}

function describePermissionSet(
  session: AwsSession,
  instanceArn: string,
  arn: string,
  budget: Budget,
): Promise<PermissionSet> {
  return session.sso.read('DescribePermissionSet', budget, async (client, options) => {
    const { DescribePermissionSetCommand } = await import('@aws-sdk/client-sso-admin');
    const command = new DescribePermissionSetCommand({ InstanceArn: instanceArn, PermissionSetArn: arn });
    const answer = await client.send(command, options);
    return whole(answer.PermissionSet, 'PermissionSet', answer);
  });
}

function listPermissionSets(session: AwsSession, instanceArn: string, budget: Budget): Promise<readonly string[]> {
  return pages('sso:ListPermissionSets', budget, (NextToken, spent) =>
    session.sso.read('ListPermissionSets', spent, async (client, options) => {
      const { ListPermissionSetsCommand } = await import('@aws-sdk/client-sso-admin');
      const command = new ListPermissionSetsCommand({ InstanceArn: instanceArn, MaxResults: 100, NextToken });
      const answer = await client.send(command, options);
      return pageOf(answer, 'PermissionSets');
    }),
  );
}

/**
 * Revoking an assignment does not end sessions that are already open: those live to the end of the permission set's
 * session duration, one hour by default, twelve at most. Source: docs/design/aws.md#deleting-an-assignment.
 */
export async function openSessions(permissionSets: PermissionSets, { role }: Grant, budget: Budget): Promise<string> {
  return sessionsStayOpen(await longest(permissionSets, role.id, budget));
}

/** The same of access that is yet to end. */
export async function sessionsOutlive(
  permissionSets: PermissionSets,
  { role }: Grant,
  budget: Budget,
): Promise<string> {
  return sessionsOutliveAccess(await longest(permissionSets, role.id, budget));
}

async function longest(permissionSets: PermissionSets, arn: string, budget: Budget): Promise<string> {
  return lengthInWords((await permissionSets.describe(arn, budget).catch(() => null))?.SessionDuration);
}

/** `PT1H30M` as `up to 1 h 30 min`. */
function lengthInWords(duration: string | undefined): string {
  const parts = /^PT(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?$/u.exec(duration ?? '')?.groups;
  const hours = Number(parts?.['hours'] ?? 0);
  const minutes = Number(parts?.['minutes'] ?? 0);
  if (hours + minutes === 0) return 'up to 12 hours';
  return `up to ${[hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : ''].filter((part) => part !== '').join(' ')} more`;
}
