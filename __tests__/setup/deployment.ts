import { readText } from '../docs/repository.ts';
import { readBicep, type Declared, type Lookup, type Parameter } from './bicep.ts';

/**
 * What Resource Manager would be asked to make of a Bicep file of setup and its modules. Types, versions and properties are held
 * against a table; names, parameters and outputs have to fit together.
 */
export interface Deployment {
  readonly resources: readonly Made[];
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: unknown }>>;
  /** Parameters, variables and types that nothing refers to, as `file: name`. */
  readonly unused: readonly string[];
}

export interface Made {
  /** The symbolic name, behind those of the modules that it is in. */
  readonly path: string;
  readonly type: string;
  readonly body: Body;
}

type Body = Readonly<Record<string, unknown>>;

export const subscriptionId = '11111111-2222-4333-8444-555555555501';
export const exampleValues: Body = {
  repository: 'octo-org/infra',
  rolesToLease: ['2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', '4633458b-17de-408a-b874-0445c86b69e6'],
};

/**
 * Resource types with the version that is used, the scopes of deployments that may have them, and their properties; those
 * with `!` are required. `properties.` names what is in there.
 * Source: Azure template reference of each type: Microsoft.Authorization roleDefinitions and roleAssignments 2022-04-01,
 * Microsoft.ManagedIdentity userAssignedIdentities and federatedIdentityCredentials 2023-01-31, Microsoft.Resources
 * resourceGroups 2024-03-01.
 */
const known: Readonly<Record<string, { readonly scope: string; readonly has: readonly string[] }>> = {
  'Microsoft.Resources/resourceGroups@2024-03-01': { scope: 'subscription', has: ['name!', 'location!'] },
  'Microsoft.Authorization/roleDefinitions@2022-04-01': {
    scope: 'subscription',
    has: [
      'name!',
      'properties!',
      'properties.roleName!',
      'properties.description',
      'properties.type',
      'properties.permissions!',
      'properties.assignableScopes!',
    ],
  },
  'Microsoft.Authorization/roleAssignments@2022-04-01': {
    scope: 'subscription',
    has: [
      'name!',
      'properties!',
      'properties.roleDefinitionId!',
      'properties.principalId!',
      'properties.principalType!',
      'properties.condition',
      'properties.conditionVersion',
      'properties.description',
    ],
  },
  'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31': {
    scope: 'resourceGroup',
    has: ['name!', 'location!', 'tags'],
  },
  'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31': {
    scope: 'resourceGroup',
    has: ['name!', 'parent!', 'properties!', 'properties.issuer!', 'properties.subject!', 'properties.audiences!'],
  },
};

/** Values of setup/azure-files.bicep. */
export const exampleFileValues: Body = {
  repository: 'octo-org/infra',
  rolesInFiles: exampleValues['rolesToLease'],
};

/** @throws where a file is not understood, or Resource Manager would refuse what comes of it */
export function deployBicep(values: Body = exampleValues): Deployment {
  return deployFile('azure.bicep', values, '', 'subscription');
}

/** The same of the identities of access files. */
export function deployFileIdentities(values: Body = exampleFileValues): Deployment {
  return deployFile('azure-files.bicep', values, '', 'subscription');
}

function deployFile(name: string, values: Body, path: string, scope: string): Deployment {
  const file = readBicep(readText(`setup/${name}`));
  if (file.targetScope !== scope) throw new Error(`${name} is for ${file.targetScope}, and deployed to ${scope}`);
  const symbols = [...file.parameters, ...file.resources, ...file.modules].map((it) => it.name);
  const all = [...symbols, ...Object.keys(file.variables)];
  if (new Set(all).size < all.length) throw new Error(`A name is there twice in ${name}`);
  const parameters = new Set(file.parameters.map((it) => it.name));
  const foreign = Object.keys(values).filter((it) => !parameters.has(it));
  if (foreign.length > 0) throw new Error(`${name} has no parameter ${foreign.join()}`);

  const made: Made[] = [];
  const done = new Map<string, unknown>();
  const inner: Deployment[] = [];
  const compute = (symbol: string): unknown => {
    const parameter = file.parameters.find((it) => it.name === symbol);
    if (parameter !== undefined) return checked(parameter, values[symbol] ?? parameter.fallback?.(lookup));
    const variable = file.variables[symbol];
    if (variable !== undefined) return variable(lookup);
    const resource = file.resources.find((it) => it.name === symbol);
    if (resource !== undefined) return makeResource(resource);
    const module = file.modules.find((it) => it.name === symbol);
    if (module !== undefined) return makeModule(module);
    const ambient = surroundings[symbol];
    if (ambient === undefined) throw new Error(`Nothing is called ${symbol} in ${name}`);
    return ambient;
  };
  const lookup: Lookup = (symbol) => {
    if (!done.has(symbol)) done.set(symbol, compute(symbol));
    return done.get(symbol);
  };
  const makeResource = (resource: Declared): unknown => {
    const body = resource.body(lookup) as Body;
    if (resource.isExisting) return body;
    hold(resource, body, file.targetScope);
    made.push({ path: `${path}${resource.name}`, type: resource.what.split('@')[0] ?? '', body });
    return {
      ...body,
      id: `id of ${path}${resource.name}`,
      properties: { ...exposed(resource, body), ...propertiesOf(body) },
    };
  };
  const makeModule = (module: Declared): unknown => {
    const { params, scope: group, name: called, ...rest } = module.body(lookup) as Body;
    if (Object.keys(rest).length > 0 || group !== lookup('group') || typeof called !== 'string')
      throw new Error(`The module ${module.name} is not as it is known`);
    const deployment = deployFile(module.what, params as Body, `${path}${module.name}.`, 'resourceGroup');
    inner.push(deployment);
    return { outputs: Object.fromEntries(Object.entries(deployment.outputs).map(([key, it]) => [key, it.value])) };
  };

  for (const symbol of symbols) lookup(symbol);
  const outputs = Object.fromEntries(
    Object.entries(file.outputs).map(([key, it]) => [key, { description: it.description, value: it.value(lookup) }]),
  );
  const names = [...file.parameters.map((it) => it.name), ...Object.keys(file.variables)];
  const unused = names.filter((it) => !file.used.has(it)).map((it) => `${name}: ${it}`);
  return {
    resources: [...made, ...inner.flatMap(({ resources }) => resources)],
    outputs,
    unused: [...unused, ...inner.flatMap((it) => it.unused)],
  };
}

const surroundings: Body = {
  'subscription()': {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId: '72f988bf-0000-4000-8000-000000000001',
  },
  'deployment()': { location: 'westeurope' },
};

function checked({ name, type: { kind, isArray }, minLength }: Parameter, value: unknown): unknown {
  if (value === undefined) throw new Error(`The parameter ${name} has no value`);
  const fits = (it: unknown): boolean => typeof it === 'string' && (kind === 'string' || kind.includes(it));
  const right = isArray ? Array.isArray(value) && value.every(fits) : fits(value);
  if (!right || (value as string | readonly unknown[]).length < minLength)
    throw new Error(`${JSON.stringify(value)} is no value of ${name}`);
  return value;
}

function hold({ name, what }: Declared, body: Body, scope: string): void {
  const type = known[what];
  if (type?.scope !== scope) throw new Error(`${name}: ${what} is not known in a deployment to ${scope}`);
  const inside = Object.keys(propertiesOf(body)).map((key) => `properties.${key}`);
  const given = [...Object.keys(body), ...inside];
  const foreign = given.filter((key) => !type.has.includes(key) && !type.has.includes(`${key}!`));
  const missing = type.has.filter((key) => key.endsWith('!') && !given.includes(key.slice(0, -1)));
  if (foreign.length > 0 || missing.length > 0)
    throw new Error(`${name} has ${foreign.join() || 'nothing'} too much, and lacks ${missing.join() || 'nothing'}`);
}

function propertiesOf({ properties }: Body): Body {
  return (properties ?? {}) as Body;
}

/** What a resource has once it is made. Source: Microsoft.ManagedIdentity, userAssignedIdentities: properties. */
function exposed({ what }: Declared, { name }: Body): Body {
  if (!what.startsWith('Microsoft.ManagedIdentity/userAssignedIdentities@')) return {};
  return { clientId: `client of ${String(name)}`, principalId: `principal of ${String(name)}` };
}

export type Who = 'broker' | 'sweeper' | 'planner' | 'applier' | 'expirer';

interface Assigned {
  readonly assignment: Body;
  readonly definition: Body;
}

/** The role assignments of an identity, and the role definitions that they are of. */
export function assignedRoles({ resources }: Deployment, who: Who): readonly Assigned[] {
  const at = (path: string): Body => propertiesOf(resources.find((it) => it.path === path)?.body ?? {});
  return resources
    .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
    .map(({ body }) => propertiesOf(body))
    .filter(({ principalId }) => principalId === `principal of access-${who}`)
    .map((assignment) => {
      const role = /^id of (?<path>\w+)$/u.exec(String(assignment['roleDefinitionId']))?.groups?.['path'];
      return { assignment, definition: at(role ?? '') };
    });
}

/** The one role assignment of an identity. */
export function assignedRole(deployment: Deployment, who: Who): Assigned {
  const [role, ...others] = assignedRoles(deployment, who);
  if (role === undefined || others.length > 0) throw new Error(`${who} has not one role`);
  return role;
}
