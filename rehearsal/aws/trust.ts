import type { Estate } from '../estate.ts';
import type { Claims } from '../github/claims.ts';
import { subjectsOf } from '../subjects.ts';
import { conditionsHold, wildcard, type ConditionBlock, type ConditionContext } from './conditions.ts';

interface TrustStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?:
    { readonly Federated?: string | readonly string[]; readonly Service?: string | readonly string[] } | string;
  readonly Action: string | readonly string[];
  readonly Condition?: ConditionBlock;
}

const ACTION = 'sts:AssumeRoleWithWebIdentity';

/**
 * The GitHub claims that STS offers as condition keys in addition to aud, sub and amr (IAM user guide,
 * reference_policies_iam-condition-keys, OIDC federation).
 */
const CLAIM_KEYS = [
  'repository',
  'repository_id',
  'repository_owner_id',
  'ref',
  'environment',
  'workflow',
  'job_workflow_ref',
  'actor',
  'actor_id',
  'enterprise_id',
] as const;

/** True if a role's trust policy allows a bearer of these claims to assume it. */
export function trusts(policy: unknown, providerArn: string, claims: Claims): boolean {
  const provider = providerArn.slice(providerArn.indexOf('oidc-provider/') + 'oidc-provider/'.length);
  const context = Object.fromEntries(
    ['aud', 'sub', ...CLAIM_KEYS].map((name) => [
      `${provider}:${name}`,
      claims[name] === undefined ? undefined : String(claims[name]),
    ]),
  );
  return allows(policy, { kind: 'Federated', id: providerArn, action: ACTION }, context);
}

/** True if a role's trust policy allows a service of AWS to assume it, for a resource of an account. */
export function trustsService(
  policy: unknown,
  service: string,
  source: { readonly account: string; readonly arn: string },
): boolean {
  const context = { 'aws:SourceAccount': source.account, 'aws:SourceArn': source.arn };
  return allows(policy, { kind: 'Service', id: service, action: 'sts:AssumeRole' }, context);
}

interface Assuming {
  readonly kind: 'Federated' | 'Service';
  readonly id: string;
  readonly action: string;
}

function allows(policy: unknown, who: Assuming, context: ConditionContext): boolean {
  const { Statement } = policy as { readonly Statement: TrustStatement | readonly TrustStatement[] };
  const matching = [Statement]
    .flat()
    .filter((statement) => isAbout(statement, who) && conditionsHold(statement.Condition, context));
  return matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny');
}

function isAbout({ Action, Principal }: TrustStatement, { kind, id, action }: Assuming): boolean {
  const named = typeof Principal === 'object' ? [Principal[kind] ?? []].flat() : [];
  return (
    [Action].flat().some((pattern) => wildcard(pattern, 'i').test(action)) && (Principal === '*' || named.includes(id))
  );
}

export function providerArnOf(roleArn: string, issuer: string): string {
  const [, partition = 'aws', , , accountId = ''] = roleArn.split(':');
  return `arn:${partition}:iam::${accountId}:oidc-provider/${issuer.replace(/^https:\/\//, '')}`;
}

/**
 * The trust policy that the documentation recommends: certain subjects, one audience.
 *
 * @param trusts the subjects; default those of the estate's repository
 */
export function defaultTrust(
  { identityProvider, repository }: Estate,
  roleArn: string,
  trusts?: readonly string[],
): unknown {
  const arn = providerArnOf(roleArn, identityProvider.issuer);
  const provider = identityProvider.issuer.replace(/^https:\/\//, '');
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: arn },
        Action: ACTION,
        Condition: {
          StringEquals: {
            [`${provider}:aud`]: identityProvider.audiences,
            [`${provider}:sub`]: subjectsOf(repository, trusts),
          },
        },
      },
    ],
  };
}

/** The trust policy that an execution role needs: the Scheduler alone, for one schedule group of the role's own account. */
export function schedulerTrust(roleArn: string, region: string, group: string): unknown {
  const [, partition = 'aws', , , account = ''] = roleArn.split(':');
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: {
            'aws:SourceAccount': account,
            'aws:SourceArn': `arn:${partition}:scheduler:${region}:${account}:schedule-group/${group}`,
          },
        },
      },
    ],
  };
}

/** The audiences that the trust policy names: an OIDC provider in IAM has to list them too. */
export function audiencesOf(policy: unknown): readonly string[] {
  const { Statement } = policy as { readonly Statement: TrustStatement | readonly TrustStatement[] };
  return [Statement]
    .flat()
    .flatMap(({ Condition }) =>
      Object.values(Condition ?? {}).flatMap((keys) =>
        Object.entries(keys).flatMap(([key, value]) => (key.endsWith(':aud') ? [value].flat().map(String) : [])),
      ),
    );
}
