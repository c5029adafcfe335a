import type { Budget } from '#access/clock';
import { ok, wrong, type Parsed } from '#access/declaration';
import { noCaller } from '../messages/inputs.ts';
import { callerUnnamed } from '../messages/sign-in.ts';
import * as patterns from '../resolve/patterns.ts';
import type { AwsSession } from '../session.ts';

/** The ARN of the role or user that may apply a plan, in the one form in which it is compared. */
export function parseCaller(text: string): Parsed<string> {
  const caller = callerOf(text);
  return caller === null ? wrong(noCaller(text)) : ok(caller);
}

/**
 * A role without its path, which its sessions do not show: `arn:aws:iam::123456789012:role/access-broker`. Names of
 * roles are unique in an account, whatever their paths. A user as it is.
 */
function callerOf(arn: string): string | null {
  const { partition = '', account, kind, name = '', owner = '', assumed } = patterns.callerArn.exec(arn)?.groups ?? {};
  if (assumed !== undefined) return `arn:${partition}:iam::${owner}:role/${assumed}`;
  if (account === undefined) return null;
  return kind === 'role' ? `arn:${partition}:iam::${account}:role/${name}` : arn;
}

/** The identity that makes the changes: the role to assume, else the owner of the ambient credentials. */
export async function findCaller({ settings, sts }: AwsSession, budget: Budget): Promise<string> {
  const { signIn } = settings;
  if (signIn.kind === 'web-identity') return callerOf(signIn.roleArn) ?? signIn.roleArn;
  const { Arn } = await sts.read('GetCallerIdentity', budget, async (client, options) => {
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    return client.send(new GetCallerIdentityCommand({}), options);
  });
  if (Arn !== undefined) return callerOf(Arn) ?? Arn;
  throw callerUnnamed();
}
