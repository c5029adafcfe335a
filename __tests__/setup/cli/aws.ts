import { deploy, exampleParameters, roleIn, type Parameters } from '../stack.ts';
import { optionsOf, valuesIn, type Program, type Said } from './programs.ts';

/** What the AWS CLI finds, signed in to the delegated administrator account for Identity Center. */
export interface Aws {
  readonly instances: readonly string[];
  /** 1 where GitHub is an identity provider of the account. */
  providers: number;
  /** What that provider takes. */
  readonly audiences: string[];
  /** Account that owns the instance. */
  readonly owner: string;
  readonly delegated: readonly string[];
  /** What a role trusts, where that is not what the template made it: by part of its statement, or by claim. */
  readonly trusted: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly accounts: readonly string[];
  readonly permissionSets: Readonly<Record<string, string>>;
  /** Value of the tag that lets a permission set be leased, empty where it is not there. */
  readonly tag: string;
  readonly tagged: Set<string>;
  /** Where the permission sets are provisioned. */
  readonly provisionedIn: readonly string[];
  /** User names and e-mail addresses. */
  readonly users: readonly string[];
  stack: { readonly status: string; readonly parameters: Parameters } | null;
  /** A command, and what is answered instead. */
  readonly refusal?: { readonly command: string; readonly answer: Said };
}

export const incidentAdmin = 'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-3c4d5e6f708192a3';

export function amazon(more: Partial<Aws> = {}): Aws {
  return {
    instances: ['arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f\td-90679a1b2c'],
    providers: 0,
    audiences: ['sts.amazonaws.com'],
    owner: '444455556666',
    delegated: ['111122223333'],
    trusted: {},
    accounts: ['123456789012', '444455556666'],
    permissionSets: { ReadOnly: `${incidentAdmin.slice(0, -1)}4`, IncidentAdmin: incidentAdmin },
    tag: '',
    tagged: new Set(),
    provisionedIn: ['123456789012'],
    users: ['alice@example.com'],
    stack: null,
    ...more,
  };
}

const provider = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
const gone: Said = {
  code: 254,
  err: '\nAn error occurred (NoSuchEntity) when calling the operation: it cannot be found.\n',
};
const line = (text: string | number): Said => ({ code: 0, out: `${text}\n` });

/**
 * The AWS CLI, as far as the script goes: what its --query makes of the answers. setup/aws.yaml is carried out.
 * Source: AWS CLI command reference; peers/moto holds the queries against the CLI itself.
 */
export function awsCli(world: Aws): Program {
  return ({ args }) => {
    const { command, options } = optionsOf(args);
    if (world.refusal?.command === command) return world.refusal.answer;
    switch (command) {
      case 'sts get-caller-identity':
        return line('111122223333');
      case 'sso-admin list-instances':
        return line(world.instances.map((it) => `${it}\t${world.owner}`).join('\n'));
      case 'organizations describe-organization':
        return line('444455556666');
      case 'organizations describe-account':
        return world.accounts.includes(options['account-id'] ?? '')
          ? line(options['account-id'] ?? '')
          : {
              code: 254,
              err: '\nAn error occurred (AccountNotFoundException) when calling the DescribeAccount operation\n',
            };
      case 'sso-admin list-permission-sets':
        return line(Object.values(world.permissionSets).join('\t'));
      case 'sso-admin describe-permission-set':
        return line(nameOf(world, options['permission-set-arn']) ?? '');
      case 'iam list-open-id-connect-providers':
        return line(hasProvider(world) ? provider : '');
      case 'iam get-open-id-connect-provider':
        return options['open-id-connect-provider-arn'] === provider ? line(world.audiences.join('\t')) : gone;
      case 'iam add-client-id-to-open-id-connect-provider':
        if (options['open-id-connect-provider-arn'] !== provider) return gone;
        world.audiences.push(options['client-id'] ?? '');
        return { code: 0 };
      case 'iam create-open-id-connect-provider':
        world.providers = 1;
        return { code: 0 };
      case 'iam get-role':
        return roleOf(world, options['role-name'] ?? '');
      case 'organizations list-delegated-administrators':
        return options['service-principal'] === 'sso.amazonaws.com' ? line(world.delegated.join('\t')) : line('');
      case 'sso-admin list-tags-for-resource':
        return line(world.tag);
      case 'sso-admin list-accounts-for-provisioned-permission-set':
        return line(world.provisionedIn.join('\t'));
      case 'cloudformation update-termination-protection':
        return { code: 0, out: '{}' };
      case 'sso-admin tag-resource':
        world.tagged.add(`${options['resource-arn'] ?? ''} ${options['tags'] ?? ''}`);
        return { code: 0 };
      case 'identitystore get-user-id':
        return user(world, options['alternate-identifier'] ?? '');
      case 'cloudformation deploy':
        return deployed(world, options['parameter-overrides'] ?? '');
      case 'cloudformation describe-stacks':
        return described(world);
      default:
        return { code: 252, err: `aws: error: argument command: Invalid choice: ${command}\n` };
    }
  };
}

function nameOf({ permissionSets }: Aws, arn: string | undefined): string | undefined {
  return Object.entries(permissionSets).find(([, it]) => it === arn)?.[0];
}

/** Beside those that are there already, that of the stack. */
const hasProvider = ({ providers, stack }: Aws): boolean =>
  providers > 0 || (stack !== null && stack.parameters['CreateOidcProvider'] !== 'false');

interface TrustStatement {
  readonly Effect: string;
  readonly Principal: { readonly Federated: string };
  readonly Action: string;
  readonly Condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** How many statements its trust policy has, whom the first one lets in, and what that tests. */
function roleOf({ stack, trusted }: Aws, name: string): Said {
  const role = ({ 'access-broker': 'Broker', 'access-sweeper': 'Sweeper' } as const)[name];
  if (stack === null || role === undefined) return gone;
  const { Statement } = roleIn(deploy({ ...exampleParameters, ...stack.parameters }), role).trust as {
    readonly Statement: readonly [TrustStatement];
  };
  const { Effect, Principal, Action, Condition } = Statement[0];
  const tests = Condition['StringEquals'] ?? {};
  const shown: Readonly<Record<string, unknown>> = {
    statements: Statement.length,
    Effect,
    Principal,
    Action,
    operators: Object.keys(Condition),
    tests: Object.keys(tests).length,
    ...Object.fromEntries(
      ['aud', 'sub', 'repository_id', 'job_workflow_ref'].map((claim) => [
        claim,
        tests[`token.actions.githubusercontent.com:${claim}`] ?? null,
      ]),
    ),
    ...trusted[name],
  };
  return line(
    Object.values(shown)
      .map((it) => (typeof it === 'string' ? it : JSON.stringify(it)))
      .join('\t'),
  );
}

/** What is not given stays as it was. */
function deployed(world: Aws, overrides: string): Said {
  const parameters = { ...world.stack?.parameters, ...valuesIn(overrides) };
  deploy(parameters);
  world.stack = { status: 'CREATE_COMPLETE', parameters };
  return { code: 0, out: '\nSuccessfully created/updated stack - cloud-access\n' };
}

function user({ users }: Aws, identifier: string): Said {
  const { UniqueAttribute: it } = JSON.parse(identifier) as {
    readonly UniqueAttribute: { readonly AttributePath: string; readonly AttributeValue: string };
  };
  return it.AttributePath === 'emails.value' && users.includes(it.AttributeValue)
    ? line('94682488-a071-70a3-2c9d-6d5c1b2a3f4e')
    : {
        code: 254,
        err: '\nAn error occurred (ResourceNotFoundException) when calling the GetUserId operation: USER not found.\n',
      };
}

const instance = { InstanceId: 'ssoins-72231a2b3c4d5e6f' };

function described({ stack }: Aws): Said {
  if (stack === null)
    return {
      code: 254,
      err: '\nAn error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id cloud-access does not exist\n',
    };
  const defaults = { GrantEnvironment: 'production-access', LeaseEndEnvironment: 'lease-end', ...instance };
  const parameters: Parameters = { ...defaults, ...stack.parameters };
  const shown = [
    'Repository',
    'RepositoryId',
    'GrantWorkflows',
    'Accounts',
    'PermissionSets',
    ...Object.keys(defaults),
  ];
  const has = shown.filter((name) => name in parameters).map((name) => `${name}=${parameters[name] ?? ''}`);
  return line(`${stack.status}\t${has.join(' ')}`);
}
