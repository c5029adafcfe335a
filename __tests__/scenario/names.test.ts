import { describe, expect, it } from '@jest/globals';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Estate, NamedAssignment, PermissionSetEntry } from '../../rehearsal/estate.ts';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import { byIds, byNames, calls, errors, ids, inWorld, onCallAssignment, pushOne, signIn, step } from './support.ts';

const shared = ['24e8a468-0051-70f2-6f5e-3f0b7d1a9c11', '24e8a468-0051-70f2-6f5e-3f0b7d1a9c22'] as const;
const carol = ['54f8b4e8-b0c1-7054-2d9a-6e1f0a2b3c33', '54f8b4e8-b0c1-7054-2d9a-6e1f0a2b3c44'] as const;
const sandboxes = ['222233334444', '333344445555'] as const;

/** A grant by IDs, except for the part under test. */
const but = (inputs: Step['inputs']): Step['inputs'] => ({ ...byIds, ...inputs });

/** An ambiguous or unknown value ends red, with nothing changed, and without a request for a change. */
async function refused(inputs: Step['inputs'], words: readonly (string | RegExp)[], estate?: Estate): Promise<void> {
  await inWorld(estate === undefined ? {} : { estate }, async (world) => {
    const result = await step(world, inputs);
    expect(result.exitCode).toBe(1);
    expect(result.outputs['status']).toBe('FAILED');
    for (const word of words)
      expect(errors(result)).toEqual(
        typeof word === 'string' ? expect.stringContaining(word) : expect.stringMatching(word),
      );
    expect(errors(result)).toMatch(/What to do: /u);
    expect(calls(result)).not.toHaveProperty('CreateAccountAssignment');
    expect(world.aws.estate.operations()).toEqual([]);
  });
}

describe('by IDs (P8)', () => {
  it.each([
    ['assign to a group', byIds],
    ['assign to a user with the longer form of id', but({ principal: `user:${ids.alice}` })],
    ['assign to a user with the bare form of id', but({ principal: 'user:2448f4a8-70a1-7026-1c37-9a40cf1c0f5b' })],
    ['assign with principal-type instead of a prefix', but({ principal: ids.onCall, 'principal-type': 'GROUP' })],
    ['revoke', but({ operation: 'revoke', principal: `group:${ids.auditors}`, role: ids.readOnly })],
    ['provision', pushOne],
  ])('no request goes to Organizations or the identity store: %s', (_, inputs) =>
    inWorld({}, async (world) => {
      const result = await step(world, inputs);
      expect(result.exitCode).toBe(0);
      expect(new Set(result.requests.map((it) => it.service))).toEqual(new Set(['oidc', 'sts', 'sso']));
      expect(calls(result)).not.toHaveProperty('ListPermissionSets');
    }),
  );
});

describe('a principal', () => {
  it.each([
    ['a user by user name that is the e-mail address too', 'user:alice@example.com', 'USER', ids.alice],
    ['a user by user name that is no address', 'user:shared-one', 'USER', shared[0]],
    ['a user by e-mail address only', 'user:carol.first@example.com', 'USER', carol[0]],
    ['a group by display name', 'group:Payments On-Call', 'GROUP', ids.onCall],
  ])('is found: %s', (_, principal, type, id) =>
    inWorld({}, async (world) => {
      const result = await step(world, but({ principal }));
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ 'principal-id': id, 'principal-type': type });
      expect(
        world.aws.estate.has({
          ...onCallAssignment,
          principalType: type === 'USER' ? 'USER' : 'GROUP',
          principalId: id,
        }),
      ).toBe(true);
      const name = principal.replace(/^\w+:/u, '');
      expect(result.log).toContain(`"${name}" (${id})`);
      expect(result.requests.filter((it) => it.service === 'organizations')).toEqual([]);
    }),
  );

  it('without a prefix has the type of principal-type (P8)', () =>
    inWorld({}, async (world) => {
      const user = await step(world, but({ principal: 'bob@example.com', 'principal-type': 'USER' }));
      expect(user.outputs).toMatchObject({ status: 'SUCCEEDED', 'principal-type': 'USER' });
      const group = await step(world, but({ principal: 'Auditors', 'principal-type': 'GROUP' }));
      expect(group.outputs).toMatchObject({ status: 'SUCCEEDED', 'principal-id': ids.auditors });
    }));

  it('that is the email address of two users is an error that lists both IDs (P8)', () =>
    refused(but({ principal: 'user:shared@example.com' }), [...shared, 'shared@example.com']));

  it('that is the user name of one and the email address of another is an error that lists both IDs (P8)', () =>
    refused(but({ principal: 'user:carol@example.com' }), [...carol, 'carol@example.com']));

  it.each([
    ['user:nobody@example.com', ['nobody@example.com', 'has the user name or the email address "nobody@example.com"']],
    ['user:nobody', ['"nobody"', /has the user name "nobody"/u]],
    ['group:Payments', ['"Payments"', ids.store]],
    ['group:payments on-call', ['"payments on-call"']],
  ])('that does not exist is an error: %s', (principal, words) => refused(but({ principal }), words));

  it("is not looked up in a store that does not exist: the error is the cloud's own", () =>
    refused(but({ principal: 'group:Auditors', 'aws-identity-store-id': 'd-0123456789' }), [
      'ResourceNotFoundException',
    ]));
});

describe('an account', () => {
  it('is found by its name, with its leading zero', () =>
    inWorld({}, async (world) => {
      const result = await step(world, but({ target: 'account:data-lake' }));
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', 'target-id': ids.dataLake });
      expect(result.log).toContain(`"data-lake" (${ids.dataLake})`);
      expect(result.requests.filter((it) => it.service === 'identitystore')).toEqual([]);
    }));

  it('after an empty page is found', () => {
    const estate = loadEstate();
    const many = Array.from({ length: 45 }, (_, index) => ({
      id: String(500_000_000_000 + index),
      name: `team-${index}`,
      parent: estate.organization?.root.id ?? '',
    }));
    const { organization } = estate;
    if (organization === undefined) throw new Error('the estate has an organization');
    const accounts = [...organization.accounts, ...many];
    return inWorld({ estate: { ...estate, organization: { ...organization, accounts } } }, async (world) => {
      const page = (body: unknown): Effect => ({
        kind: 'http',
        status: 200,
        body: JSON.stringify(body),
        contentType: 'application/x-amz-json-1.1',
      });
      world.script.fault({ operation: 'ListAccounts' }, page({ Accounts: [], NextToken: 'bm90aGluZw==' }));
      world.script.fault(
        { operation: 'ListAccounts', nth: 2 },
        page({ Accounts: [{ Id: '500000000044', Name: 'team-44', State: 'ACTIVE' }] }),
      );
      const scripted = await step(world, but({ target: 'account:team-44' }));
      expect(scripted.outputs).toMatchObject({ status: 'SUCCEEDED', 'target-id': '500000000044' });
      expect(calls(scripted)).toMatchObject({ ListAccounts: 2 });
      const real = await step(world, but({ target: 'account:team-43' }));
      expect(real.outputs).toMatchObject({ status: 'SUCCEEDED', 'target-id': '500000000043' });
      expect(calls(real)['ListAccounts']).toBeGreaterThanOrEqual(3);
    });
  });

  it('whose name two have is an error that lists both IDs (P8)', () =>
    refused(but({ target: 'account:sandbox' }), [...sandboxes, '"sandbox"']));

  it('that is suspended is an error when named (P8)', () =>
    refused(but({ target: 'account:legacy-billing' }), [ids.suspended, 'SUSPENDED']));

  it('that does not exist is an error with similar names (P8)', () =>
    refused(but({ target: 'account:Payments-Prod' }), ['"Payments-Prod"', /Similar: .*payments-prod/u]));
});

describe('a permission set', () => {
  it('is found by its exact name, letter case and punctuation included (P8)', () =>
    inWorld({}, async (world) => {
      const names = {
        ReadOnlyAccess: ids.readOnly,
        readonlyaccess: 'ps-c5d6e7f8091a2b3d',
        'Ops+Tools=v1.0@team': 'ps-e7f8091a2b3c4d5f',
      };
      for (const [role, id] of Object.entries(names)) {
        const result = await step(world, but({ role }));
        expect(result.outputs['status']).toBe('SUCCEEDED');
        expect(result.outputs['role-id']).toEqual(expect.stringContaining(id));
        expect(result.log).toContain(`ermission set "${role}" (${result.outputs['role-id'] ?? ''})`);
      }
    }));

  it('is looked up among those of the account first, and no further', () =>
    inWorld({}, async (world) => {
      const result = await step(world, but({ role: 'ReadOnlyAccess' }));
      expect(result.exitCode).toBe(0);
      expect(calls(result)).toMatchObject({ ListPermissionSetsProvisionedToAccount: 1, DescribePermissionSet: 1 });
      expect(calls(result)).not.toHaveProperty('ListPermissionSets');
    }));

  it('that does not exist is an error with similar names and their number', () =>
    refused(but({ role: 'ReadonlyAcces' }), ['"ReadonlyAcces"', 'ReadOnlyAccess', /30 permission sets/u]));

  it('without similar names is an error without suggestions', () =>
    inWorld({}, async (world) => {
      const result = await step(world, but({ role: 'Xylophone' }));
      expect(errors(result)).toContain('"Xylophone"');
      expect(errors(result)).not.toContain('Similar:');
    }));
});

/** An instance with 500 permission sets, of which the account has 20. */
function largeEstate(): Estate {
  const estate = loadEstate();
  const sets = Array.from({ length: 500 }, (_, index): PermissionSetEntry => {
    const digits = String(index).padStart(4, '0');
    return { name: `Set-${digits}`, id: `ps-00000000aaaa${digits}` };
  });
  const assignments = sets
    .filter((_, index) => index % 25 === 7)
    .map(({ name }): NamedAssignment => ({
      permissionSet: name,
      account: 'payments-prod',
      principal: 'group:Auditors',
    }));
  return { ...estate, permissionSets: sets, assignments };
}

describe('of 500 permission sets', () => {
  it('one of the 20 of the account is found in under 2 s at 20 requests a second', () =>
    inWorld({ estate: largeEstate(), aws: { throttlePerSecond: 20 } }, async (world) => {
      const inputs = {
        ...signIn,
        'aws-instance-arn': ids.instance,
        'aws-identity-store-id': ids.storeArn,
        principal: byIds.principal,
        target: ids.prod,
      };
      for (const role of ['Set-0007', 'Set-0257', 'Set-0482']) {
        const result = await step(world, { ...inputs, role });
        expect(result.exitCode).toBe(0);
        const lookups = result.requests.filter((it) => /ListPermissionSets|DescribePermissionSet$/u.test(it.operation));
        expect(lookups.length).toBeLessThanOrEqual(21);
        expect((lookups.at(-1)?.at ?? Infinity) - (result.requests[0]?.at ?? 0)).toBeLessThan(2_000);
        expect(result.requests.filter((it) => it.code === 'ThrottlingException')).toEqual([]);
        expect(result.log).not.toMatch(/Read \d+ of \d+ permission sets/u);
      }
    }));

  it('one that the account does not have is found too', () =>
    inWorld({ estate: largeEstate() }, async (world) => {
      const result = await step(world, { ...byNames, role: 'Set-0499' });
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', 'role-id': expect.stringMatching(/0499$/u) });
      expect(calls(result)['DescribePermissionSet']).toBeLessThanOrEqual(500);
    }));

  it('a missing one needs one look-up of each, and the log shows the progress', () =>
    inWorld({ estate: largeEstate(), aws: { throttlePerSecond: 20 } }, async (world) => {
      const result = await step(world, { ...byNames, role: 'Set-0500' });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toMatch(/None of the 500 permission sets .*"Set-0500".*Similar: "Set-0000" \(arn:/u);
      const progress = [...result.log.matchAll(/Read (?<seen>\d+) of 500 permission sets in \d+/gu)];
      expect(progress.length).toBeGreaterThanOrEqual(3);
      expect(calls(result)['DescribePermissionSet']).toBe(500);
      expect(result.requests.filter((it) => it.code === 'ThrottlingException')).toEqual([]);
      expect(result.virtualMs).toBeLessThan(45_000);
    }));
});
