import type { AssumeRoleWithWebIdentityCommandOutput, STSClient } from '@aws-sdk/client-sts';
import { left, type Budget } from '../../access/clock.ts';
import { CloudError, Refusal } from '../../access/errors.ts';
import type { IdentityToken } from '../../access/identity-token.ts';
import { delayBeforeRetry } from '../../access/engine/retry.ts';
import type { Requests } from '../../access/engine/requests.ts';
import { createRenewed } from '../../access/renewed.ts';
import { minuteInWords } from '../../access/times.ts';
import { seconds } from '../../access/words.ts';
import { onlyDocumented } from '../documented.ts';
import type { CloudTools } from '../../access/tools.ts';
import type { AwsSettings, SignIn } from '../settings.ts';
import type { Wire } from '../wire.ts';
import { refusedSignIn } from './refused-sign-in.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Credentials that renew themselves, for all clients together. */
export interface Credentials {
  readonly provider: () => Promise<AwsCredentials>;
  /** Signs in if that has not been done, or if the credentials end within five minutes. */
  ready(budget: Budget): Promise<void>;
}

/** Tries of an exchange that STS refuses as not authorized: mostly a trust policy, sometimes a flake. All within 5 s. */
const refusalDelays = [400, 1_200] as const;
/** No further try begins later than this after the first, so that the answer to it comes within the 5 s. */
const lastRefusedTryMs = 2_500;

/**
 * Signs in by AssumeRoleWithWebIdentity with GitHub's ID token, in process, for all clients together. Every exchange
 * takes a token of its own, retries included: a token lives five minutes and may have been the thing that was refused.
 */
export function createCredentials(
  settings: AwsSettings,
  tools: CloudTools,
  requests: Requests,
  wire: Wire,
): Credentials {
  const { signIn } = settings;
  if (signIn.kind === 'ambient')
    return { provider: ambientProvider(settings, tools, wire), ready: () => Promise.resolve() };
  const loadClient = (): Promise<STSClient> => createClient(settings, tools, wire);
  const assumed = createRenewed(
    async (budget) => {
      const value = await exchange(signIn, loadClient, tools, requests, budget);
      return { value, endsAt: value.expiration.getTime() };
    },
    tools,
    // When they end is said by AWS's clock: by a runner's that is an hour fast every request would sign in anew.
    () => wire.serverTime(tools.clock.now()),
  );

  return {
    async ready(budget) {
      await assumed.get(budget);
    },
    provider: () => {
      const newest = assumed.newest();
      return newest === null
        ? Promise.reject(new Error('no request is made before signing in'))
        : Promise.resolve(newest);
    },
  };
}

type AssumedRole = Required<AwsCredentials>;

/** The SDK's default chain, wherever it finds credentials: what it finds is masked before it is used. */
function ambientProvider({ region }: AwsSettings, { mask }: CloudTools, wire: Wire): Credentials['provider'] {
  let chain: Promise<() => Promise<AwsCredentials>> | null = null;
  const load = async (): Promise<() => Promise<AwsCredentials>> => {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
    // The chain may make requests of its own, which take the same way through the same proxy as ours.
    return defaultProvider({ parentClientConfig: { region, requestHandler: wire.handler } });
  };
  return async () => {
    chain ??= load();
    const credentials = await (await chain)();
    mask(credentials.secretAccessKey);
    mask(credentials.sessionToken ?? '');
    return credentials;
  };
}

type WebIdentity = SignIn & { readonly kind: 'web-identity' };

async function exchange(
  signIn: WebIdentity,
  loadClient: () => Promise<STSClient>,
  tools: CloudTools,
  requests: Requests,
  budget: Budget,
): Promise<AssumedRole> {
  const loading = loadClient();
  loading.catch(() => undefined);
  const began = tools.clock.now();
  let refused = 0;
  for (let tries = 1; ; tries += 1) {
    const token = await tools.tokens.mint(signIn.audience, budget);
    try {
      const answer = await assume(await loading, signIn, token, requests, budget);
      return accept(answer, signIn, tools);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      const delay = isRefusal(error) ? refusalDelays[refused++] : delayBeforeRetry(error.failure, tries, tools.random);
      const late = tools.clock.now() + (delay ?? 0) > began + lastRefusedTryMs;
      if (delay === undefined || (late && isRefusal(error))) throw refusedSignIn(error, signIn, token);
      if (delay === null || delay >= left(budget, tools.clock)) throw error;
      tools.log.info(`${error.message}. Trying again with a new ID token in ${seconds(delay)}.`);
      await tools.clock.sleep(delay, budget.signal);
    }
  }
}

/** Worth another token, and not more: source aws-identity-center §7, the table of STS errors. */
const refusals: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredTokenException',
  'InvalidIdentityToken',
  'InvalidIdentityTokenException',
]);

function isRefusal({ failure }: CloudError): boolean {
  return refusals.has(failure.code);
}

async function createClient(settings: AwsSettings, tools: CloudTools, wire: Wire): Promise<STSClient> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  return onlyDocumented(
    new STSClient({
      region: settings.region,
      maxAttempts: 1,
      customUserAgent: [[...tools.product]],
      requestHandler: wire.handler,
      // The call is unsigned; without this the SDK would look for credentials that it does not need.
      credentials: { accessKeyId: 'unsigned', secretAccessKey: 'unsigned' },
    }),
  );
}

async function assume(
  client: STSClient,
  signIn: WebIdentity,
  token: IdentityToken,
  requests: Requests,
  budget: Budget,
): Promise<AssumeRoleWithWebIdentityCommandOutput> {
  const { AssumeRoleWithWebIdentityCommand } = await import('@aws-sdk/client-sts');
  return requests.once({
    operation: 'sts:AssumeRoleWithWebIdentity',
    quota: 'sts',
    budget,
    send: (abortSignal) =>
      client.send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: signIn.roleArn,
          RoleSessionName: signIn.sessionName,
          WebIdentityToken: token.jwt,
        }),
        { abortSignal },
      ),
  });
}

function accept(
  answer: AssumeRoleWithWebIdentityCommandOutput,
  signIn: WebIdentity,
  { log, mask }: CloudTools,
): AssumedRole {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  if (SecretAccessKey !== undefined) mask(SecretAccessKey);
  if (SessionToken !== undefined) mask(SessionToken);
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new Refusal(
      'STS answered AssumeRoleWithWebIdentity without credentials.',
      'Run the step again; if that does not help, ask AWS support.',
    );
  }
  const who = answer.AssumedRoleUser?.Arn ?? signIn.roleArn;
  log.info(`Signed in as ${who} until ${minuteInWords(Expiration.getTime())}.`);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}
