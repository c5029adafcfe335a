import { describe, expect, test } from '@jest/globals';

import { type Fault, InputFaults } from '../../src/access/errors.ts';
import { permanent } from '../../src/access/request.ts';
import { commonInputs } from '../../src/access/inputs.ts';
import { readInputs, type Inputs } from '../../src/action/inputs/inputs.ts';
import { awsDeclaration } from '../../src/aws/declaration.ts';
import type { AwsSettings } from '../../src/aws/settings.ts';
import { eventOf } from '../action/github/event-of.ts';

const role = 'arn:aws:iam::111122223333:role/access-broker';
const good: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries({ ...commonInputs, ...awsDeclaration.inputs }).map(([name, { fallback }]) => [
      name,
      fallback.startsWith('${{') ? '' : fallback,
    ]),
  ),
  cloud: 'aws',
  'aws-role-to-assume': 'none',
  'aws-region': 'us-east-1',
  principal: 'group:Payments On-Call',
  target: '123456789012',
  role: 'ReadOnlyAccess',
};

interface Around {
  readonly variables?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly tokenFault?: Fault;
}

function read(
  inputs: Readonly<Record<string, string>>,
  { variables = {}, files = {}, tokenFault }: Around = {},
): Inputs<AwsSettings> {
  const set = Object.entries({ ...good, ...inputs }).filter(([, value]) => value !== '');
  return readInputs(
    { aws: awsDeclaration },
    {
      surroundings: {
        variables: new Map([
          ...set.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const),
          ...Object.entries(variables),
        ]),
        file: (path) => files[path] ?? null,
        homeFolder: '/home/me',
        runName: '42-7-1',
      },
      event: eventOf('push'),
      tokenFault: tokenFault ?? null,
    },
  );
}

function faultsOf(inputs: Readonly<Record<string, string>>, around: Around = {}): readonly Fault[] {
  try {
    read(inputs, around);
    return [];
  } catch (error) {
    if (error instanceof InputFaults) return error.faults;
    throw error;
  }
}
const names = (faults: readonly Fault[]): readonly string[] => faults.map(({ input }) => input).toSorted();

describe('signing in', () => {
  test('without a role the ambient credentials are used, and no ID token is needed', () => {
    const { settings, audience } = read({});
    expect(settings.signIn).toEqual({ kind: 'ambient' });
    expect(audience).toBeNull();
  });

  test('with a role by web identity, named after the run', () => {
    const { settings, audience } = read({ 'aws-role-to-assume': role });
    expect(settings.signIn).toEqual({
      kind: 'web-identity',
      roleArn: role,
      sessionName: 'cloud-access-42-7-1',
      audience: 'sts.amazonaws.com',
    });
    expect(audience).toBe('sts.amazonaws.com');
  });

  test.each([
    ['aws-cn', 'sts.amazonaws.com.cn'],
    ['aws-us-gov', 'sts.amazonaws.com'],
    ['aws', 'sts.amazonaws.com'],
  ])('the audience follows the partition %s', (partition, audience) => {
    expect(read({ 'aws-role-to-assume': role.replace('arn:aws:', `arn:${partition}:`) }).audience).toBe(audience);
  });

  test('audience and session name can be given', () => {
    const { settings } = read({
      'aws-role-to-assume': role,
      'aws-audience': 'urn:mine',
      'aws-role-session-name': 'nightly',
    });
    expect(settings.signIn).toMatchObject({ audience: 'urn:mine', sessionName: 'nightly' });
  });

  test.each(['aws-audience', 'aws-role-session-name'])('%s without a role is a fault', (input) => {
    expect(faultsOf({ [input]: 'nightly' })).toEqual([
      expect.objectContaining({
        input,
        problem: expect.stringContaining('without aws-role-to-assume'),
        example: { of: 'aws-role-to-assume', value: role },
      }),
    ]);
  });

  test.each(['access-broker', 'None', 'arn:aws:iam::1:role/x', `${role}\n${role}`])(
    '%j is no role ARN, and that is the one fault',
    (value) => {
      expect(
        names(
          faultsOf({ 'aws-role-to-assume': value, 'aws-audience': 'urn:mine', 'aws-role-session-name': 'nightly' }),
        ),
      ).toEqual(['aws-role-to-assume']);
    },
  );

  test('an empty role is a fault: the expression was empty, and ambient credentials are not a fallback', () => {
    expect(faultsOf({ 'aws-role-to-assume': '' })).toEqual([
      {
        input: 'aws-role-to-assume',
        problem: expect.stringContaining('the expression returned nothing'),
        example: expect.any(String),
      },
    ]);
  });

  test('a missing token permission is reported together with other faults', () => {
    const tokenFault = { input: 'permissions', problem: 'give no token', example: 'id-token: write' };
    expect(names(faultsOf({ 'aws-role-to-assume': role, 'aws-region': '' }, { tokenFault }))).toEqual([
      'aws-region',
      'permissions',
    ]);
    expect(faultsOf({}, { tokenFault })).toEqual([]);
  });

  test('bad shapes are faults, all at once', () => {
    expect(
      names(
        faultsOf({
          'aws-role-to-assume': role,
          'aws-audience': 'two words',
          'aws-role-session-name': 'x',
          'aws-region': 'Frankfurt',
          'aws-instance-arn': 'ssoins-1',
          'aws-identity-store-id': 'store',
        }),
      ),
    ).toEqual(['aws-audience', 'aws-identity-store-id', 'aws-instance-arn', 'aws-region', 'aws-role-session-name']);
  });
});

describe('the Region', () => {
  test.each([
    [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-1'],
    [{ AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-2'],
  ])('falls back to %j', (variables, region) => {
    expect(read({ 'aws-region': '' }, { variables }).settings.region).toBe(region);
    expect(read({}, { variables }).settings.region).toBe('us-east-1');
  });

  test('nowhere set is a fault', () => {
    expect(faultsOf({ 'aws-region': '' })).toEqual([
      expect.objectContaining({ input: 'aws-region', example: 'us-east-1' }),
    ]);
  });

  test.each(['us-east-1.evil.example', 'x@evil.example/', 'US-EAST-1'])(
    '%j from the environment is a fault, since it would become part of a host',
    (AWS_REGION) => {
      expect(faultsOf({ 'aws-region': '' }, { variables: { AWS_REGION } })).toEqual([
        expect.objectContaining({ input: 'aws-region', problem: expect.stringContaining(AWS_REGION) }),
      ]);
    },
  );
});

describe('pinning', () => {
  const instance = 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f';

  test("an identity store's ARN has its ID and its owner", () => {
    const { settings } = read({
      'aws-instance-arn': instance,
      'aws-identity-store-id': 'arn:aws:identitystore::111111111111:identitystore/d-90679a1b2c',
    });
    expect(settings).toMatchObject({
      instanceArn: instance,
      identityStoreId: 'd-90679a1b2c',
      ownerAccountId: '111111111111',
    });
  });

  test('its ID alone does not name the owner', () => {
    expect(read({ 'aws-identity-store-id': 'd-90679a1b2c' }).settings).toMatchObject({
      identityStoreId: 'd-90679a1b2c',
      ownerAccountId: null,
      routing: null,
      instanceArn: null,
    });
  });

  test('an ARN of no store is a fault', () => {
    expect(
      names(faultsOf({ 'aws-identity-store-id': 'arn:aws:identitystore::111111111111:identitystore/anything goes' })),
    ).toEqual(['aws-identity-store-id']);
  });
});

describe('endpoints from outside', () => {
  test('loopback is used, and reported', () => {
    const { endpoints } = read({}, { variables: { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' } });
    expect(endpoints).toEqual([{ source: 'AWS_ENDPOINT_URL', url: 'http://127.0.0.1:4566' }]);
  });

  test('every other host is a fault unless it is allowed, each one', () => {
    const variables = {
      AWS_ENDPOINT_URL_STS: 'https://sts.evil.example',
      AWS_ENDPOINT_URL_SSO_ADMIN: 'https://sso.evil.example',
    };
    expect(
      faultsOf({}, { variables })
        .map(({ example }) => /allowed-endpoints: (?<host>[\w.]+)/u.exec(JSON.stringify(example))?.groups?.['host'])
        .toSorted(),
    ).toEqual(['sso.evil.example', 'sts.evil.example']);
    expect(faultsOf({ 'allowed-endpoints': 'sts.evil.example\nsso.evil.example' }, { variables })).toEqual([]);
    expect(names(faultsOf({ 'allowed-endpoints': 'sts.evil.example' }, { variables }))).toEqual(['allowed-endpoints']);
  });

  test('endpoints in shared files count as well', () => {
    const files = { '/home/me/.aws/config': '[default]\nendpoint_url = https://evil.example\n' };
    expect(names(faultsOf({}, { files }))).toEqual(['allowed-endpoints']);
  });
});

describe('all and outdated', () => {
  const surroundings = {
    variables: new Map([['AWS_REGION', 'us-east-1']]),
    file: () => null,
    homeFolder: '/home/me',
    allowedEndpoints: [],
    runName: '1-2-3',
  };
  const absent = Object.fromEntries(Object.entries(awsDeclaration.inputs).map(([name, it]) => [name, it.absent]));
  const settle = (targets: readonly string[], exclusions: readonly string[] = []) => {
    const lineOf = (text: string, parse = awsDeclaration.parseTarget) => {
      const parsed = parse(text, 'provision');
      if (!parsed.ok) throw new Error(parsed.problem);
      return parsed.value;
    };
    const lines = {
      principals: [],
      targets: targets.map((text) => lineOf(text)),
      exclusions: exclusions.map((text) => lineOf(text, awsDeclaration.parseExclusion)),
      roles: [],
    };
    const asked = {
      operation: 'provision',
      lines,
      isOfFiles: false,
      lifetime: permanent,
      allowPrivileged: false,
      leaseId: null,
    } as const;
    const settled = awsDeclaration.settle(absent, surroundings, asked);
    return settled.ok ? [] : settled.faults;
  };

  test.each([[['all', '123456789012']], [['ou:r-a1b2/**', 'outdated']], [['all', 'outdated']]])(
    '%j: allowed alone only',
    (targets) => {
      expect(settle(targets)).toEqual([
        {
          input: 'target',
          problem: expect.stringContaining('cannot be combined with other lines'),
          example: expect.any(String),
        },
      ]);
    },
  );

  test('exclusions are allowed with them, and so is the same line again', () => {
    expect(settle(['outdated'], ['account:sandbox', 'ou:/Sandbox/**'])).toEqual([]);
    expect(settle(['all', 'all'])).toEqual([]);
    expect(settle(['ou:r-a1b2/**', '123456789012'])).toEqual([]);
  });
});

describe('quotas', () => {
  test('are those of Identity Center', () => {
    expect(awsDeclaration.quotas).toEqual({ requestsPerSecond: 20, inFlight: 100 });
  });
});
