import { left } from '#access/clock';
import { Refusal } from '#access/errors';
import { orAborted } from '#access/engine/aborting';
import type { CloudTools } from '#access/tools';
import type { SignIn } from '../settings.ts';
import { cliSaidNothing, noCli, noCliSession, tokenFromCli } from '../messages/sign-in.ts';
import { acceptable, type TokenSource } from './access-token.ts';

/** Time limit of the CLI, a separate and slow process, in milliseconds. */
const longestMs = 60_000;

/** The session of the Azure CLI that `azure/login` leaves in the job. This action cannot renew it, and uses only its tokens. */
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
      log.debug(tokenFromCli(scope));
      return acceptable({ token, expiresAt: expiresOnTimestamp }, mask);
    } catch (error) {
      budget.signal.throwIfAborted();
      if (error instanceof Refusal) throw error;
      throw explain(error instanceof Error ? error.message : String(error), scope);
    }
  };
}

/**
 * Distinguishes a missing CLI from a missing or ended session, which the SDK reports alike: both begin with the CLI's
 * advice to log in. Exported for its test.
 */
export function explain(message: string, scope: string): Refusal {
  const text = message.trim().replace(/^Unexpected end of JSON input$/u, '');
  // The SDK's own words: in the CLI's, a tenant or a resource is not found.
  if (text.startsWith('Azure CLI could not be found')) return noCli();
  return noCliSession(scope.replace(/\/*\.default$/u, ''), text === '' ? cliSaidNothing : text);
}
