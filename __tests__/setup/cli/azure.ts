import { deployBicep, subscriptionId } from '../deployment.ts';
import { optionsOf, valuesIn, type Program, type Said } from './programs.ts';

interface Role {
  readonly id: string;
  readonly permissions: readonly { readonly actions: readonly string[]; readonly notActions: readonly string[] }[];
}

/** In the form of the template. */
interface Credential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** What the Azure CLI finds, signed in as an Owner of the subscription. */
export interface Azure {
  readonly cloud: string;
  /** Tenant of the subscription that is the default one: in its directory users are looked for. */
  readonly defaultTenant: string;
  readonly locations: readonly string[];
  readonly roles: Readonly<Record<string, Role>>;
  readonly groups: readonly string[];
  /** Whether access-broker is there. */
  readonly identity: boolean;
  /** Object ids by sign-in name. */
  readonly users: Readonly<Record<string, string>>;
  deployment: {
    readonly state: string;
    readonly values: { readonly repository: string; readonly rolesToLease: readonly string[] };
  } | null;
  /** Who may sign in as an identity, where that is not what the template made. */
  readonly credentials: Record<string, readonly Credential[]>;
  /** A command, and what is answered instead. */
  readonly refusal?: { readonly command: string; readonly answer: Said };
}

const tenant = '72f988bf-0000-4000-8000-000000000001';

export function microsoft(more: Partial<Azure> = {}): Azure {
  return {
    cloud: 'AzureCloud',
    defaultTenant: tenant,
    locations: ['westus', 'westeurope', 'koreacentral'],
    roles: {
      'Storage Blob Data Reader': {
        id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
        permissions: [{ actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/read'], notActions: [] }],
      },
      Contributor: {
        id: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
        permissions: [
          {
            actions: ['*'],
            notActions: [
              'Microsoft.Authorization/*/Delete',
              'Microsoft.Authorization/*/Write',
              'Microsoft.Authorization/elevateAccess/Action',
            ],
          },
        ],
      },
      Owner: { id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', permissions: [{ actions: ['*'], notActions: [] }] },
    },
    groups: ['payments-prod'],
    identity: false,
    users: { 'alice@example.com': 'a1100000-0000-4000-8000-0000000000a1' },
    deployment: null,
    credentials: {},
    ...more,
  };
}

const line = (text: string): Said => ({ code: 0, out: text === '' ? '' : `${text}\n` });
const clients = {
  brokerClientId: 'a9900000-0000-4000-8000-0000000000b0',
  sweeperClientId: 'a9900000-0000-4000-8000-0000000000b2',
};
const none: typeof clients = { brokerClientId: '-', sweeperClientId: '-' };

/**
 * The Azure CLI, as far as the script goes: what its --query makes of the answers. setup/azure.bicep is carried out.
 * Source: Azure CLI reference.
 */
export function azureCli(world: Azure): Program {
  return ({ args }) => {
    const { command, options } = optionsOf(args);
    if (world.refusal?.command === command) return world.refusal.answer;
    if (command === 'ad user show') return user(world.users[options['id'] ?? '']);
    if (command === 'account show' && options['subscription'] === undefined) return line(world.defaultTenant);
    if (options['subscription'] !== subscriptionId)
      return { code: 1, err: `ERROR: The subscription of '${options['subscription'] ?? ''}' doesn't exist.\n` };
    switch (command) {
      case 'account show':
        return line(`${tenant}\t${world.cloud}`);
      case 'account list-locations':
        return line(world.locations.join('\n'));
      case 'group show':
        return world.groups.includes(options['name'] ?? '')
          ? line(options['name'] ?? '')
          : {
              code: 3,
              err: `ERROR: (ResourceGroupNotFound) Resource group '${options['name'] ?? ''}' could not be found.\n`,
            };
      case 'role definition list':
        return options['name'] === undefined
          ? line(Object.keys(world.roles).join('\n'))
          : roles(world.roles[options['name']]);
      case 'identity show':
        return world.identity
          ? line('/subscriptions/…/access-broker')
          : { code: 3, err: "ERROR: (ResourceGroupNotFound) Resource group 'cloud-access' could not be found.\n" };
      case 'identity federated-credential list':
        return line(credentialsOf(world, options).map(asLine).join('\n'));
      case 'identity federated-credential delete':
        return credentialsBecome(world, options, (all) => all.filter(({ name }) => name !== options['name']));
      case 'identity federated-credential create':
        return credentialsBecome(world, options, (all) => [...all, credentialIn(options)]);
      case 'deployment sub create':
        return deployed(world, options['parameters'] ?? '');
      case 'deployment sub show':
        return shown(world);
      default:
        return { code: 2, err: `ERROR: '${command}' is misspelled or not recognized by the system.\n` };
    }
  };
}

function user(id: string | undefined): Said {
  return id === undefined
    ? {
        code: 3,
        err: "ERROR: Resource '…' does not exist or one of its queried reference-property objects are not present.\n",
      }
    : line(id);
}

function roles(role: Role | undefined): Said {
  if (role === undefined) return line('');
  const permissions = role.permissions.map((it) => `${it.actions.join(',')}!${it.notActions.join(',')}`);
  return line(`${role.id}\t${permissions.join(' ')}`);
}

type Options = Readonly<Record<string, string>>;

function credentialsOf({ credentials, deployment }: Azure, options: Options): readonly Credential[] {
  const identity = options['identity-name'] ?? '';
  const own = credentials[identity];
  if (own !== undefined || deployment === null) return own ?? [];
  const at = `${identity === 'access-broker' ? 'broker' : 'sweeper'}.credential`;
  const made = deployBicep(deployment.values).resources.find(({ path }) => path === at);
  const { name, properties } = made?.body as unknown as { name: string; properties: Omit<Credential, 'name'> };
  return [{ name, ...properties }];
}
const asLine = ({ name, issuer, subject, audiences }: Credential): string =>
  [name, issuer, subject, audiences.join(',')].join('\t');
function credentialIn(options: Options): Credential {
  const { name = '', issuer = '', subject = '', audiences = '' } = options;
  return { name, issuer, subject, audiences: audiences.split(' ') };
}
function credentialsBecome(
  world: Azure,
  options: Options,
  change: (all: readonly Credential[]) => readonly Credential[],
): Said {
  world.credentials[options['identity-name'] ?? ''] = change(credentialsOf(world, options));
  return { code: 0 };
}

function deployed(world: Azure, parameters: string): Said {
  const values = valuesIn(parameters);
  const asked = {
    repository: values['repository'] ?? '',
    rolesToLease: JSON.parse(values['rolesToLease'] ?? '') as readonly string[],
  };
  deployBicep(asked);
  world.deployment = { state: 'Succeeded', values: asked };
  return { code: 0 };
}

function shown({ deployment }: Azure): Said {
  if (deployment === null)
    return { code: 3, err: "ERROR: (DeploymentNotFound) Deployment 'cloud-access' could not be found.\n" };
  const { brokerClientId, sweeperClientId } = deployment.state === 'Succeeded' ? clients : none;
  const values = [deployment.values.repository, ...deployment.values.rolesToLease].join(' ');
  return line([deployment.state, brokerClientId, sweeperClientId, 'User,Group', values].join('\t'));
}
