import { Refusal, type CloudError, type Failure } from '#access/errors';
import { adviceOn, boundBy, evidenceOf, type IdentityToken } from '#access/identity-token';
import { refusingPolicy } from '../failure-reasons.ts';
import * as messages from '../messages/sign-in.ts';

const { trustPolicy } = messages;

/**
 * Shows the claims of the refused token, so that the trust policy can be compared with them; never the token (P9). STS
 * answers AccessDenied if the trust policy does not match or the role does not exist. Any other answer, and a policy that
 * refuses the request, is about something else.
 */
export function refusedSignIn(
  { failure }: CloudError,
  { roleArn }: { readonly roleArn: string },
  token: IdentityToken,
): Refusal {
  const { code, message, requestId } = failure;
  const id = requestId === null ? '' : ` (request ID ${requestId})`;
  return new Refusal(
    messages.mayNotAssume(roleArn, `${code}: ${message}${id}`),
    adviceFor(failure, token),
    evidenceOf(token, trustPolicy),
  );
}

function adviceFor({ code, message, hint }: Failure, token: IdentityToken): string {
  const refusing = refusingPolicy(message);
  if (refusing !== null && /^(?:resource-based|role trust) policy$/iu.test(refusing)) return adviceOnDeny(token);
  if (refusing === null && /^AccessDenied(?:Exception)?$/u.test(code)) return adviceOnTrust(token);
  const { claims } = token;
  return `${hint ?? messages.runAgain} ${messages.issuedBy(claims['iss'] ?? '?', claims['aud'] ?? '?')}`;
}

/** Advice on a Deny in the trust policy. It may be about the environment: a job without one needs one first. */
function adviceOnDeny(token: IdentityToken): string {
  const environment = boundBy(token).by === 'nothing' ? `${adviceOn(token, trustPolicy)} ` : '';
  return environment + messages.denied;
}

function adviceOnTrust(token: IdentityToken): string {
  return [adviceOn(token, trustPolicy), ...conditions(token), messages.checkRole].join(' ');
}

/** The condition keys begin with the issuer. Source: IAM user guide, condition keys for OIDC federation. */
function conditions(token: IdentityToken): readonly string[] {
  const { claims } = token;
  const bound = boundBy(token);
  if (bound.by === 'nothing') return [];
  const prefix = (claims['iss'] ?? '').replace(/^https:\/\//u, '');
  const aud = `${prefix}:aud (${claims['aud'] ?? ''})`;
  const known = isKnownToSts(prefix);
  if (bound.by === 'claim')
    return [
      messages.subjectWithoutEnvironment(known ? `${prefix}:environment` : null),
      messages.compareWithLog(`${prefix}:sub`, aud),
    ];
  return [messages.compareEqual(`${prefix}:sub (${claims['sub'] ?? ''})`, aud, known)];
}

/**
 * False for other issuers, such as GitHub Enterprise Server, of which STS knows only sub and aud. Source: IAM service
 * authorization reference, sts.
 */
function isKnownToSts(prefix: string): boolean {
  return /^(?:token\.actions\.(?:githubusercontent\.com|[^./]+\.ghe\.com)(?:\/|$)|github\.com\/enterprises\/)/u.test(
    prefix,
  );
}
