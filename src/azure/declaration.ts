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
import { checkEndpoint, type EndpointSetting } from '#access/endpoints';
import { takeOut, type Fault, type Remedy } from '#access/errors';
import type { Lines } from '#access/request';
import {
  defaultIdTokenAudience,
  isKnownIdTokenAudience,
  isRehearsal,
  withoutTrailingSlash,
  type EnvironmentChoice,
  isAuthorityVariable,
  isRegionVariable,
} from './sign-in/environments.ts';
import { inputs, operations, ownInputs, propertyInputs, quotas } from './inputs.ts';
import { isById, parseAllowed } from './guards/allowed-lines.ts';
import { leaseFaults, leaseOf } from './leases/inputs.ts';
import { checkLeaseId } from './leases/lease-id.ts';
import {
  distinctLines,
  exampleById,
  parsePrincipal,
  parseRole,
  parseTarget,
  prefixes,
  principalTypes,
} from './resolve/lines.ts';
import { guid, tenantRoot } from './resolve/ids.ts';
import { pimFaults, pimOf } from './leases/pim/inputs.ts';
import { parseCaller } from './plan-context.ts';
import type { AzureSettings, SignIn } from './settings.ts';

function settle(values: Values<typeof inputs>, surroundings: Surroundings, asked: Asked): Settled<AzureSettings> {
  const { lines } = asked;
  const { endpoint, authority } = authorityFrom(surroundings, values['azure-environment']);
  const signIn = signInOf(values);
  const faults = [
    ...environmentFaults(surroundings, endpoint),
    ...(signIn.ok ? [] : signIn.faults),
    ...uselessInputs(ownInputs, values, asked.operation),
    ...audienceFaults(values),
    ...lineFaults(values, lines),
    ...uselessInputs(propertyInputs, values, asked.operation),
    ...rootFaults(asked),
    ...leaseFaults(values, asked),
    ...pimFaults(values, asked),
  ];
  if (!signIn.ok || faults.length > 0) return { ok: false, faults, needsIdToken: values['azure-client-id'] !== null };
  return {
    ok: true,
    audience: signIn.value.kind === 'federated' ? signIn.value.audience : null,
    endpoints: endpoint === null ? [] : [endpoint],
    settings: {
      ...settingsOf(ownInputs, values),
      environment: values['azure-environment'],
      authority,
      signIn: signIn.value,
      properties: settingsOf(propertyInputs, values),
      pim: pimOf(values, asked),
      leasing: isLeasing(asked),
      caller: null,
      lease: leaseOf(asked),
    },
  };
}

/** What the SDK would take from the environment. Ours passes the authority explicitly, so that it is this or none. */
function authorityFrom(
  { variables }: Surroundings,
  choice: EnvironmentChoice,
): { readonly endpoint: EndpointSetting | null; readonly authority: string | null } {
  const found = [...variables].find(([name]) => isAuthorityVariable(name));
  if (found === undefined) return { endpoint: null, authority: null };
  const [source, url] = found;
  const authority = withoutTrailingSlash(url);
  const { environment } = choice.kind === 'known' ? choice : { environment: null };
  const own = environment === null ? [] : [environment.authority, ...environment.authorityAliases];
  return own.includes(authority.toLowerCase())
    ? { endpoint: null, authority: null }
    : { endpoint: { source, url }, authority };
}

function environmentFaults({ variables, allowedEndpoints }: Surroundings, endpoint: EndpointSetting | null): Fault[] {
  const faults = endpoint === null ? [] : [checkEndpoint(endpoint, allowedEndpoints)].filter((it) => it !== null);
  const plain = endpoint !== null && faults.length === 0 && !/^https:/iu.test(endpoint.url);
  if (plain) {
    const problem = 'is not https, which signing in to Azure takes, on this machine too';
    faults.push({ input: endpoint.source, problem, example: 'https://127.0.0.1:8443' });
  }
  for (const [input, value] of variables) {
    if (!isRegionVariable(input)) continue;
    const problem = `is "${value}", which would send the sign-in to another host: regional authorities are not supported`;
    faults.push({ input, problem, example: { advice: 'Unset it.' } });
  }
  return faults;
}

type SignInOrFaults =
  { readonly ok: true; readonly value: SignIn } | { readonly ok: false; readonly faults: readonly Fault[] };

function signInOf(values: Values<typeof inputs>): SignInOrFaults {
  const { 'azure-client-id': clientId, 'azure-tenant-id': tenantId, 'azure-environment': environment } = values;
  if (clientId === null) return { ok: true, value: { kind: 'ambient', tenantId } };
  if (tenantId === null) {
    const problem = 'is missing: azure-client-id names an application, and this the directory that it signs in to';
    return { ok: false, faults: [{ input: 'azure-tenant-id', problem, example: inputs['azure-tenant-id'].example }] };
  }
  const own = environment.kind === 'known' ? environment.idTokenAudience : defaultIdTokenAudience;
  return { ok: true, value: { kind: 'federated', clientId, tenantId, audience: values['azure-audience'] ?? own } };
}

/** An address that anybody may have chosen gets no token that a real cloud would take (P10). */
function audienceFaults(values: Values<typeof inputs>): readonly Fault[] {
  const { 'azure-client-id': clientId, 'azure-audience': audience, 'azure-environment': environment } = values;
  const fault = (problem: string, example: Remedy): readonly Fault[] => [{ input: 'azure-audience', problem, example }];
  if (clientId === null || environment.kind === 'known' || isRehearsal(environment)) return [];
  const example = `api://${environment.arm.hostname}/federation`;
  if (audience === null) return fault('is missing, and a custom azure-environment has no default for it', example);
  return isKnownIdTokenAudience(audience)
    ? fault(
        `is ${audience}, which a well-known cloud takes: a custom azure-environment never gets such a token`,
        example,
      )
    : [];
}

function lineFaults(values: Values<typeof inputs>, lines: Lines): readonly Fault[] {
  const faults: Fault[] = [];
  const places = [...lines.targets, ...lines.exclusions];
  if (values['azure-subscription-id'] === null && places.some(({ kind }) => kind === 'resource-group')) {
    const problem = 'is missing: a target resource-group:<name> lies in it';
    faults.push({ input: 'azure-subscription-id', problem, example: inputs['azure-subscription-id'].example });
  }
  if (values['assignment-name'] !== null && selectsSeveral(lines)) {
    const problem = 'means nothing where there can be several grants: each has a name of its own';
    faults.push({ input: 'assignment-name', problem, example: takeOut });
  }
  return faults;
}

/** `/${{ inputs.scope }}` leaves the widest scope that there is. */
function rootFaults({ operation, lines, allowPrivileged }: Asked): readonly Fault[] {
  if (operation !== 'assign' || allowPrivileged || !lines.targets.some(({ value }) => value === tenantRoot)) return [];
  const problem =
    'has "/", the root of the tenant, which an expression that gave nothing leaves too: access there reaches every subscription of the tenant';
  const advice =
    'Name the scope that you mean. Only if the whole tenant is meant and was reviewed, set allow-privileged: true, in a step that grants nothing else.';
  return [{ input: 'target', problem, example: { advice }, cause: 'allow-privileged' }];
}

function selectsSeveral({ principals, targets, roles }: Lines): boolean {
  return [principals, targets, roles].some((lines) => distinctLines(lines).length > 1);
}

/** What Azure RBAC adds to the contract. */
export const azureDeclaration = declareCloud<typeof inputs, AzureSettings>({
  operations,
  inputs,
  otherNames: {
    'resource-group': 'target',
    'management-group': 'target',
    'role-definition': 'role',
    'service-principal': 'principal',
  },
  principalTypes,
  prefixes,
  notations: [
    { pattern: /^\/(?:subscriptions|providers)(?:\/|$)/iu, what: 'a full scope or id' },
    { pattern: guid, what: 'a GUID, as subscriptions have', only: 'target' },
  ],
  examples: {
    principal: 'group:Payments On-Call',
    target: 'resource-group:payments-prod',
    role: 'Storage Blob Data Reader',
  },
  exampleExclusion: [
    '/providers/Microsoft.Management/managementGroups/platform',
    '!subscription:11111111-2222-4333-8444-555555555555',
  ].join('\n'),
  exampleById,
  secretVariables: ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PASSWORD', 'AZURE_PASSWORD'],
  quotas,
  parsePrincipal,
  parseTarget,
  parseExclusion: parseTarget,
  parseRole,
  parseAllowed,
  isById,
  parseCaller,
  parseLease: checkLeaseId,
  mayPend: (values) => values['azure-pim'],
  settle,
});
