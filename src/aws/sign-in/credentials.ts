import type { AssumeRoleWithWebIdentityCommandOutput, STSClient } from '@aws-sdk/client-sts';
import { type Budget, minuteInWords } from '#access/clock';
import type { CloudError, Refusal } from '#access/errors';
import type { IdentityToken } from '#access/identity-token';
import type { Credential } from '#access/engine/credential';
import { renewedInVain } from '#access/messages/sign-in';
import type { Requests } from '#access/engine/requests';
import { createExchange, issuerUnread } from '#access/engine/signing-in';
import { createRenewed } from '#access/renewed';
import { onlyDocumented } from '../documented.ts';
import { isIssuerUnread } from '../failures.ts';
import { endedAmbient, noCredentials, signedIn } from '../messages/sign-in.ts';
import type { CloudTools } from '#access/tools';
import { routed, type Routing } from '../routing.ts';
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
export interface Credentials extends Credential<AwsCredentials | null> {
  /**
   * For the clients, which call it for each request: a client that remembered credentials would keep using ended ones.
   */
  readonly provider: (() => Promise<AwsCredentials>) & { readonly memoized: true };
}

/**
 * Delays between tries of an exchange that STS refuses as not authorized, in milliseconds: mostly a trust policy,
 * sometimes a flake. All within 5 s.
 */
const refusalDelays = [400, 1_200] as const;

/**
 * Signs in by AssumeRoleWithWebIdentity with GitHub's ID token, in process, for all clients together. Every exchange
 * uses a new token, retries included: a token lives five minutes and may have been the reason for the refusal.
 */
export function createCredentials(
  settings: AwsSettings,
  routing: Routing,
  tools: CloudTools,
  requests: Requests,
  wire: Wire,
): Credentials {
  const { signIn } = settings;
  if (signIn.kind === 'ambient') return ambientCredentials(settings, routing, tools, wire);
  let loading: Promise<STSClient> | null = null;
  const loadClient = (): Promise<STSClient> => (loading ??= createClient(settings, routing, tools, wire));
  const exchange = createExchange(
    {
      mint: (budget) => {
        loadClient().catch(() => undefined);
        return tools.tokens.mint(signIn.audience, budget);
      },
      send: async (token, budget) =>
        accept(await assume(await loadClient(), signIn, token, requests, budget), signIn, tools),
      refused: (error, token) => refusedOf(error, signIn, token),
      flakes: ({ code }) => (refusals.has(code) ? refusalDelays : []),
    },
    tools,
  );
  const assumed = createRenewed(
    async (budget, isUrgent) => {
      const value = await exchange(budget, isUrgent);
      return { value, endsAt: value.expiration.getTime() };
    },
    tools,
    // AWS's clock says when they end: by the clock of a runner that is an hour fast, every request would sign in anew.
    () => wire.serverTime(tools.clock.now()),
  );
  const newest = (): Promise<AwsCredentials> => {
    const it = assumed.newest();
    return it === null ? Promise.reject(new Error('no request is made before signing in')) : Promise.resolve(it);
  };

  return {
    get: (budget) => assumed.get(budget),
    async renew(refused, budget) {
      assumed.forget((it) => it === refused);
      await assumed.get(budget);
      return true;
    },
    goesOnUntil: tools.signInUntil,
    hint: renewedInVain,
    provider: Object.assign(newest, { memoized: true } as const),
  };
}

type AssumedRole = Required<AwsCredentials>;

/** The SDK's default chain, wherever it finds credentials: they are masked before they are used. */
function ambientCredentials(
  { region }: AwsSettings,
  { fips, dualStack }: Routing,
  { mask, signInUntil }: CloudTools,
  wire: Wire,
): Credentials {
  type Chain = (options?: { readonly forceRefresh: boolean }) => Promise<AwsCredentials>;
  let chain: Promise<Chain> | null = null;
  let used: AwsCredentials | null = null;
  const load = async (): Promise<Chain> => {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
    // The chain may send requests of its own, which go through the same proxy as this action's.
    return defaultProvider({
      clientConfig: { useFipsEndpoint: fips, useDualstackEndpoint: dualStack },
      parentClientConfig: { region, requestHandler: wire.handler },
    });
  };
  const find = async (forceRefresh: boolean): Promise<AwsCredentials> => {
    const found = await (await (chain ??= load()))({ forceRefresh });
    if (!isSame(found, used)) {
      mask(found.secretAccessKey);
      mask(found.sessionToken ?? '');
    }
    used = found;
    return found;
  };
  return {
    // Where there are none, the client says so in the error of the request that needs them.
    get: () => find(false).catch(() => null),
    // Those of a container or a machine change; those of an earlier step do not.
    renew: async (refused) => !isSame(used, refused) || !isSame(await find(true).catch(() => refused), refused),
    goesOnUntil: signInUntil,
    hint: endedAmbient,
    provider: Object.assign(() => find(false), { memoized: true } as const),
  };
}

function isSame(one: AwsCredentials | null, other: AwsCredentials | null): boolean {
  return one?.accessKeyId === other?.accessKeyId && one?.sessionToken === other?.sessionToken;
}

type WebIdentity = SignIn & { readonly kind: 'web-identity' };

/** Codes that are worth another try with another token. Source: docs/design/aws.md#sts-refusals. */
const refusals: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredTokenException',
  'InvalidIdentityToken',
  'InvalidIdentityTokenException',
]);

function refusedOf(error: CloudError, signIn: WebIdentity, token: IdentityToken): Refusal | null {
  const { failure } = error;
  if (isIssuerUnread(failure.code, failure.message)) return issuerUnread(error, token);
  return refusals.has(failure.code) ? refusedSignIn(error, signIn, token) : null;
}

async function createClient(
  settings: AwsSettings,
  routing: Routing,
  tools: CloudTools,
  wire: Wire,
): Promise<STSClient> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  return onlyDocumented(
    new STSClient({
      ...routed(routing, 'STS'),
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
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw noCredentials();
  const who = answer.AssumedRoleUser?.Arn ?? signIn.roleArn;
  log.info(signedIn(who, minuteInWords(Expiration.getTime())));
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}
