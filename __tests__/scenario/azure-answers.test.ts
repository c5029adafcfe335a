import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { azureByIds, azureIds, azureStep, inAzure, onCallBlobReader, requestsTo, scopes } from './azure-support.ts';
import { errors } from './support.ts';

const put = 'roleAssignments.put';
const removal = 'roleAssignments.delete';

/** A final response: its cause, its words in the report, and the words in the hint. */
interface Final {
  readonly inputs?: Step['inputs'];
  readonly options?: WorldOptions;
  readonly prepare?: (world: World) => void;
  readonly code: string;
  readonly says: string;
  readonly hint: RegExp;
  /** True if the action retries for two minutes: a new right to end access can be on its way. */
  readonly isTriedAgain?: true;
}

function scripted(operation: string, effect: Effect): (world: World) => void {
  return ({ script }) => {
    script.fault({ operation }, effect);
  };
}

function answers(operation: string, status: number, code: string, message: string): (world: World) => void {
  return scripted(operation, { kind: 'error', status, code, message });
}

const may = (...actions: readonly string[]): WorldOptions => ({
  azure: { callerRole: { permissions: [{ actions }] } },
});
const readers = may('*/read');

/** The only role that the condition of a broker's role allows (docs/design/azure.md#conditions): another one. */
const onlyReader: WorldOptions = {
  azure: {
    callerRole: {
      permissions: [{ actions: ['*'] }],
      condition: ['write', 'delete']
        .map(
          (verb) =>
            `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'})) OR (@${verb === 'write' ? 'Request' : 'Resource'}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${azureIds.reader}}))`,
        )
        .join(' AND '),
    },
  },
};

const lock =
  (scope: string, kind: 'CanNotDelete' | 'ReadOnly') =>
  ({ azure }: World): void => {
    azure.estate.lock(scope, kind);
  };

const onlyBlobs =
  "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'logs'))";
const disabled = '/subscriptions/11111111-2222-4333-8444-555555555505';
const unknownSubscription = '/subscriptions/11111111-2222-4333-8444-555555555599';

const assignFinal: Readonly<Record<string, Final>> = {
  'a wrong principal type': {
    inputs: { principal: `user:${azureIds.onCall}` },
    code: 'UnmatchedPrincipalType',
    says: "has type 'Group' , which is different from specified PrinciaplType 'User'",
    hint: /principal-type/u,
  },
  'a condition that is none': {
    inputs: { condition: 'whatever is right' },
    code: 'InvalidRoleAssignmentCondition',
    says: 'The given role assignment condition is invalid.',
    hint: /condition.*syntax/u,
  },
  'a condition on a role that takes none': {
    inputs: { role: azureIds.reader, condition: onlyBlobs },
    code: 'InvalidRoleAssignmentCondition',
    says: 'The given role assignment condition is invalid.',
    hint: /this role supports conditions/u,
  },
  'the limit of a subscription': {
    options: { azure: { limits: { perSubscription: 1 } } },
    code: 'RoleAssignmentLimitExceeded',
    says: 'No more role assignments can be created.',
    hint: /4,?000.*groups/u,
  },
  'the limit of a management group': {
    inputs: { target: scopes.managementGroup },
    options: { azure: { limits: { perManagementGroup: 1 } } },
    code: 'RoleAssignmentLimitExceeded',
    says: 'No more role assignments can be created.',
    hint: /500 at a management group/u,
  },
  'no right to write': {
    options: readers,
    code: 'AuthorizationFailed',
    says: `The client 'a9900000-0000-4000-8000-0000000000b0' with object id '${azureIds.broker}' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '${scopes.resourceGroup}`,
    hint: /needs Microsoft\.Authorization\/roleAssignments\/write/u,
  },
  'a condition on the right to write': {
    options: onlyReader,
    code: 'AuthorizationFailed',
    says: 'or an ABAC condition not fulfilled',
    hint: /condition allows this role and principal/u,
  },
  'a read-only lock': {
    prepare: lock(scopes.subscription, 'ReadOnly'),
    code: 'ScopeLocked',
    says: `cannot perform write operation because following scope(s) are locked: '${scopes.subscription}'`,
    hint: /read-only lock.*Ask the owners of the lock/u,
  },
  'a disabled subscription': {
    inputs: { target: disabled },
    code: 'ReadOnlyDisabledSubscription',
    says: 'is disabled and therefore marked as read only',
    hint: /enable it/u,
  },
  'a policy': {
    prepare: answers(put, 403, 'RequestDisallowedByPolicy', "Resource was disallowed by policy 'no-grants'."),
    code: 'RequestDisallowedByPolicy',
    says: "Resource was disallowed by policy 'no-grants'.",
    hint: /Azure Policy/u,
  },
  'a path that ARM does not take': {
    prepare: answers(put, 404, 'MissingSubscription', 'The request did not have a subscription.'),
    code: 'MissingSubscription',
    says: 'The request did not have a subscription.',
    hint: /Check target/u,
  },
  'a name that is none, which inputs are checked for before': {
    prepare: answers(put, 400, 'InvalidRoleAssignmentId', "The role assignment ID 'x' is not valid."),
    code: 'InvalidRoleAssignmentId',
    says: "The role assignment ID 'x' is not valid.",
    hint: /assignment-name|request ID/u,
  },
  'a code without documentation': {
    prepare: answers(put, 400, 'SomethingNew', 'It is new.'),
    code: 'SomethingNew',
    says: 'It is new.',
    hint: /request ID/u,
  },
};

const revokeFinal: Readonly<Record<string, Final>> = {
  ...Object.fromEntries(
    (['CanNotDelete', 'ReadOnly'] as const).flatMap((kind) =>
      [scopes.resourceGroup, scopes.subscription].map((scope): [string, Final] => [
        `a ${kind} lock ${scope === scopes.subscription ? 'above' : 'at'} the scope`,
        {
          prepare: lock(scope, kind),
          code: 'ScopeLocked',
          says: `cannot perform delete operation because following scope(s) are locked: '${scope}'`,
          hint: /The access is still there.*lock/u,
        },
      ]),
    ),
  ),
  'no right to delete': {
    options: may('*/read', 'Microsoft.Authorization/roleAssignments/write'),
    code: 'AuthorizationFailed',
    says: "perform action 'Microsoft.Authorization/roleAssignments/delete'",
    hint: /needs Microsoft\.Authorization\/roleAssignments\/delete/u,
    isTriedAgain: true,
  },
  'a condition on the right to delete': {
    options: onlyReader,
    code: 'AuthorizationFailed',
    says: 'or an ABAC condition not fulfilled',
    hint: /condition allows this role/u,
    isTriedAgain: true,
  },
  'the last administrator': {
    inputs: {
      principal: `service-principal:${azureIds.broker}`,
      role: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
      target: scopes.subscription,
    },
    options: { azure: { keepLastAdministrator: true } },
    code: 'LastRbacAdminAssignment',
    says: 'Cannot delete the last RBAC admin assignment',
    hint: /(?:another|somebody else).*administrat/iu,
  },
  'a code without documentation': {
    prepare: answers(removal, 409, 'SomethingNew', 'It is new.'),
    code: 'SomethingNew',
    says: 'It is new.',
    hint: /request ID/u,
  },
};

/**
 * Red after exactly one try, or two minutes of them: code, message and request ID verbatim, then the hint; nothing
 * changed.
 */
async function endsRed(operation: string, final: Final): Promise<void> {
  await inAzure(final.options ?? {}, async (world) => {
    const revoke = operation === removal;
    if (revoke && final.inputs === undefined) world.azure.estate.add(onCallBlobReader);
    final.prepare?.(world);
    const before = world.azure.estate.assignments();
    const result = await azureStep(world, {
      ...azureByIds,
      ...final.inputs,
      operation: revoke ? 'revoke' : 'assign',
    });
    expect(result.exitCode).toBe(1);
    const answers = requestsTo(result, operation);
    expect(answers.length > 1).toBe(final.isTriedAgain === true);
    const words = errors(result);
    expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(words).toContain(`${final.code}: `);
    expect(words).toContain(final.says);
    expect(words).toContain(answers.at(-1)?.requestId ?? 'no request');
    expect(/What to do: (?<hint>.*)$/su.exec(words)?.groups?.['hint']).toMatch(final.hint);
    expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
    expect(result.outputs['failure-reason']).toContain(final.says);
    const [least, most] = final.isTriedAgain === true ? [120_000, 150_000] : [0, 1_000];
    expect(result.virtualMs).toBeGreaterThanOrEqual(least);
    expect(result.virtualMs).toBeLessThan(most);
    expect(world.azure.estate.assignments()).toEqual(before);
    if (final.inputs?.['condition'] !== undefined) expect(result.log).toContain(final.inputs['condition']);
  });
}

describe('a final answer to the PUT', () => {
  it.each(Object.entries(assignFinal))('%s', (_, final) => endsRed(put, final));
});

describe('a final answer to the DELETE', () => {
  it.each(Object.entries(revokeFinal))('%s', (_, final) => endsRed(removal, final));

  it('that is a lock reports in the summary too that the access still exists', () =>
    inAzure({}, async (world) => {
      world.azure.estate.add(onCallBlobReader);
      world.azure.estate.lock(scopes.resourceGroup, 'CanNotDelete');
      const result = await azureStep(world, { ...azureByIds, operation: 'revoke' });
      expect(result.summary).toContain('The access is still there');
      expect(result.summary).not.toMatch(/revoked:/iu);
      world.azure.estate.unlock(scopes.resourceGroup);
      expect((await azureStep(world, { ...azureByIds, operation: 'revoke' })).exitCode).toBe(0);
      expect(world.azure.estate.has(onCallBlobReader)).toBe(false);
    }));
});

describe('a scope that does not exist', () => {
  it.each([
    ['a subscription', unknownSubscription, 'SubscriptionNotFound', /azure-tenant-id and azure-environment/u],
    ['a resource group', 'resource-group:nope', 'ResourceGroupNotFound', /Check target/u],
    ['a resource', `${scopes.resource}x`, 'ResourceNotFound', /Check target/u],
    [
      'a management group, which Azure does not distinguish from a missing right',
      `${scopes.managementGroup}x`,
      'AuthorizationFailed',
      /so check target too/u,
    ],
  ])('%s', async (_, target, code, hint) => {
    for (const operation of ['assign', 'revoke']) {
      await inAzure({}, async (world) => {
        const result = await azureStep(world, { ...azureByIds, target, operation });
        expect(result.exitCode).toBe(1);
        expect(errors(result)).toContain(`${code}: `);
        expect(errors(result)).toMatch(hint);
        expect(errors(result)).toContain(result.requests.at(-1)?.requestId);
        expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false' });
        expect(requestsTo(result, put, removal)).toEqual([]);
      });
    }
  });
});

describe('a lock without an effect on grants', () => {
  it('a delete lock blocks no grant', () =>
    inAzure({}, async (world) => {
      world.azure.estate.lock(scopes.resourceGroup, 'CanNotDelete');
      expect((await azureStep(world, azureByIds)).outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
      expect(world.azure.estate.has(onCallBlobReader)).toBe(true);
    }));
});
