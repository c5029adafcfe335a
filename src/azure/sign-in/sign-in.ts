import { type Budget, left, minuteInWords } from '#access/clock';
import { Refusal } from '#access/errors';
import type { Requests } from '#access/engine/requests';
import { createRenewed, type Lasting, type Renewed } from '#access/renewed';
import type { CloudTools } from '#access/tools';
import { noTimeToSignIn, signedIn } from '../messages/sign-in.ts';
import type { AzureSettings } from '../settings.ts';
import { cliSession } from './cli-session.ts';
import type { Environment } from './environments.ts';
import { federation } from './federation.ts';
import { callerOf, type AccessToken, type Caller, type TokenSource } from './access-token.ts';

/** Access tokens that renew themselves, one for each scope. */
export interface SignIn {
  get(scope: string, budget: Budget): Promise<AccessToken>;
  /** Renews a token that was refused as ended: whether the next one for the scope is another token. */
  renew(scope: string, refused: AccessToken, budget: Budget): Promise<boolean>;
}

export function createSignIn(
  settings: AzureSettings,
  environment: Environment,
  tools: CloudTools,
  requests: Requests,
): SignIn {
  const { clock, log } = tools;
  const isOwn = settings.signIn.kind === 'federated';
  const source: TokenSource =
    settings.signIn.kind === 'federated'
      ? federation(settings.signIn, environment, tools, requests)
      : cliSession(settings.signIn, tools);
  const tokens = new Map<string, Renewed<AccessToken>>();
  let known = false;

  const renew = async (scope: string, budget: Budget, isUrgent: boolean): Promise<AccessToken> => {
    if (left(budget, clock) === 0) throw noTimeToSignIn();
    const token = await source(scope, budget, isUrgent);
    if (!known) log.info(describe(callerOf(token.token), environment, token));
    known = true;
    return token;
  };
  const tokensFor = (scope: string): Renewed<AccessToken> => {
    const make = async (budget: Budget, isUrgent: boolean): Promise<Lasting<AccessToken>> => {
      const value = await renew(scope, budget, isUrgent);
      return { value, endsAt: value.expiresAt };
    };
    const made = tokens.get(scope) ?? createRenewed(make, tools);
    tokens.set(scope, made);
    return made;
  };
  return {
    get: (scope, budget) => tokensFor(scope).get(budget),
    async renew(scope, refused, budget) {
      const renewed = tokensFor(scope);
      renewed.forget((it) => it === refused);
      if (isOwn) return (await renewed.get(budget)) !== refused;
      const next = await renewed.get(budget).catch((error: unknown) => {
        if (error instanceof Refusal) return refused;
        throw error;
      });
      return next.token !== refused.token;
    },
  };
}

function describe(caller: Caller, { name }: Environment, { expiresAt }: AccessToken): string {
  const who = [
    ...(caller.clientId === null ? [] : [`client ID ${caller.clientId}`]),
    ...(caller.objectId === null ? [] : [`object ID ${caller.objectId}`]),
    ...(caller.tenantId === null ? [] : [`tenant ID ${caller.tenantId}`]),
  ];
  return signedIn(name, who, minuteInWords(expiresAt));
}
