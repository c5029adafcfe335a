import { left } from '#access/clock';
import { Refusal } from '#access/errors';
import { orAborted } from '#access/engine/aborting';
import type { CloudTools } from '#access/tools';
import type { SignIn } from '../settings.ts';
import { acceptable, type TokenSource } from './access-token.ts';

/** The CLI is a process of its own, and not a fast one. Milliseconds. */
const longestMs = 60_000;

/** The session of the Azure CLI that `azure/login` leaves in the job. It cannot be renewed: only what it holds is used. */
export function cliSession(
  { tenantId }: SignIn & { readonly kind: 'ambient' },
  { clock, log, mask }: CloudTools,
): TokenSource {
  return async (scope, budget) => {
    const { AzureCliCredential } = await import('@azure/identity');
    const processTimeoutInMs = Math.min(longestMs, left(budget, clock));
    const credential = new AzureCliCredential({ processTimeoutInMs, ...(tenantId === null ? {} : { tenantId }) });
    try {
      const { token, expiresOnTimestamp } = await orAborted(credential.getToken(scope), budget.signal);
      log.debug(`az account get-access-token: answered for ${scope}`);
      return acceptable({ token, expiresAt: expiresOnTimestamp }, mask);
    } catch (error) {
      budget.signal.throwIfAborted();
      if (error instanceof Refusal) throw error;
      throw explain(error instanceof Error ? error.message : String(error), scope);
    }
  };
}

const ownSignIn = 'set azure-client-id and azure-tenant-id, with permissions: id-token: write';

/** The SDK makes one text of no session and of one that has ended: both begin with the CLI's advice to log in. Exported for its test. */
export function explain(message: string, scope: string): Refusal {
  const text = message.trim().replace(/^Unexpected end of JSON input$/u, 'az gave no answer');
  // The SDK's own words: in the CLI's, a tenant or a resource is not found.
  if (text.startsWith('Azure CLI could not be found')) {
    return new Refusal(
      'The job has no Azure CLI, and azure-client-id is none: there is nothing to sign in with.',
      `Run azure/login before this step, or ${ownSignIn}.`,
    );
  }
  return new Refusal(
    `The job has no Azure CLI session, or one that gives no token for ${scope.replace(/\/*\.default$/u, '')}: ${text === '' ? 'it said nothing' : text}`,
    `Run azure/login right before this step, in this very job: what it was given ends five minutes later, and the CLI can then neither renew a token nor ask for one to something new, such as the directory (AADSTS700024). Better ${ownSignIn}: the action renews its own sign-in.`,
  );
}
