import {
  declareCloud,
  isLeasing,
  settingsOf,
  uselessInputs,
  type Asked,
  type Settled,
  type Surroundings,
  type Values,
} from '#access/declaration';
import { checkEndpoint } from '#access/endpoints';
import type { Fault } from '#access/errors';
import { operations, type Lines } from '#access/request';
import { endpointSettings, steeringSettings } from './endpoints.ts';
import { fileFaults } from './shared-files.ts';
import { badRegion, forms, noRegion, notBesideOthers } from './messages/inputs.ts';
import { parseCaller } from './sign-in/caller.ts';
import { inputs, ownInputs, quotas, schedulerInputs } from './inputs.ts';
import { besideLease, groupsOf, leaseOf, schedulerFaults } from './leases/inputs.ts';
import { checkLeaseId } from './leases/lease-id.ts';
import {
  exampleById,
  isById,
  parseAllowed,
  parsePrincipal,
  parseRole,
  prefixes,
  principalTypes,
} from './resolve/lines.ts';
import * as patterns from './resolve/patterns.ts';
import { isWhole, parseExclusion, parseTarget } from './resolve/target-lines.ts';
import type { AwsSettings, SignIn } from './settings.ts';

/** The audience that STS expects in a partition. Source: configure-aws-credentials, AWS IAM guide for China. */
function defaultAudience(partition: string): string {
  return partition === 'aws-cn' ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com';
}

function settle(values: Values<typeof inputs>, surroundings: Surroundings, asked: Asked): Settled<AwsSettings> {
  const { variables, allowedEndpoints } = surroundings;
  const lease = leaseOf(asked);
  const region =
    lease?.region ?? values['aws-region'] ?? variables.get('AWS_REGION') ?? variables.get('AWS_DEFAULT_REGION') ?? null;
  const endpoints = endpointSettings(surroundings);
  const faults: Fault[] = endpoints
    .map((endpoint) => checkEndpoint(endpoint, allowedEndpoints))
    .filter((fault) => fault !== null);
  faults.push(
    ...uselessInputs(ownInputs, values, asked.operation),
    ...fileFaults(surroundings, values['aws-role-to-assume'] === null),
    ...besideWhole(asked.lines),
    ...schedulerFaults(values, asked),
    ...(lease === null ? regionFaults(region, asked) : besideLease(values, lease)),
  );
  if (region === null || faults.length > 0) {
    return { ok: false, faults, needsIdToken: values['aws-role-to-assume'] !== null };
  }
  const signIn = signInOf(values, surroundings);
  const store = values['aws-identity-store-id'];
  return {
    ok: true,
    audience: signIn.kind === 'web-identity' ? signIn.audience : null,
    endpoints: steeringSettings(surroundings, signIn.kind === 'ambient'),
    settings: {
      ...settingsOf(ownInputs, values),
      ...(lease === null ? {} : { instanceArn: lease.instanceArn }),
      region,
      signIn,
      identityStoreId: store?.id ?? null,
      ownerAccountId: store?.account ?? null,
      scheduler: lease ?? {
        ...settingsOf(schedulerInputs, values),
        ...groupsOf(values['aws-scheduler-group']),
      },
      leasing: isLeasing(asked) || values['aws-scheduler-role-arn'] !== null,
      routing: null,
      caller: null,
    },
  };
}

/** A lease names its own Region. Where it was not understood, the Region is unknown, which is no fault of its own. */
function regionFaults(region: string | null, { operation }: Asked): readonly Fault[] {
  if (operation === 'release' || operation === 'extend') return [];
  const { example } = inputs['aws-region'];
  if (region === null) return [{ input: 'aws-region', problem: noRegion, example }];
  return patterns.region.test(region) ? [] : [{ input: 'aws-region', problem: badRegion(region), example }];
}

/** `all` and `outdated` mean everything: a line beside them would be ignored, or would contradict them. */
function besideWhole({ targets }: Lines): readonly Fault[] {
  const whole = targets.find(isWhole);
  if (whole === undefined || new Set(targets.map(({ text }) => text)).size === 1) return [];
  return [{ input: 'target', problem: notBesideOthers(whole.text), example: whole.text }];
}

function signInOf(values: Values<typeof inputs>, { runName }: Surroundings): SignIn {
  const roleArn = values['aws-role-to-assume'];
  if (roleArn === null) return { kind: 'ambient' };
  const partition = patterns.roleArn.exec(roleArn)?.groups?.['partition'] ?? 'aws';
  return {
    kind: 'web-identity',
    roleArn,
    sessionName: values['aws-role-session-name'] ?? `cloud-access-${runName}`.slice(0, 64),
    audience: values['aws-audience'] ?? defaultAudience(partition),
  };
}

/** The inputs, grammar and rules of AWS IAM Identity Center. */
export const awsDeclaration = declareCloud<typeof inputs, AwsSettings>({
  operations,
  inputs,
  otherNames: {
    account: 'target',
    accounts: 'target',
    'account-id': 'target',
    'permission-set': 'role',
    'permission-sets': 'role',
    'role-arn': 'aws-role-to-assume',
    'aws-role': 'aws-role-to-assume',
    'aws-role-arn': 'aws-role-to-assume',
  },
  principalTypes,
  ownedPrincipalTypes: null,
  rowProperties: [],
  belowTargets: false,
  prefixes,
  notations: [
    { pattern: /^arn:/u, what: forms.arn },
    { pattern: patterns.accountId, what: forms.account, only: 'target' },
    { pattern: patterns.organizationalUnitId, what: forms.unit, only: 'target' },
  ],
  examples: { principal: 'group:Payments On-Call', target: '123456789012', role: 'ReadOnlyAccess' },
  exampleExclusion: 'ou:ou-a1b2-c3d4e5f6/**\n!123456789012',
  exampleById,
  secretVariables: ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_CONTAINER_AUTHORIZATION_TOKEN'],
  quotas,
  parsePrincipal,
  parseTarget,
  parseExclusion,
  parseRole,
  parseAllowed,
  isById,
  parseCaller,
  parseLease: checkLeaseId,
  settle,
});
