import { z } from 'zod';

import { azureEstateSchema } from './azure/estate.ts';
import { filled, text, trusts, type Shaped } from './shape.ts';

const accountId = text('123456789012', /^\d{12}$/u, '12 digits in quotes');
/** [model] identitystore: both live forms. */
const principalId = text(
  '9067642c1a-1d2e3f40-5a6b-4c7d-9e8f-0a1b2c3d4e5f',
  /^(?:[\da-fA-F]{10}-)?[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}$/u,
  'an id of the identity store',
);
const digits = text('74901', /^\d+$/u, 'digits in quotes');
const tags = z.record(z.string(), text('true', /^/u, 'text in quotes'));
const policies = z
  .array(text('payments-boundary'))
  .describe('The names of the customer managed policies in the account, or of the permission set.');
const permissionSetNamed = text('ReadOnlyAccess').describe('The name or ARN of a permission set.');
const accountNamed = text('payments-prod', /\S/u, 'the name of an account, or its id in quotes').describe(
  'The name or id of an account; the id where several have the name.',
);

const organizationalUnit = z.strictObject({
  id: filled(text('ou-f6g7-prod0001', /^ou-[a-z\d]{4,32}-[a-z\d]{8,32}$/u, 'the id of an organizational unit')),
  name: text('Production'),
  parent: filled(text('r-f6g7').describe('The id of the root or of a unit; default the root.')),
});

const account = z.strictObject({
  id: filled(accountId),
  name: text('payments-prod'),
  parent: filled(text('ou-f6g7-prod0001').describe('The id of the root or of a unit; default the root.')),
  email: text('payments@example.com').exactOptional(),
  /** [model] organizations AccountState. */
  state: z.enum(['ACTIVE', 'SUSPENDED', 'PENDING_ACTIVATION', 'PENDING_CLOSURE', 'CLOSED']).exactOptional(),
  customerManagedPolicies: policies.exactOptional(),
});

const organization = z.strictObject({
  id: filled(text('o-a1b2c3d4e5', /^o-[a-z\d]{10,32}$/u, 'the id of an organization')),
  managementAccount: accountId,
  root: filled(z.strictObject({ id: text('r-f6g7', /^r-[a-z\d]{4,32}$/u, 'the id of a root'), name: text('Root') })),
  organizationalUnits: filled(z.array(organizationalUnit)),
  accounts: z.array(account),
  delegatedAdministrators: z
    .array(accountId)
    .describe('Accounts that may administer Identity Center besides the management account.')
    .exactOptional(),
});

/** [model] sso-admin InstanceMetadata. */
const instance = z.strictObject({
  arn: filled(
    text(
      'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f',
      /^arn:aws(?:-[a-z]+)*:sso:::instance\/(?:sso)?ins-[\w.-]{16}$/u,
      'the ARN of an instance',
    ),
  ),
  identityStoreId: filled(text('d-90679a1b2c', /^(?:d-[\da-f]{10}|[\da-f-]{36})$/u, 'the id of an identity store')),
  ownerAccount: filled(accountId),
  region: filled(text('us-east-1', /^[a-z]+(?:-[a-z]+)+-\d+$/u, 'a Region')),
  name: text('octo').exactOptional(),
  additionalRegions: z.array(text('eu-west-1')).exactOptional(),
  /** [doc:permissionsetdelegation] */
  permissionSetsEnabled: z.boolean().describe('Account instances have no permission sets.').exactOptional(),
  status: z.enum(['ACTIVE', 'CREATE_IN_PROGRESS', 'CREATE_FAILED', 'DELETE_IN_PROGRESS']).exactOptional(),
  tags: tags.exactOptional(),
});

const identityProvider = z
  .strictObject({
    issuer: filled(text('https://token.actions.githubusercontent.com', /^https:\/\//u, 'an https address')),
    audiences: filled(z.array(text('sts.amazonaws.com')).describe('The client ids of the OIDC provider in IAM.')),
  })
  .describe('The issuer of the workflow’s ID tokens, as the accounts know it.');

const repository = z.strictObject({
  name: text('octo-org/infra', /^[^/\s]+\/[^/\s]+$/u, 'owner/name'),
  id: filled(digits),
  ownerId: filled(digits),
  environment: text('production-access').exactOptional(),
});

const role = z.strictObject({
  arn: text(
    'arn:aws:iam::111122223333:role/access-broker',
    /^arn:aws(?:-[a-z]+)*:iam::\d{12}:role\/\S+$/u,
    'the ARN of a role',
  ),
  trusts,
});

const user = z.strictObject({
  id: filled(principalId),
  userName: text('alice@example.com'),
  displayName: text('Alice Liddell').exactOptional(),
  emails: z.array(text('alice@example.com')).exactOptional(),
});

const group = z.strictObject({
  id: filled(principalId),
  displayName: text('Payments On-Call'),
  members: z
    .array(text('alice@example.com').describe('A user by name or id.'))
    .describe('The users in it; default none.')
    .exactOptional(),
});

const permissionSet = z.strictObject({
  // [model] sso-admin PermissionSetName, PermissionSetArn.
  name: text('IncidentAdmin', /^[\w+=,.@-]{1,32}$/u, '1 to 32 letters, digits or one of +=,.@-'),
  id: filled(text('ps-1a2b3c4d5e6f7081', /^ps-[\w./-]{16}$/u, '`ps-` and 16 characters')),
  instance: text('arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f')
    .describe('The ARN of the instance that it belongs to; default the first that has permission sets.')
    .exactOptional(),
  description: text('For the people on call').exactOptional(),
  sessionDuration: text(
    'PT2H',
    /^P(?=.)(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$/u,
    'an ISO 8601 duration',
  ).exactOptional(),
  tags: tags.exactOptional(),
  customerManagedPolicies: policies.exactOptional(),
});

const namedAssignment = z.strictObject({
  permissionSet: permissionSetNamed,
  account: accountNamed,
  principal: text('group:Auditors').describe('A user or group by name or id, with `user:` or `group:` or without.'),
});

const namedProvisioning = z.strictObject({
  permissionSet: permissionSetNamed,
  account: accountNamed,
  outdated: z.boolean().describe('Whether a later version of the permission set exists.').exactOptional(),
});

/** Its JSON Schema, estate.schema.json, takes what people may write: see estate.yml. */
export const estateSchema = z
  .strictObject({
    /** Absent: the account stands alone (organizations answers AWSOrganizationsNotInUseException). */
    organization: organization.exactOptional(),
    instances: filled(z.array(instance)),
    identityProvider: filled(identityProvider),
    repository: filled(repository),
    roles: z
      .array(role)
      .describe('The roles that workflows assume. They may do everything; one that is not here trusts as by default.')
      .exactOptional(),
    users: filled(z.array(user)),
    groups: filled(z.array(group)),
    permissionSets: filled(z.array(permissionSet)),
    assignments: z.array(namedAssignment).exactOptional(),
    provisioned: z
      .array(namedProvisioning)
      .describe('The accounts in which permission sets are provisioned, besides those with assignments of them.')
      .exactOptional(),
    azure: azureEstateSchema.exactOptional(),
  })
  .meta({
    title: 'The estate of a rehearsal',
    description: 'What the clouds hold when a rehearsal begins. What is left out is as in rehearsal/estate.yml.',
  });

/** State of the clouds when a rehearsal begins. */
export type Estate = Shaped<typeof estateSchema>;
export type Organization = Shaped<typeof organization>;
export type OrganizationalUnit = Shaped<typeof organizationalUnit>;
export type Account = Shaped<typeof account>;
export type AccountState = NonNullable<Account['state']>;
export type Instance = Shaped<typeof instance>;
export type Repository = Shaped<typeof repository>;
export type User = Shaped<typeof user>;
export type Group = Shaped<typeof group>;
export type PermissionSetEntry = Shaped<typeof permissionSet>;
/** An assignment as a person names it. */
export type NamedAssignment = Shaped<typeof namedAssignment>;
/** A permission set in an account, by name or id. */
export type NamedProvisioning = Shaped<typeof namedProvisioning>;
