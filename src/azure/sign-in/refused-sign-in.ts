import { Refusal, type CloudError } from '#access/errors';
import { adviceOn, boundBy, evidenceOf, type IdentityToken } from '#access/identity-token';
import type { SignIn } from '../settings.ts';
import { parseEnvironment, type Environment } from './environments.ts';

const credential = 'the federated credential';

/** What is said of a code. @param environment the cloud's name */
type Advice = (token: IdentityToken, environment: Environment) => string;

/** What to look at, by Entra's code. Source: Microsoft's reference of AADSTS error codes; Azure/login#379, #482, #515, #561. */
const hints: Readonly<Record<string, Advice>> = {
  AADSTS700213: (token) => mismatch('subject', token),
  AADSTS70025: (token) =>
    besides(
      token,
      'The application has no federated credential at all: check azure-client-id; docs/setup-by-hand.md makes one for an environment with rules.',
    ),
  AADSTS70021: (token) => mismatch('issuer, subject or audience', token),
  AADSTS7002138: (token) =>
    besides(
      token,
      `The subject of ${credential} differs from the token’s in letter case only: names of owner, repository and environment have to be written as GitHub writes them.`,
    ),
  AADSTS700211: (token) =>
    besides(
      token,
      `No federated credential of the application has the token’s issuer, ${token.claims['iss'] ?? ''}. GitHub Enterprise and *.ghe.com have issuers of their own, and none has a slash at its end. ${compared}`,
    ),
  AADSTS700212: (token, { arm, name }) => {
    const choice = parseEnvironment(arm);
    const absent =
      choice?.kind === 'known'
        ? `leave it out, and give the credential the default of ${name}, ${choice.idTokenAudience}`
        : `give the credential an audience of your own and set azure-audience to it, since a custom azure-environment has no default`;
    return besides(
      token,
      `No federated credential of the application has the token’s audience, ${token.claims['aud'] ?? ''}. Set azure-audience to the one that the credential has, or ${absent}. ${compared}`,
    );
  },
  AADSTS700016: (_, environment) =>
    `The directory does not know this client id. ${exchanged(environment)} azure-client-id is the client id of the application, not an object id.`,
  AADSTS90002: (_, environment) => `There is no such directory in this cloud. ${exchanged(environment)}`,
  AADSTS900023: (_, environment) => `There is no such directory in this cloud. ${exchanged(environment)}`,
  AADSTS700024: () =>
    'The ID token had ended, or was not valid yet, when Entra read it, and so had a new one: have the runner’s clock set by NTP.',
  AADSTS7002381: ({ claims: { enterprise = '' } }) =>
    `A policy of the directory demands that GitHub’s tokens carry a claim with a value that the message names; enterprise is ${enterprise === '' ? 'empty' : enterprise} here. Nothing in ${credential} mends that: run the job in a repository of such an enterprise.`,
  AADSTS53003: () => conditionalAccess,
  AADSTS530032: () => conditionalAccess,
  AADSTS530035: () => conditionalAccess,
  AADSTS7000112: () =>
    `The application, or its service principal in this directory, is disabled: the owners of the directory decide whether to enable it again. ${notAtFault}`,
  // Source: AzureAD/microsoft-authentication-library-for-dotnet#5251.
  AADSTS5000224: () =>
    'Microsoft does not serve this directory, as one that was disabled or given up. Check that azure-tenant-id is the directory you mean; if it is, its owners have to ask Microsoft.',
  AADSTS50057: () =>
    `The account is disabled: the administrators of the directory decide whether to enable it again. ${notAtFault}`,
  AADSTS50105: () => unassigned,
  AADSTS501051: () => unassigned,
};

const notAtFault = `Nothing in ${credential} or in the inputs mends that.`;

/** Source: Microsoft’s reference of AADSTS error codes; Conditional Access for workload identities; dotnet/maui#37951. */
const conditionalAccess = `A Conditional Access policy of the directory, or its security defaults, blocks this sign-in, because of the runner’s network or of risk, for example. The directory’s sign-in log names the policy, and its owners decide whether this job is meant to sign in. ${notAtFault}`;

const unassigned = `The directory gives tokens for this service only to identities that are assigned to it: its administrators decide whether this one is meant to be. ${notAtFault}`;

function exchanged({ name }: Environment): string {
  return `Are azure-tenant-id and azure-client-id exchanged? Check both, and azure-environment (now ${name}).`;
}

const compared =
  'They are compared exactly, letter case included, and one made a moment ago can take minutes to be known.';

/** What Entra named is at fault; the environment is only where there is none. */
function besides(token: IdentityToken, fault: string): string {
  return boundBy(token).by === 'nothing' ? `${adviceOn(token, credential)} ${fault}` : fault;
}

function mismatch(what: string, token: IdentityToken): string {
  const none = `No federated credential of the application has the ${what} that the token carries.`;
  const form =
    boundBy(token).by === 'claim'
      ? ' The subject has a form of its own, which does not name the environment: add environment to it.'
      : '';
  return `${adviceOn(token, credential)} ${none}${form} ${compared}`;
}

const unlisted =
  'Microsoft explains the code at https://login.microsoftonline.com/error. Where it speaks of an unknown application, directory or cloud, check azure-client-id, azure-tenant-id and azure-environment.';

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
