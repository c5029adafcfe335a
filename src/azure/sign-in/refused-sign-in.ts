import { Refusal, type CloudError } from '#access/errors';
import { adviceOn, boundBy, evidenceOf, type IdentityToken } from '#access/identity-token';
import * as hints from '../messages/refused-sign-in.ts';
import { carriedClaims, refusedByEntra } from '../messages/sign-in.ts';
import type { SignIn } from '../settings.ts';
import { parseEnvironment, type Environment } from './environments.ts';

const credential = 'the federated credential';

/** A hint on a code. */
type Advice = (token: IdentityToken, environment: Environment) => string;

/** Hints by Entra's code. Source: Microsoft's reference of AADSTS error codes; Azure/login#379, #482, #515, #561. */
const advice: Readonly<Record<string, Advice>> = {
  AADSTS700213: (token) => mismatch('subject', token),
  AADSTS70025: (token) => besides(token, hints.noCredential),
  AADSTS70021: (token) => mismatch('issuer, subject or audience', token),
  AADSTS7002138: (token) => besides(token, hints.letterCase),
  AADSTS700211: (token) => besides(token, hints.otherIssuer(token.claims['iss'])),
  AADSTS700212: (token, { arm, name }) => {
    const choice = parseEnvironment(arm);
    const ofCloud = choice?.kind === 'known' ? choice.idTokenAudience : null;
    return besides(token, hints.otherAudience(token.claims['aud'], name, ofCloud));
  },
  AADSTS700016: (_, { name }) => hints.unknownClient(name),
  AADSTS90002: (_, { name }) => hints.unknownDirectory(name),
  AADSTS900023: (_, { name }) => hints.unknownDirectory(name),
  AADSTS700024: () => hints.clockOff,
  AADSTS7002381: ({ claims: { enterprise } }) => hints.claimRequired(enterprise),
  // Source: Microsoft's reference of AADSTS error codes; Conditional Access for workload identities; dotnet/maui#37951.
  AADSTS53003: () => hints.conditionalAccess,
  AADSTS530032: () => hints.conditionalAccess,
  AADSTS530035: () => hints.conditionalAccess,
  AADSTS7000112: () => hints.applicationDisabled,
  // Source: AzureAD/microsoft-authentication-library-for-dotnet#5251.
  AADSTS5000224: () => hints.directoryUnserved,
  AADSTS50057: () => hints.accountDisabled,
  AADSTS50105: () => hints.unassigned,
  AADSTS501051: () => hints.unassigned,
};

/** A hint on what Entra named; a job without an environment needs one first. */
function besides(token: IdentityToken, hint: string): string {
  return boundBy(token).by === 'nothing' ? `${adviceOn(token, credential)} ${hint}` : hint;
}

function mismatch(claims: string, token: IdentityToken): string {
  return `${adviceOn(token, credential)} ${hints.noCredentialFits(claims, boundBy(token).by === 'claim')}`;
}

/** True if Entra refused the identity of the job, and was not merely unable to check it. */
export function isRefusedSignIn({ failure }: CloudError): boolean {
  const passing = failure.kind === 'unavailable' || failure.kind === 'throttled';
  return failure.code.startsWith('AADSTS') && !passing;
}

/** Names the claims of the refused token, so that the federated credential can be compared with them; never the token (P9). */
export function refusedSignIn(
  { failure }: CloudError,
  signIn: SignIn & { readonly kind: 'federated' },
  environment: Environment,
  token: IdentityToken,
): Refusal {
  return new Refusal(
    refusedByEntra(signIn, failure, claimsOf(token)),
    advice[failure.code]?.(token, environment) ?? hints.unlisted,
    evidenceOf(token, credential),
  );
}

/** The compared claims. A subject that anyone who can push can cause is not for an annotation: the log has it, as evidence. */
function claimsOf(token: IdentityToken): string {
  const { iss, sub, aud } = token.claims;
  return boundBy(token).by === 'subject' ? carriedClaims(iss, sub, aud) : '';
}
