import { Refusal, type CloudError } from '../../access/errors.ts';
import type { IdentityToken } from '../../access/identity-token.ts';
import { adviceOn, boundBy, evidenceOf } from '../../access/refused-token.ts';
import type { SignIn } from '../settings.ts';
import type { Environment } from './environments.ts';

const credential = 'the federated credential';

/** What is said of a code. @param environment the cloud's name */
type Advice = (token: IdentityToken, environment: Environment) => string;

/** What to look at, by Entra's code. Source: Microsoft's reference of AADSTS error codes; Azure/login#379, #482, #515, #561. */
const hints: Readonly<Record<string, Advice>> = {
  AADSTS700213: (token) => mismatch('subject', token),
  AADSTS70025: (token) =>
    `${adviceOn(token, credential)} The application has no federated credential at all: docs/setup-by-hand.md makes one for an environment with rules.`,
  AADSTS70021: (token) => mismatch('issuer, subject or audience', token),
  AADSTS7002138: (token) =>
    `${adviceOn(token, credential)} The subject of ${credential} differs from the token’s in letter case only: names of owner, repository and environment have to be written as GitHub writes them.`,
  AADSTS700211: (token) =>
    `${mismatch('issuer', token)} The token’s issuer is ${token.claims['iss'] ?? ''}: GitHub Enterprise and *.ghe.com have issuers of their own, and none has a slash at its end.`,
  AADSTS700212: (token) =>
    `${mismatch('audience', token)} azure-audience sets what the token carries; each cloud has a default of its own.`,
  AADSTS700016: (_, environment) =>
    `The directory does not know this client id. ${exchanged(environment)} azure-client-id is the client id of the application, not an object id.`,
  AADSTS90002: (_, environment) => `There is no such directory in this cloud. ${exchanged(environment)}`,
  AADSTS900023: (_, environment) => `There is no such directory in this cloud. ${exchanged(environment)}`,
  AADSTS700024: () =>
    'The ID token had ended, or was not valid yet, when Entra read it, and so had a new one: have the runner’s clock set by NTP.',
  AADSTS7002381: ({ claims: { enterprise = '' } }) =>
    `A policy of the directory demands that GitHub’s tokens carry a claim with a value that the message names; enterprise is ${enterprise === '' ? 'empty' : enterprise} here. Nothing in ${credential} mends that: run the job in a repository of such an enterprise.`,
};

function exchanged({ name }: Environment): string {
  return `Are azure-tenant-id and azure-client-id exchanged? Check both, and azure-environment (now ${name}).`;
}

function mismatch(what: string, token: IdentityToken): string {
  const none = `No federated credential of the application has the ${what} that the token carries.`;
  const compared =
    boundBy(token).by === 'claim'
      ? ' The subject has a form of its own, which does not name the environment: add environment to it.'
      : '';
  return `${adviceOn(token, credential)} ${none}${compared} They are compared exactly, letter case included, and one made a moment ago can take minutes to be known.`;
}

const unlisted =
  'See what Microsoft says of this code, and check azure-client-id, azure-tenant-id and azure-environment.';

/** Whether Entra refused who the job is, rather than being unable to say. */
export function isRefusedSignIn({ failure }: CloudError): boolean {
  const passing = failure.kind === 'unavailable' || failure.kind === 'throttled';
  return failure.code.startsWith('AADSTS') && !passing;
}

/** Says what the refused token carried, so that the federated credential can be compared with it; never the token (P9). */
export function refusedSignIn(
  { failure }: CloudError,
  { clientId, tenantId }: SignIn & { readonly kind: 'federated' },
  environment: Environment,
  token: IdentityToken,
): Refusal {
  const { code, message, requestId } = failure;
  const id = requestId === null ? '' : ` (request id ${requestId})`;
  return new Refusal(
    `Microsoft Entra does not let this job sign in as ${clientId} in ${tenantId}: ${code}: ${message}${id}.${carried(token)}`,
    hints[code]?.(token, environment) ?? unlisted,
    evidenceOf(token, credential),
  );
}

/** A subject that anybody who can push may cause is not for an annotation: the log has it, as evidence. */
function carried(token: IdentityToken): string {
  const { iss, sub, aud } = token.claims;
  if (boundBy(token).by !== 'subject') return '';
  return ` The ID token carried issuer ${iss ?? ''}, subject ${sub ?? ''}, audience ${aud ?? ''}.`;
}
