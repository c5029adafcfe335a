import { randomUUID } from 'node:crypto';

import type { Answer, Dialect, Serving } from '../../serving/dialect.ts';
import { serve, type RunningServer } from '../../serving/serve.ts';
import type { AzureEstate } from '../estate.ts';
import { CliError, type CliSession } from './session.ts';

interface Question {
  readonly resource: string;
  readonly tenant: string | null;
  readonly subscription: string | null;
}

/** The server of a rehearsal's `az`: the command gets its output here. */
export function startCliServer(serving: Serving, session: CliSession, estate: AzureEstate): Promise<RunningServer> {
  const dialect: Dialect = {
    entry: (request) => ({
      service: 'cli',
      operation: 'get-access-token',
      region: '',
      requestId: randomUUID(),
      body: JSON.parse(request.body.toString()) as unknown,
    }),
    handle: (_request, entry) => {
      try {
        const { resource, tenant, subscription } = entry.body as Question;
        checkAccount(estate, tenant, subscription);
        const token = session.token(resource, { requestId: entry.requestId, correlationId: randomUUID() });
        return printed({
          accessToken: token.accessToken,
          expiresOn: localTime(token.expiresAt),
          expires_on: token.expiresAt / 1000,
          // The CLI leaves it out when a tenant was named (azure-cli, profile/custom.py).
          ...(tenant === null ? { subscription: subscription ?? estate.subscription } : {}),
          tenant: estate.tenant.id,
          tokenType: 'Bearer',
        });
      } catch (error) {
        if (error instanceof CliError) return failed(error);
        throw error;
      }
    },
    refuse: (_entry, effect) =>
      failed(
        effect.kind === 'error'
          ? new CliError(effect.code, effect.message ?? `ERROR: ${effect.code} by script`)
          : new CliError(effect.kind, `ERROR: ${effect.kind} by script`),
      ),
  };
  return serve(serving, dialect);
}

/** The CLI's message about an account that is not among those of its session (azure-cli-core, _profile.py). */
function checkAccount(estate: AzureEstate, tenant: string | null, subscription: string | null): void {
  if (tenant !== null && subscription !== null)
    throw new CliError('InvalidArgument', 'ERROR: Please specify only one of subscription and tenant, not both');
  const known = estate.subscriptions.some(
    ({ id, name }) => id === subscription?.toLowerCase() || name === subscription,
  );
  if (subscription !== null && !known)
    throw new CliError(
      'SubscriptionNotFound',
      `ERROR: Subscription '${subscription}' not found. Check the spelling and casing and try again.`,
    );
  const { id, domain } = estate.tenant;
  if (tenant !== null && ![id, domain].includes(tenant.toLowerCase()))
    throw new CliError('TenantNotFound', `ERROR: Failed to resolve tenant '${tenant}'.`);
}

/** `YYYY-MM-DD HH:MM:SS.ffffff`, on the clock of the place. */
function localTime(ms: number): string {
  const time = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  return (
    `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ` +
    `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.000000`
  );
}

function printed(value: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value, null, 2) };
}

function failed({ code, message }: CliError): Answer {
  return { status: 400, headers: { 'content-type': 'text/plain' }, body: message, code };
}
