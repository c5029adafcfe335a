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
import { fileOperations, type Lines } from '#access/request';
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
import * as messages from './messages/inputs.ts';
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
      // Rows of access files have properties of their own, which leases do not change.
      leasing: isLeasing(asked) && !fileOperations.some((name) => name === asked.operation),
      caller: null,
      lease: leaseOf(asked),
    },
  };
}

/** The authority that the environment sets. It is passed to the SDK explicitly, so that the SDK reads no other. */
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
    const problem = messages.plainAuthority;
    faults.push({ input: endpoint.source, problem, example: 'https://127.0.0.1:8443' });
  }
  for (const [input, value] of variables) {
    if (!isRegionVariable(input)) continue;
    const problem = messages.regionalAuthority(value);
    faults.push({ input, problem, example: { advice: messages.unsetIt } });
  }
  return faults;
}

type SignInOrFaults =
  { readonly ok: true; readonly value: SignIn } | { readonly ok: false; readonly faults: readonly Fault[] };

function signInOf(values: Values<typeof inputs>): SignInOrFaults {
  const { 'azure-client-id': clientId, 'azure-tenant-id': tenantId, 'azure-environment': environment } = values;
  if (clientId === null) return { ok: true, value: { kind: 'ambient', tenantId } };
  if (tenantId === null) {
    const { example } = inputs['azure-tenant-id'];
    return { ok: false, faults: [{ input: 'azure-tenant-id', problem: messages.noTenant, example }] };
  }
  const own = environment.kind === 'known' ? environment.idTokenAudience : defaultIdTokenAudience;
  return { ok: true, value: { kind: 'federated', clientId, tenantId, audience: values['azure-audience'] ?? own } };
}

/** An address that anyone can have chosen gets no token that a real cloud would accept (P10). */
function audienceFaults(values: Values<typeof inputs>): readonly Fault[] {
  const { 'azure-client-id': clientId, 'azure-audience': audience, 'azure-environment': environment } = values;
  const fault = (problem: string, example: Remedy): readonly Fault[] => [{ input: 'azure-audience', problem, example }];
  if (clientId === null || environment.kind === 'known' || isRehearsal(environment)) return [];
  const example = `api://${environment.arm.hostname}/federation`;
  if (audience === null) return fault(messages.noAudience, example);
  return isKnownIdTokenAudience(audience) ? fault(messages.knownAudience(audience), example) : [];
}

function lineFaults(values: Values<typeof inputs>, lines: Lines): readonly Fault[] {
  const faults: Fault[] = [];
  const places = [...lines.targets, ...lines.exclusions];
  if (values['azure-subscription-id'] === null && places.some(({ kind }) => kind === 'resource-group')) {
    const { example } = inputs['azure-subscription-id'];
    faults.push({ input: 'azure-subscription-id', problem: messages.noSubscription, example });
  }
  if (values['assignment-name'] !== null && selectsSeveral(lines)) {
    faults.push({ input: 'assignment-name', problem: messages.oneNameForSeveral, example: takeOut });
  }
  return faults;
}

/** `/${{ inputs.scope }}` with an empty input leaves the widest scope of all. */
function rootFaults({ operation, lines, allowPrivileged }: Asked): readonly Fault[] {
  if (operation !== 'assign' || allowPrivileged || !lines.targets.some(({ value }) => value === tenantRoot)) return [];
  const example = { advice: messages.otherThanRoot };
  return [{ input: 'target', problem: messages.tenantRootAsTarget, example, cause: 'allow-privileged' }];
}

function selectsSeveral({ principals, targets, roles }: Lines): boolean {
  return [principals, targets, roles].some((lines) => distinctLines(lines).length > 1);
}

/** The inputs, operations, grammar and rules of Azure RBAC. */
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
  // Service principals usually belong to deployments.
  ownedPrincipalTypes: ['User', 'Group'],
  rowProperties: ['condition', 'description'],
  belowTargets: true,
  prefixes,
  notations: [
    { pattern: /^\/(?:subscriptions|providers)(?:\/|$)/iu, what: messages.fullScopeOrId },
    { pattern: guid, what: messages.subscriptionGuid, only: 'target' },
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
