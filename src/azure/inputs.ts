import { ok, wrong, type InputDeclaration } from '#access/declaration';
import { audience, flag, isOneLine, matching, optional, orNone, text } from '#access/input-kinds';
import type { OperationName } from '#access/request';
import {
  defaultIdTokenAudience,
  environments,
  parseEnvironment,
  type EnvironmentChoice,
} from './sign-in/environments.ts';
import { guid, parseScope } from './resolve/ids.ts';

/** What Azure has: a role is not copied anywhere, so that there is nothing to provision. */
export const operations: readonly OperationName[] = ['assign', 'revoke', 'release', 'extend', 'list', 'sweep'];

/**
 * Resource Manager gives each subscription and identity 25 reads a second, and fewer changes, which it carries out at
 * once. Source: Azure Resource Manager, throttling.
 */
export const quotas = { requestsPerSecond: 25, inFlight: 20 } as const;

function id(what: string, example: string, of: readonly OperationName[] = operations): InputDeclaration<string | null> {
  return matching(guid, `${what}: that is a GUID`, example, of);
}

/** The only version of conditions that Azure takes. Source: Microsoft.Authorization, roleAssignments 2022-04-01. */
export const conditionVersion = '2.0';

/** How to sign in, and to which cloud. */
export const ownInputs = {
  // Without one, the session that an earlier step left in the job.
  'azure-client-id': orNone(id('client id', '0a1b2c3d-1111-4222-8333-444455556666')),
  'azure-tenant-id': id('tenant id', '72f988bf-1111-4222-8333-444455556666'),
  'azure-subscription-id': {
    ...id('subscription id', '11111111-2222-4333-8444-555555555555'),
    setting: 'subscriptionId',
  },
  'azure-environment': {
    fallback: 'AzureCloud',
    example: 'AzureCloud',
    operations,
    parse: (value) => {
      const choice = parseEnvironment(value);
      if (choice !== null) return ok(choice);
      const names = Object.keys(environments).join(', ');
      return wrong(`is "${value}", which is neither ${names} nor the https address of a Resource Manager without path`);
    },
    absent: { kind: 'known', environment: environments.AzureCloud, idTokenAudience: defaultIdTokenAudience },
  } satisfies InputDeclaration<EnvironmentChoice>,
  'azure-audience': { ...audience(defaultIdTokenAudience, operations), needs: 'azure-client-id' },
} as const;

/** What a role assignment has besides principal, role and scope. */
export const propertyInputs = {
  // An expression that gives nothing is not meant to widen a grant.
  condition: {
    ...orNone(text('', "((!(ActionMatches{'…'})) OR (@Resource[…] StringEquals '…'))", ['assign'])),
    setting: 'condition',
  },
  'condition-version': {
    ...optional(
      // Unquoted, YAML reads 2.0 as a number, of which GitHub makes 2.
      (value) =>
        value === conditionVersion || value === '2'
          ? ok(conditionVersion)
          : wrong(`is "${value}"; Azure takes ${conditionVersion} only`),
      conditionVersion,
      ['assign'],
    ),
    needs: 'condition',
  },
  description: { ...text('', 'Incident 4711, on call', ['assign']), setting: 'description' },
  'delegated-managed-identity-resource-id': {
    ...optional(
      (value) => (value.length > 1 ? parseScope(value) : wrong(`is "${value}", which is not a resource id`)),
      '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/identities/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deploy',
      ['assign', 'revoke'],
    ),
    setting: 'delegatedManagedIdentityResourceId',
  },
  'assignment-name': {
    ...id('name of a role assignment', 'a98fa280-e03f-5afa-8d8e-92d0a9c201e8', ['assign']),
    setting: 'name',
  },
} as const;

/** What requests to Privileged Identity Management say besides. */
export const pimInputs = {
  'azure-pim': flag('false', 'true', ['assign', 'revoke', 'list']),
  'ticket-number': { ...line('CHG-4711', ['assign', 'revoke', 'release', 'extend']), setting: 'ticketNumber' },
  'ticket-system': { ...line('ServiceNow', ['assign', 'revoke', 'release', 'extend']), setting: 'ticketSystem' },
} as const;

/** The inputs that only Azure has. */
export const inputs = { ...ownInputs, ...propertyInputs, ...pimInputs } as const;

/** A text of one line that goes to Azure as it is. */
function line(example: string, of: readonly OperationName[]): InputDeclaration<string | null> {
  return optional(
    (value) =>
      isOneLine(value) && value.length <= longestLine
        ? ok(value)
        : wrong(`has line breaks or control characters, or more than ${longestLine} characters`),
    example,
    of,
  );
}

/** How long a ticket's number may be is documented nowhere. */
const longestLine = 100;
