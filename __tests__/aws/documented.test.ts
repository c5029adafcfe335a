import { DescribeUserCommand, IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { DeleteScheduleCommand, GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DescribePermissionSetCommand, ListInstancesCommand, SSOAdminClient } from '@aws-sdk/client-sso-admin';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';

import { onlyDocumented } from '../../src/aws/documented.ts';
import { classify } from '../../src/aws/failures.ts';
import { closeAfterEach, serve } from '../action/servers.ts';

const closing = closeAfterEach();

interface Config {
  readonly endpoint: string;
  readonly region: string;
  readonly maxAttempts: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Result of a real client for a success with this body. */
async function answered(body: string, send: (config: Config) => Promise<unknown>): Promise<unknown> {
  const server = closing(
    await serve((_request, response) => {
      response.writeHead(200, { 'x-amzn-requestid': 'aws-req-1' }).end(body);
    }),
  );
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
  return send({ endpoint: server.url, region: 'us-east-1', maxAttempts: 1, credentials });
}

const arn = 'arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-1111111111111111';
const instances = (config: Config) => onlyDocumented(new SSOAdminClient(config)).send(new ListInstancesCommand({}));
const permissionSet = (config: Config) =>
  onlyDocumented(new SSOAdminClient(config)).send(
    new DescribePermissionSetCommand({ InstanceArn: arn, PermissionSetArn: arn }),
  );
const accounts = (config: Config) => onlyDocumented(new OrganizationsClient(config)).send(new ListAccountsCommand({}));
const user = (config: Config) =>
  onlyDocumented(new IdentitystoreClient(config)).send(new DescribeUserCommand({ IdentityStoreId: 'd', UserId: 'u' }));
const schedule = (config: Config) =>
  onlyDocumented(new SchedulerClient(config)).send(new GetScheduleCommand({ Name: 'a' }));
const dropped = (config: Config) =>
  onlyDocumented(new SchedulerClient(config)).send(new DeleteScheduleCommand({ Name: 'a' }));
const caller = (config: Config) => onlyDocumented(new STSClient(config)).send(new GetCallerIdentityCommand({}));

test.each([
  ['an object in place of a text', permissionSet, { PermissionSet: { Name: { a: 1 } } }, 'PermissionSet.Name'],
  ['a text in place of an object', permissionSet, { PermissionSet: 'ReadOnly' }, 'PermissionSet'],
  ['an object in place of a list', accounts, { Accounts: { Id: '111122223333' } }, 'Accounts'],
  ['a text in place of a list', accounts, { Accounts: [{ Id: '111122223333', Paths: 'o-1' }] }, 'Accounts[].Paths'],
  ['nothing in a list', accounts, { Accounts: [null] }, 'Accounts[]'],
  ['an object in a list of texts', accounts, { Accounts: [{ Paths: [{}] }] }, 'Accounts[].Paths[]'],
  ['an object in place of a token', accounts, { Accounts: [], NextToken: {} }, 'NextToken'],
  [
    'a text in place of yes or no',
    instances,
    { Instances: [{ Regions: [{ IsPrimaryRegion: 'no' }] }] },
    'Instances[].Regions[].IsPrimaryRegion',
  ],
  ['an object deep in a user', user, { Emails: [{ Value: {} }] }, 'Emails[].Value'],
  ['an object in a schedule', schedule, { Target: { Input: {} } }, 'Target.Input'],
  [
    'a text in place of a figure',
    schedule,
    { Target: { RetryPolicy: { MaximumRetryAttempts: 'x' } } },
    'Target.RetryPolicy.MaximumRetryAttempts',
  ],
])('%s makes a success unreadable: the result of the change stays unknown', async (_name, send, body, member) => {
  const error: unknown = await answered(JSON.stringify(body), send).catch((it: unknown) => it);
  expect(error).toMatchObject({ message: expect.stringContaining(`: ${member} is missing or of another type`) });
  expect(classify(error, 'sso:X')).toMatchObject({ kind: 'unavailable', code: 'HTTP 200', requestId: 'aws-req-1' });
});

test.each([
  ['a missing member', permissionSet, '{}', {}],
  ['a null member', permissionSet, '{"PermissionSet":{"Name":null}}', { PermissionSet: {} }],
  [
    'a member that is still unknown',
    permissionSet,
    '{"New":{"a":1},"PermissionSet":{"Newer":[]}}',
    { PermissionSet: {} },
  ],
  // As moto responds: a text is its earlier value.
  [
    'a figure in place of a text',
    permissionSet,
    '{"PermissionSet":{"SessionDuration":3600}}',
    { PermissionSet: { SessionDuration: '3600' } },
  ],
  ['dates', accounts, '{"Accounts":[{"JoinedTimestamp":1}]}', { Accounts: [{ JoinedTimestamp: new Date(1_000) }] }],
  ['documents', user, '{"Extensions":{"aws:x":{"a":[1,"b"]}}}', { Extensions: { 'aws:x': { a: [1, 'b'] } } }],
  ['an answer that has no members', dropped, '{}', {}],
  [
    'XML',
    caller,
    '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>',
    { Arn: 'arn' },
  ],
])('%s is no reason to refuse an answer', async (_name, send, body, read) => {
  expect(await answered(body, send)).toMatchObject(read);
});
