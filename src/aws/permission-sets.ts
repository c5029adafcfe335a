import type { PermissionSet } from '@aws-sdk/client-sso-admin';
import type { Budget } from '../access/clock.ts';
import { instead, Refusal } from '../access/errors.ts';
import type { Identity } from '../access/grant.ts';
import { nearMatches } from '../access/near.ts';
import type { Line } from '../access/request.ts';
import { seconds } from '../access/words.ts';
import { pages } from './pages.ts';
import type { AwsSession } from './session.ts';

/** How many permission sets are described at once: enough to use the quota, not to queue behind ourselves. */
const atOnce = 8;
const progressEveryMs = 5_000;

/** Turns a line of `role` into a permission set; an ARN is taken as it is. */
export async function resolvePermissionSet(
  session: AwsSession,
  line: Line,
  instanceArn: string,
  /** Null where the target is not one account. */
  accountId: string | null,
  budget: Budget,
): Promise<Identity> {
  if (line.kind === 'permission-set-arn') return { id: line.value, name: null };
  const search = createSearch(session, line.value, instanceArn, budget);
  // Most roles that are asked for are in the account already, among some twenty instead of hundreds. Where that list may
  // not be read, the list of all still answers.
  const near =
    accountId === null
      ? []
      : await provisionedTo(session, instanceArn, accountId, budget).catch((error: unknown) => {
          const none = instead('denied', [] as readonly string[])(error);
          session.tools.log.info(`${inWords(error)}. Looking through all permission sets instead, which takes longer.`);
          return none;
        });
  const found =
    (await search.among(near)) ?? (await search.among(await listPermissionSets(session, instanceArn, budget)));
  if (found !== null) return { id: found, name: line.value };
  const similar = nearMatches(line.value, search.names());
  throw new Refusal(
    `None of the ${search.names().length} permission sets of ${instanceArn} is named "${line.value}".${similar.length === 0 ? '' : ` Close: ${similar.join(', ')}.`}`,
    'Correct role: names are compared exactly, letter case included. Or give the permission set ARN.',
  );
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface Search {
  /** The ARN of the wanted one; stops at the match, since names are unique in an instance. */
  among(arns: readonly string[]): Promise<string | null>;
  /** The names seen so far. */
  names(): readonly string[];
}

function createSearch(session: AwsSession, wanted: string, instanceArn: string, budget: Budget): Search {
  const { clock, log } = session.tools;
  const seen = new Map<string, string>();
  const began = clock.now();
  let spokenAt = began;

  return {
    names: () => [...seen.values()],
    async among(arns) {
      const queue = arns.filter((arn) => !seen.has(arn));
      const total = seen.size + queue.length;
      let found: string | null = null;
      const work = async (): Promise<void> => {
        for (let arn = queue.shift(); arn !== undefined && found === null; arn = queue.shift()) {
          const name = await nameOf(session, instanceArn, arn, budget).catch((error: unknown) => {
            queue.length = 0;
            throw error;
          });
          seen.set(arn, name ?? '');
          if (name === wanted) found = arn;
          if (clock.now() - spokenAt < progressEveryMs) continue;
          spokenAt = clock.now();
          log.info(`Looked at ${seen.size} of ${total} permission sets in ${seconds(spokenAt - began)}.`);
        }
      };
      await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, work));
      return found;
    },
  };
}

/** `null` for one that was deleted between list and look: it is not the one that is meant. */
async function nameOf(session: AwsSession, instanceArn: string, arn: string, budget: Budget): Promise<string | null> {
  const described = await describePermissionSet(session, instanceArn, arn, budget).catch(instead('not-found', null));
  return described?.Name ?? null;
}

export function describePermissionSet(
  session: AwsSession,
  instanceArn: string,
  arn: string,
  budget: Budget,
): Promise<PermissionSet> {
  return session.sso.read('DescribePermissionSet', budget, async (client, options) => {
    const { DescribePermissionSetCommand } = await import('@aws-sdk/client-sso-admin');
    const command = new DescribePermissionSetCommand({ InstanceArn: instanceArn, PermissionSetArn: arn });
    return (await client.send(command, options)).PermissionSet ?? {};
  });
}

function listPermissionSets(session: AwsSession, instanceArn: string, budget: Budget): Promise<readonly string[]> {
  return pages((NextToken) =>
    session.sso.read('ListPermissionSets', budget, async (client, options) => {
      const { ListPermissionSetsCommand } = await import('@aws-sdk/client-sso-admin');
      const command = new ListPermissionSetsCommand({ InstanceArn: instanceArn, MaxResults: 100, NextToken });
      const answer = await client.send(command, options);
      return { items: answer.PermissionSets, next: answer.NextToken };
    }),
  );
}

/** The permission sets that an account has, of one version state or of both. */
export function provisionedTo(
  session: AwsSession,
  instanceArn: string,
  accountId: string,
  budget: Budget,
  status?: 'LATEST_PERMISSION_SET_PROVISIONED' | 'LATEST_PERMISSION_SET_NOT_PROVISIONED',
): Promise<readonly string[]> {
  return pages((NextToken) =>
    session.sso.read('ListPermissionSetsProvisionedToAccount', budget, async (client, options) => {
      const { ListPermissionSetsProvisionedToAccountCommand } = await import('@aws-sdk/client-sso-admin');
      const command = new ListPermissionSetsProvisionedToAccountCommand({
        InstanceArn: instanceArn,
        AccountId: accountId,
        MaxResults: 100,
        NextToken,
        ...(status === undefined ? {} : { ProvisioningStatus: status }),
      });
      const answer = await client.send(command, options);
      return { items: answer.PermissionSets, next: answer.NextToken };
    }),
  );
}
