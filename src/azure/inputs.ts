import { ok, wrong, type InputDeclaration } from '#access/declaration';
import { audience, flag, isOneLine, matching, optional, orNone, text } from '#access/input-kinds';
import type { OperationName } from '#access/request';
import {
  defaultIdTokenAudience,
  environments,
  parseEnvironment,
  type EnvironmentChoice,
} from './sign-in/environments.ts';
import * as messages from './messages/inputs.ts';
import { guid, parseScope } from './resolve/ids.ts';

/** The operations on Azure: a role is not copied anywhere, so there is nothing to provision. */
export const operations: readonly OperationName[] = [
  'assign',
  'revoke',
  'reconcile',
  'inventory',
  'release',
  'extend',
  'list',
  'sweep',
];

/**
 * Resource Manager gives each subscription and identity 25 reads a second, and fewer changes, which it carries out at
 * once. Source: Azure Resource Manager, throttling.
 */
export const quotas = { requestsPerSecond: 25, inFlight: 20 } as const;

function id(what: string, example: string, of: readonly OperationName[] = operations): InputDeclaration<string | null> {
  return matching(guid, `${what} (a GUID)`, example, of);
}

/** The only version of conditions that Azure accepts. Source: Microsoft.Authorization, roleAssignments 2022-04-01. */
export const conditionVersion = '2.0';

/** Inputs for the sign-in and the cloud. */
export const ownInputs = {
  // Without one, the step uses the session that an earlier step left in the job.
  'azure-client-id': orNone(id('client ID', '0a1b2c3d-1111-4222-8333-444455556666')),
  'azure-tenant-id': id('tenant ID', '72f988bf-1111-4222-8333-444455556666'),
  'azure-subscription-id': {
    ...id('subscription ID', '11111111-2222-4333-8444-555555555555'),
    setting: 'subscriptionId',
  },
  'azure-environment': {
    fallback: 'AzureCloud',
    example: 'AzureCloud',
    operations,
    parse: (value) => {
      const choice = parseEnvironment(value);
      return choice === null ? wrong(messages.notEnvironment(value, Object.keys(environments))) : ok(choice);
    },
    absent: { kind: 'known', environment: environments.AzureCloud, idTokenAudience: defaultIdTokenAudience },
  } satisfies InputDeclaration<EnvironmentChoice>,
  'azure-audience': { ...audience(defaultIdTokenAudience, operations), needs: 'azure-client-id' },
} as const;

/** Inputs for properties of a role assignment besides principal, role and scope. */
export const propertyInputs = {
  // An empty expression must not widen a grant.
  condition: {
    ...orNone(text('', "((!(ActionMatches{'…'})) OR (@Resource[…] StringEquals '…'))", ['assign'])),
    setting: 'condition',
    isOfOneGrant: true,
  },
  'condition-version': {
    ...optional(
      // Unquoted, YAML reads 2.0 as a number, of which GitHub makes 2.
      (value) =>
        value === conditionVersion || value === '2'
          ? ok(conditionVersion)
          : wrong(messages.otherConditionVersion(value, conditionVersion)),
      conditionVersion,
      ['assign'],
    ),
    needs: 'condition',
  },
  description: { ...text('', 'Incident 4711, on call', ['assign']), setting: 'description', isOfOneGrant: true },
  'delegated-managed-identity-resource-id': {
    ...optional(
      (value) => (value.length > 1 ? parseScope(value) : wrong(messages.notResourceId(value))),
      '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/identities/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deploy',
      ['assign', 'revoke'],
    ),
    setting: 'delegatedManagedIdentityResourceId',
    isOfOneGrant: true,
  },
  'assignment-name': {
    ...id('role assignment name', 'a98fa280-e03f-5afa-8d8e-92d0a9c201e8', ['assign']),
    setting: 'name',
    isOfOneGrant: true,
  },
} as const;

/** Inputs for requests to Privileged Identity Management. */
export const pimInputs = {
  'azure-pim': { ...flag('false', 'true', ['assign', 'revoke', 'list']), isOfOneGrant: true },
  'ticket-number': { ...line('CHG-4711', ['assign', 'revoke', 'release', 'extend']), setting: 'ticketNumber' },
  'ticket-system': { ...line('ServiceNow', ['assign', 'revoke', 'release', 'extend']), setting: 'ticketSystem' },
} as const;

/** The inputs that only Azure has. */
export const inputs = { ...ownInputs, ...propertyInputs, ...pimInputs } as const;

/** A text of one line that goes to Azure as it is. */
function line(example: string, of: readonly OperationName[]): InputDeclaration<string | null> {
  return optional(
    (value) =>
      isOneLine(value) && value.length <= longestLine ? ok(value) : wrong(messages.notTicketText(longestLine)),
    example,
    of,
  );
}

/** Length of a ticket's number, in characters. No document gives the limit. */
const longestLine = 100;
