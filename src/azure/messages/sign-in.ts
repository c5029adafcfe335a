import { Refusal } from '#access/errors';

export const signedIn = (cloud: string, caller: readonly string[], until: string): string =>
  `Signed in to ${cloud} as ${caller.join(', ')} until ${until}.`;

export const noTimeToSignIn = (): Refusal => new Refusal('There is no time left to sign in.', 'Set a longer timeout.');

export const notAccessToken = (): Refusal =>
  new Refusal(
    'The sign-in returned something that is not an access token.',
    'Check azure-environment, and the proxy between the runner and that address (HTTPS_PROXY). Then run the step again.',
  );

export const callerUnknown = (): Refusal =>
  new Refusal(
    'The access token does not name its identity or its directory, so a plan cannot name its caller.',
    'Sign in with azure-client-id and azure-tenant-id.',
  );

const signInItself =
  'set azure-client-id and azure-tenant-id, and give the job permissions: id-token: write. This action then signs in itself and renews its sign-in.';

export const noCli = (): Refusal =>
  new Refusal(
    'The job has no Azure CLI, and azure-client-id is none, so there is nothing to sign in with.',
    `Run azure/login before this step. Or ${signInItself}`,
  );

export const cliSaidNothing = 'az returned nothing.';

/** @param reason the words of the CLI */
export const noCliSession = (resource: string, reason: string): Refusal =>
  new Refusal(
    `The job has no Azure CLI session, or one that gives no token for ${resource}: ${reason}`,
    `Run azure/login right before this step, in the same job. Its ID token ends after five minutes. After that, the CLI can neither renew a token nor request one for another service, such as the directory (AADSTS700024). Better, ${signInItself}`,
  );

export const tokenFromCli = (scope: string): string => `az account get-access-token returned a token for ${scope}.`;

export const cliSessionEnded = `This is the session of the Azure CLI from before this step, for example from azure/login. This action did not make it and cannot renew it. Run azure/login again right before this step. Better, ${signInItself}`;

/** @param who the client ID and the tenant @param claims the sentence about the claims of the ID token, or nothing */
export const refusedByEntra = (
  who: { readonly clientId: string; readonly tenantId: string },
  { code, message, requestId }: { readonly code: string; readonly message: string; readonly requestId: string | null },
  claims: string,
): string =>
  `Microsoft Entra does not let this job sign in as ${who.clientId} in ${who.tenantId}: ${code}: ${message}${requestId === null ? '' : ` (request ID ${requestId})`}.${claims}`;

export const carriedClaims = (issuer = '', subject = '', audience = ''): string =>
  ` The ID token carried the issuer ${issuer}, the subject ${subject} and the audience ${audience}.`;
