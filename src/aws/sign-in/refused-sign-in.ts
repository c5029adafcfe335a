import { Refusal, type CloudError } from '../../access/errors.ts';
import { describeClaims, nameOnlySubject, type IdentityToken } from '../../access/identity-token.ts';

/**
 * The claims that a role's trust policy may name. Source: AWS IAM, condition keys for GitHub's OIDC provider
 * (validated by STS since January 2026).
 */
const trustClaims = [
  'repository',
  'repository_id',
  'ref',
  'environment',
  'workflow',
  'job_workflow_ref',
  'actor',
  'actor_id',
  'enterprise_id',
] as const;

/** Says what the refused token carried, so that the trust policy can be compared with it; never the token (P9). */
export function refusedSignIn(
  { failure }: CloudError,
  { roleArn }: { readonly roleArn: string },
  token: IdentityToken,
): Refusal {
  const { claims } = token;
  const id = failure.requestId === null ? '' : ` (request id ${failure.requestId})`;
  return new Refusal(
    `AWS does not let this job assume ${roleArn}: ${failure.code}: ${failure.message}${id}`,
    [
      'The role’s trust policy must name the identity provider of that issuer, the action sts:AssumeRoleWithWebIdentity,',
      `and with StringEquals exactly this token.actions.githubusercontent.com:aud (${claims['aud'] ?? '?'}) and :sub (${claims['sub'] ?? '?'}).`,
      immutableForm(token),
      'Check also that the role exists: STS answers the same for a role that does not.',
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    ['The refused ID token carried:', ...describeClaims(token, ['sub', 'aud', 'iss', ...trustClaims])],
  );
}

function immutableForm(token: IdentityToken): string {
  const old = nameOnlySubject(token);
  if (old === null) return '';
  return `This repository sends the immutable subject form, with the numeric ids of owner and repository: a trust policy with the name-only form (${old}) refuses it.`;
}
