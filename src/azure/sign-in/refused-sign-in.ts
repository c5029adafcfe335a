import { Refusal, type CloudError } from '../../access/errors.ts';
import { describeClaims, nameOnlySubject, type IdentityToken } from '../../access/identity-token.ts';
import type { SignIn } from '../settings.ts';
import type { Environment } from './environments.ts';

/** What to look at, by Entra's code. Source: azure-rbac §6.1. */
const hints: Readonly<Record<string, (environment: Environment) => string>> = {
  AADSTS700213: () => mismatch('subject'),
  AADSTS70025: () => 'The application has no federated credential at all: it needs one that matches the token.',
  AADSTS70021: () => mismatch('issuer, subject or audience'),
  AADSTS7002138: () =>
    'The subject of the federated credential differs from the token’s in letter case only: write it exactly as the token has it.',
  AADSTS700211: () =>
    `${mismatch('issuer')} An issuer has no slash at its end, and an enterprise may have one of its own.`,
  AADSTS700212: () => `${mismatch('audience')} azure-audience sets what the token carries.`,
  AADSTS700016: ({ name }) =>
    `The directory does not know this client id: check azure-client-id (the application’s client id, not an object id), azure-tenant-id, and azure-environment (now ${name}).`,
  AADSTS90002: ({ name }) =>
    `There is no such directory in this cloud: check azure-tenant-id and azure-environment (now ${name}).`,
  AADSTS900023: ({ name }) =>
    `There is no such directory in this cloud: check azure-tenant-id and azure-environment (now ${name}).`,
};

function mismatch(what: string): string {
  return `No federated credential of the application has the ${what} that the token carries; they are compared exactly, letter case included. One made a moment ago can take minutes to be known.`;
}

const unlisted =
  'See what Microsoft says of this code, and check azure-client-id, azure-tenant-id and the application’s federated credentials.';

/** Whether Entra refused who the job is, rather than being unable to say. */
export function isRefusedSignIn({ failure }: CloudError): boolean {
  const passing = failure.kind === 'unavailable' || failure.kind === 'throttled';
  return failure.code.startsWith('AADSTS') && !passing;
}

/** Says what the refused token carried, and the federated credential that would match it; never the token (P9). */
export function refusedSignIn(
  { failure }: CloudError,
  { clientId, tenantId, audience }: SignIn & { readonly kind: 'federated' },
  environment: Environment,
  token: IdentityToken,
): Refusal {
  const { claims } = token;
  const id = failure.requestId === null ? '' : ` (request id ${failure.requestId})`;
  const parameters = {
    name: 'github-actions',
    issuer: claims['iss'] ?? '',
    subject: claims['sub'] ?? '',
    audiences: [claims['aud'] ?? audience],
  };
  return new Refusal(
    `Microsoft Entra does not let this job sign in as ${clientId} in ${tenantId}: ${failure.code}: ${failure.message}${id}. The ID token carried issuer ${parameters.issuer}, subject ${parameters.subject}, audience ${parameters.audiences.join(', ')}.`,
    [hints[failure.code]?.(environment) ?? unlisted, immutableForm(token)].filter((text) => text !== '').join(' '),
    [
      'The refused ID token carried:',
      ...describeClaims(token, ['iss', 'sub', 'aud', 'job_workflow_ref']),
      'A federated credential that matches it (of a managed identity: az identity federated-credential create):',
      `  az ad app federated-credential create --id ${clientId} --parameters ${quoted(JSON.stringify(parameters))}`,
    ],
  );
}

/** For a shell: a branch may be named by whoever can push. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function immutableForm(token: IdentityToken): string {
  return nameOnlySubject(token) === null
    ? ''
    : 'This repository sends the subject with the numeric ids of owner and repository: the credential has to be written in that form.';
}
