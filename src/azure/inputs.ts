import { ok, wrong, type InputDeclaration } from '../access/declaration.ts';
import { flag, text } from '../access/inputs.ts';
import type { OperationName } from '../access/request.ts';
import {
  defaultIdTokenAudience,
  environments,
  parseEnvironment,
  type EnvironmentChoice,
} from './sign-in/environments.ts';
import { guid } from './resolve/patterns.ts';
import { conditionVersion } from './assignments/properties.ts';
import { parseScope } from './resolve/scopes.ts';

/** What Azure has: a role is not copied anywhere, so that there is nothing to provision. */
export const operations: readonly OperationName[] = ['assign', 'revoke', 'release', 'extend', 'list', 'sweep'];

/**
 * Resource Manager gives each subscription and identity 25 reads a second, and fewer changes, which it carries out at
 * once. Source: Azure Resource Manager, throttling.
 */
export const quotas = { requestsPerSecond: 25, inFlight: 20 } as const;

function id(what: string, example: string, of: readonly OperationName[] = operations): InputDeclaration<string | null> {
  return {
    fallback: '',
    example,
    operations: of,
    parse: (value) => (guid.test(value) ? ok(value) : wrong(`is "${value}", which is no ${what}: that is a GUID`)),
    absent: null,
  };
}

/** The value of `azure-client-id` that stands for the session that an earlier step left in the job. */
const ambient = 'none';

/** The value of `condition` for a grant without one. An expression that gives nothing is not meant to widen a grant. */
const unconditional = 'none';

/** The inputs that only Azure has. */
export const inputs = {
  'azure-client-id': {
    fallback: ambient,
    example: '0a1b2c3d-1111-4222-8333-444455556666',
    operations,
    parse: (value) => {
      if (value === ambient) return ok(null);
      return guid.test(value) ? ok(value) : wrong(`is "${value}", which is no client id: that is a GUID`);
    },
    absent: null,
  } satisfies InputDeclaration<string | null>,
  'azure-tenant-id': id('tenant id', '72f988bf-1111-4222-8333-444455556666'),
  'azure-subscription-id': id('subscription id', '11111111-2222-4333-8444-555555555555'),
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
  'azure-audience': {
    fallback: '',
    example: defaultIdTokenAudience,
    operations,
    parse: (value) => (/^\S{1,255}$/u.test(value) ? ok(value) : wrong(`is "${value}", which is no audience`)),
    absent: null,
  } satisfies InputDeclaration<string | null>,
  condition: {
    fallback: unconditional,
    example: "((!(ActionMatches{'…'})) OR (@Resource[…] StringEquals '…'))",
    operations: ['assign'],
    parse: (value) => ok(value === unconditional ? null : value),
    absent: null,
  } satisfies InputDeclaration<string | null>,
  'condition-version': {
    fallback: '',
    example: conditionVersion,
    operations: ['assign'],
    // Unquoted, YAML reads 2.0 as a number, of which GitHub makes 2.
    parse: (value) =>
      value === conditionVersion || value === '2'
        ? ok(conditionVersion)
        : wrong(`is "${value}"; Azure takes ${conditionVersion} only`),
    absent: null,
  } satisfies InputDeclaration<string | null>,
  description: text('', 'Incident 4711, on call', ['assign']),
  'delegated-managed-identity-resource-id': {
    fallback: '',
    example:
      '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/identities/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deploy',
    operations: ['assign', 'revoke'],
    parse: (value) => (value.length > 1 ? parseScope(value) : wrong(`is "${value}", which is no resource id`)),
    absent: null,
  } satisfies InputDeclaration<string | null>,
  'assignment-name': id('name of a role assignment', 'a98fa280-e03f-5afa-8d8e-92d0a9c201e8', ['assign']),
  'azure-pim': flag('false', ['assign', 'revoke', 'list']),
  'ticket-number': line('CHG-4711', ['assign', 'revoke', 'release', 'extend']),
  'ticket-system': line('ServiceNow', ['assign', 'revoke', 'release', 'extend']),
} as const;

/** A text of one line that goes to Azure as it is. */
function line(example: string, of: readonly OperationName[]): InputDeclaration<string | null> {
  return {
    fallback: '',
    example,
    operations: of,
    parse: (value) =>
      /[\p{Cc}\p{Zl}\p{Zp}]/u.test(value) || value.length > longestLine
        ? wrong(`has line breaks or control characters, or more than ${longestLine} characters`)
        : ok(value),
    absent: null,
  };
}

/** How long a ticket's number may be is documented nowhere. */
const longestLine = 100;
