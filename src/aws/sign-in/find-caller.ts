import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import type { AwsSession } from '../session.ts';
import { callerOf } from './caller.ts';

/** Who makes the changes: the role to assume, else whoever the ambient credentials belong to. */
export async function findCaller({ settings, sts }: AwsSession, budget: Budget): Promise<string> {
  const { signIn } = settings;
  if (signIn.kind === 'web-identity') return callerOf(signIn.roleArn) ?? signIn.roleArn;
  const { Arn } = await sts.read('GetCallerIdentity', budget, async (client, options) => {
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    return client.send(new GetCallerIdentityCommand({}), options);
  });
  if (Arn !== undefined) return callerOf(Arn) ?? Arn;
  throw new Refusal('AWS did not say whose the credentials are.', 'Run the step again, or set aws-role-to-assume.');
}
