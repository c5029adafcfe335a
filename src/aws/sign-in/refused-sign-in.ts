import { Refusal, type CloudError, type Failure } from '#access/errors';
import { adviceOn, boundBy, evidenceOf, type IdentityToken } from '#access/identity-token';
import { refusingPolicy } from '../failure-reasons.ts';

const trustPolicy = 'the role’s trust policy';

/**
 * Says what the refused token carried, so that the trust policy can be compared with it; never the token (P9). STS answers
 * AccessDenied where the trust policy does not fit, or the role does not exist; any other answer, and a policy that refuses
 * it, is about something else.
 */
export function refusedSignIn(
  { failure }: CloudError,
  { roleArn }: { readonly roleArn: string },
  token: IdentityToken,
): Refusal {
  const { code, message, requestId } = failure;
  const id = requestId === null ? '' : ` (request id ${requestId})`;
  return new Refusal(
    `AWS does not let this job assume ${roleArn}: ${code}: ${message}${id}`,
    adviceFor(failure, token),
    evidenceOf(token, trustPolicy),
  );
}

function adviceFor({ code, message, hint }: Failure, token: IdentityToken): string {
  const refusing = refusingPolicy(message);
  if (refusing !== null && /^(?:resource-based|role trust) policy$/iu.test(refusing)) return adviceOnDeny(token);
  if (refusing === null && /^AccessDenied(?:Exception)?$/u.test(code)) return adviceOnTrust(token);
  return `${hint ?? 'Run the step again.'} ${issuedBy(token)}`;
}

/** Of a role that means its trust policy. It may be about the environment: a job that has none needs one first. */
function adviceOnDeny(token: IdentityToken): string {
  const environment = boundBy(token).by === 'nothing' ? `${adviceOn(token, trustPolicy)} ` : '';
  return `${environment}A Deny in ${trustPolicy} refuses this token, and no further Allow helps. Leave it in place: the people who set it decide whether this job is meant to assume the role.`;
}

function issuedBy({ claims }: IdentityToken): string {
  return `The token’s issuer is ${claims['iss'] ?? '?'}, its audience ${claims['aud'] ?? '?'}.`;
}

function adviceOnTrust(token: IdentityToken): string {
  const role = 'Check also that the role exists: STS answers the same for a role that does not.';
  return [adviceOn(token, trustPolicy), ...conditions(token), role].join(' ');
}

/** The condition keys begin with the issuer. Source: IAM user guide, condition keys for OIDC federation. */
function conditions(token: IdentityToken): readonly string[] {
  const { claims } = token;
  const bound = boundBy(token);
  if (bound.by === 'nothing') return [];
  const prefix = (claims['iss'] ?? '').replace(/^https:\/\//u, '');
  const aud = `${prefix}:aud (${claims['aud'] ?? ''})`;
  const known = isKnownToSts(prefix);
  if (bound.by === 'claim') {
    const environment = known
      ? `let the policy test ${prefix}:environment besides, or add environment to the form of the subject`
      : 'add environment to the form of the subject';
    return [
      `The subject has a form of its own, which does not name the environment: ${environment}.`,
      `The policy compares ${prefix}:sub and ${aud} with the claims in the log.`,
    ];
  }
  const further = known ? '; it may test :repository_id and :job_workflow_ref too' : '';
  return [`With StringEquals the policy compares ${prefix}:sub (${claims['sub'] ?? ''}) and ${aud}${further}.`];
}

/** Of other issuers, such as GitHub Enterprise Server, STS knows sub and aud only. Source: IAM service authorization reference, sts. */
function isKnownToSts(prefix: string): boolean {
  return /^(?:token\.actions\.(?:githubusercontent\.com|[^./]+\.ghe\.com)(?:\/|$)|github\.com\/enterprises\/)/u.test(
    prefix,
  );
}
