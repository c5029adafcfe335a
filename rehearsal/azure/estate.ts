import { z } from 'zod';

import { GUID, SMALL_GUID } from '../guid.ts';
import { filled, text, trusts, type Shaped } from '../shape.ts';

const alice = '05e00000-0000-4000-8000-000000000001';
const guid = text(alice, SMALL_GUID, 'a GUID in small letters');
const objectId = text(alice, GUID, 'the object id of a principal, a GUID');
const scope = text('/subscriptions/11111111-2222-4333-8444-555555555501', /^\//u, 'a full scope');
const roleNamed = text('Reader').describe('The name or GUID of a role definition.');
const action = text('*/read');
const duration = text(
  'PT8H',
  /^P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/u,
  'an ISO 8601 duration',
);

const managementGroup = z.strictObject({
  id: filled(
    text('mg-payments', /^[\w().-]{1,90}$/u, 'the id of a management group').describe('The name in its resource id.'),
  ),
  displayName: filled(text('Payments')),
  parent: text('mg-platform').describe('The ID of the group above; the tenant root group has none.').exactOptional(),
});

const subscription = z.strictObject({
  id: filled(guid),
  name: text('payments-prod'),
  managementGroup: text('mg-payments')
    .describe('The ID of the management group above it; default the tenant root group.')
    .exactOptional(),
  /** [spec] Microsoft.Resources SubscriptionState. */
  state: z.enum(['Enabled', 'Warned', 'PastDue', 'Disabled', 'Deleted']).describe('Default Enabled.').exactOptional(),
});

const resourceGroup = z.strictObject({
  subscription: filled(guid),
  name: text('payments-prod'),
  location: filled(text('westeurope')),
});

const resource = text(
  '/subscriptions/11111111-2222-4333-8444-555555555501/resourceGroups/payments-prod/providers/Microsoft.KeyVault/vaults/pay-keys',
  /^\/[^/]+\/[^/]+\/(?:.*\/)?[pP]roviders\//u,
  'the full id of a resource',
);

const lock = z.strictObject({ scope, kind: z.enum(['CanNotDelete', 'ReadOnly']) });

const permissions = z.strictObject({
  actions: z.array(action).exactOptional(),
  notActions: z.array(action).exactOptional(),
  dataActions: z.array(action).exactOptional(),
  notDataActions: z.array(action).exactOptional(),
});

const roleDefinition = z.strictObject({
  name: filled(text('Payments Operator')),
  id: filled(guid),
  type: filled(z.enum(['CustomRole', 'BuiltInRole'])),
  permissions: filled(z.array(permissions)),
  description: text('Restarts machines').exactOptional(),
  assignableScopes: z.array(scope).describe('Of a custom role; built-in ones are assignable at `/`.').exactOptional(),
});

const application = z
  .strictObject({ id: filled(guid), displayName: text('deploy-payments'), appId: filled(guid) })
  .describe('Neither its id nor its appId is an object id that a role can be assigned to.');

const directoryObject = z.strictObject({
  id: filled(guid.describe('The object ID.')),
  displayName: text('Payments On-Call'),
  fresh: z.boolean().describe('Just made: not replicated yet when a rehearsal begins.').exactOptional(),
});

const user = directoryObject.extend({
  displayName: filled(text('Alice Liddell')),
  userPrincipalName: text('alice@example.com'),
  mail: text('alice@example.com').exactOptional(),
  userType: z.enum(['Member', 'Guest']).exactOptional(),
});

const group = directoryObject.extend({
  members: z.array(objectId).describe("Object IDs, other groups' too.").exactOptional(),
});

const servicePrincipal = directoryObject.extend({
  displayName: text('deploy-payments'),
  appId: filled(guid),
  servicePrincipalType: filled(z.enum(['Application', 'ManagedIdentity'])),
  servicePrincipalNames: z.array(text('api://deploy-payments')).describe('Besides the appId.').exactOptional(),
  trusts: trusts.exactOptional(),
});

const assignment = z.strictObject({
  scope,
  role: roleNamed,
  principalId: objectId,
  name: guid.exactOptional(),
  description: text('For the people on call', /^/u).exactOptional(),
  condition: text('…').exactOptional(),
});

/** docs/design/azure.md#pim-policies */
const policy = z.strictObject({
  scope,
  role: roleNamed,
  maximumDuration: duration.describe('Default P180D.').exactOptional(),
  permanent: z.boolean().describe('Whether an assignment may have no end; default not.').exactOptional(),
  requires: z
    .array(z.enum(['MultiFactorAuthentication', 'Justification', 'Ticketing']))
    .describe('Default Justification alone.')
    .exactOptional(),
  authenticationContext: text('c1')
    .describe("The value of the `acrs` claim that a requestor's token must have; default none.")
    .exactOptional(),
  approvers: z.array(objectId).describe('Who approves activations; default none.').exactOptional(),
  refuses: z.array(text('AdminRequestRule')).describe('Names of rules that every request breaks.').exactOptional(),
});

export const azureEstateSchema = z
  .strictObject({
    tenant: filled(
      z.strictObject({
        id: filled(guid),
        displayName: filled(text('Octo')),
        domain: filled(text('octo.onmicrosoft.com')),
      }),
    ),
    broker: filled(guid.describe('The client ID of the application that the workflow signs in as.')),
    subscription: filled(guid.describe('The subscription that the workflow names.')),
    managementGroups: filled(
      z.array(managementGroup).describe("One is the tenant root group: its ID is the tenant's, it has no parent."),
    ),
    subscriptions: filled(z.array(subscription)),
    resourceGroups: filled(z.array(resourceGroup)),
    resources: filled(z.array(resource).describe('Full IDs of resources and child resources, letter case as stored.')),
    roleDefinitions: filled(z.array(roleDefinition)),
    users: filled(z.array(user)),
    groups: filled(z.array(group)),
    servicePrincipals: filled(z.array(servicePrincipal)),
    applications: filled(z.array(application)),
    devices: filled(z.array(directoryObject)),
    foreignGroups: filled(
      z.array(directoryObject).describe('Groups of other tenants (directoryObjectPartnerReference).'),
    ),
    locks: z.array(lock).exactOptional(),
    assignments: z.array(assignment).exactOptional(),
    policies: z
      .array(policy)
      .describe(
        'The settings of roles in Privileged Identity Management, as far as they concern active assignments; what is not here has the usual ones.',
      )
      .exactOptional(),
  })
  .describe('A tenant, what is in it, and who. Ids are made up, their forms are the real ones.')
  .meta({ examples: [{ subscriptions: [{ name: 'payments-prod' }] }] });

/** The section `azure` of an estate. */
export type AzureEstate = Shaped<typeof azureEstateSchema>;
export type ManagementGroup = Shaped<typeof managementGroup>;
export type Subscription = Shaped<typeof subscription>;
export type ResourceGroup = Shaped<typeof resourceGroup>;
export type LockKind = Shaped<typeof lock>['kind'];
export type RoleDefinition = Shaped<typeof roleDefinition>;
export type Permissions = Shaped<typeof permissions>;
export type DirectoryObject = Shaped<typeof directoryObject>;
export type ServicePrincipal = Shaped<typeof servicePrincipal>;
export type AssignmentEntry = Shaped<typeof assignment>;
export type PolicyEntry = Shaped<typeof policy>;
export type AzureUser = Shaped<typeof user>;
export type AzureGroup = Shaped<typeof group>;
