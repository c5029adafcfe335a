import { describe, expect, test } from '@jest/globals';

import type { Cloud } from '../../src/access/cloud.ts';
import { declareCloud, ok, opening, wrong, type AnyCloud, type Surroundings } from '../../src/access/declaration.ts';
import { InputFaults, type Fault } from '../../src/access/errors.ts';
import { text } from '../../src/access/inputs.ts';
import { operations, type Lines } from '../../src/access/request.ts';
import type { CloudTools } from '../../src/access/tools.ts';
import { readInputs, type Inputs } from '../../src/action/inputs.ts';

interface Settings {
  readonly sky: string | null;
  readonly surroundings: Surroundings;
  readonly lines: Lines;
}

const skyInputs = {
  'sky-region': text('', 'sky-1', operations),
  'sky-mode': {
    ...text('plain', 'fancy', ['assign']),
    parse: (value: string) => (value === 'odd' ? wrong('is odd') : ok(value)),
  },
} as const;

/** Two small clouds that accept any line but those that begin with `bad`. */
const sky = declareCloud<typeof skyInputs, Settings>({
  operations,
  inputs: skyInputs,
  principalTypes: ['PERSON', 'TEAM'],
  examples: { principal: 'person:Ann', target: 'cloud nine', role: 'Pilot' },
  secretVariables: [],
  parsePrincipal: (line, type) =>
    line.startsWith('bad') ? wrong(`"${line}" is nobody`) : ok({ text: line, kind: type ?? 'untyped', value: line }),
  parseTarget: (line, operation) =>
    line.startsWith('bad') ? wrong(`"${line}" is nowhere`) : ok({ text: line, kind: operation, value: line }),
  parseRole: (line) =>
    line.startsWith('bad') ? wrong(`"${line}" is nothing`) : ok({ text: line, kind: 'role', value: line }),
  settle: (values, surroundings, lines) =>
    surroundings.variables.has('SKY_IS_FALLING')
      ? {
          ok: false,
          needsIdToken: true,
          faults: [{ input: 'sky-region', problem: 'falls', example: 'sky-1' }],
        }
      : { ok: true, settings: { sky: values['sky-region'], surroundings, lines }, audience: 'sky.test', endpoints: [] },
});
const seaInputs = {
  'sea-port': text('', 'port-1', operations),
  'sea-tide': text('low', 'high', operations),
  'sea-sails': text('', 'full', ['assign', 'revoke']),
} as const;
const sea: AnyCloud<Settings> = declareCloud<typeof seaInputs, Settings>({
  ...sky,
  operations: ['assign', 'revoke'],
  inputs: seaInputs,
  principalTypes: ['CREW'],
  examples: { principal: 'crew:Bob', target: 'harbour', role: 'Sailor' },
  settle: (_values, surroundings, lines) => ({
    ok: true,
    settings: { sky: null, surroundings, lines },
    audience: null,
    endpoints: [],
  }),
});

/** What the runner sets where the workflow gives nothing: the defaults of action.yml. */
const defaults: Readonly<Record<string, string>> = {
  operation: 'assign',
  wait: 'true',
  'allow-privileged': 'false',
  'sky-mode': 'plain',
  'sea-tide': 'low',
};
const good = { cloud: 'sky', principal: 'alice', target: 'here', role: 'reader' };

interface Around {
  readonly event?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly tokenFault?: Fault | null;
}

const read = (inputs: Readonly<Record<string, string>>, around: Around = {}): Inputs<Settings> =>
  readFrom({ sky, sea }, inputs, around);

function readFrom<S>(
  clouds: Readonly<Record<string, AnyCloud<S>>>,
  inputs: Readonly<Record<string, string>>,
  around: Around = {},
): Inputs<S> {
  const set = Object.entries({ ...defaults, ...inputs })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
  const variables = new Map([...set, ...Object.entries(around.variables ?? {})]);
  return readInputs<S>(clouds, {
    surroundings: { variables, file: () => null, homeFolder: '/home/me', runName: '1-2-3' },
    event: around.event ?? 'push',
    tokenFault: around.tokenFault ?? null,
  });
}

function faultsOf(
  inputs: Readonly<Record<string, string>>,
  around: Around = {},
  clouds = { sky, sea },
): readonly Fault[] {
  try {
    readFrom(clouds, inputs, around);
    return [];
  } catch (error) {
    if (error instanceof InputFaults) return error.faults;
    throw error;
  }
}

const names = (faults: readonly Fault[]): readonly string[] => faults.map(({ input }) => input).toSorted();

describe('readInputs', () => {
  test('gives back everything, typed', () => {
    const { request, cloud, audience, settings } = read({
      ...good,
      principal: ' alice ',
      'principal-type': 'PERSON',
      timeout: '90s',
      wait: 'false',
      'allow-privileged': 'true',
      'sky-region': 'sky-9',
    });
    expect(cloud).toBe('sky');
    expect(audience).toBe('sky.test');
    expect(settings.sky).toBe('sky-9');
    expect(request).toEqual({
      operation: 'assign',
      principals: [{ text: 'alice', kind: 'PERSON', value: 'alice' }],
      targets: [{ text: 'here', kind: 'assign', value: 'here' }],
      roles: [{ text: 'reader', kind: 'role', value: 'reader' }],
      wait: false,
      timeoutMs: 90_000,
      allowPrivileged: true,
    });
  });

  test.each([
    ['assign', 300_000],
    ['revoke', 300_000],
    ['provision', 900_000],
  ] as const)('the default time limit of %s', (operation, timeoutMs) => {
    const principal = operation === 'provision' ? '' : 'alice';
    expect(read({ ...good, operation, principal }).request).toMatchObject({
      operation,
      timeoutMs,
      wait: true,
      allowPrivileged: false,
    });
  });

  test('the cloud’s rules see the lines that were understood', () => {
    const { settings, request } = read({ ...good, target: '\n there \n' });
    expect(settings.lines).toEqual({ principals: request.principals, targets: request.targets, roles: request.roles });
    expect(settings.lines.targets).toEqual([{ text: 'there', kind: 'assign', value: 'there' }]);
  });

  test('what is allowed of endpoints reaches the cloud’s rules', () => {
    expect(read({ ...good, 'allowed-endpoints': 'Sso.Example.com' }).settings.surroundings.allowedEndpoints).toEqual([
      'sso.example.com',
    ]);
  });

  test('every fault is told at once, each with an example', () => {
    const faults = faultsOf(
      {
        cloud: 'sky',
        operation: 'assign',
        principal: 'bad one',
        'principal-type': 'ROBOT',
        target: 'bad place',
        role: '',
        wait: 'yes',
        timeout: 'soon',
        'allow-event': 'push',
        'allow-privileged': 'maybe',
        'allowed-endpoints': 'https://x',
        'sky-mode': 'odd',
        'sea-port': 'port-7',
      },
      {
        event: 'workflow_run',
        variables: { SKY_IS_FALLING: '1', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
        tokenFault: { input: 'permissions', problem: 'give no token', example: 'id-token: write' },
      },
    );
    expect([...new Set(names(faults))]).toEqual([
      'NODE_TLS_REJECT_UNAUTHORIZED',
      'allow-event',
      'allow-privileged',
      'allowed-endpoints',
      'permissions',
      'principal',
      'principal-type',
      'role',
      'sea-port',
      'sky-mode',
      'sky-region',
      'target',
      'timeout',
      'wait',
    ]);
    expect(faults.filter(({ example, problem }) => example === '' || problem === '')).toEqual([]);
  });

  test('an empty value where there is a default is a fault: the expression gave nothing', () => {
    for (const input of ['operation', 'wait', 'allow-privileged', 'sky-mode']) {
      expect(faultsOf({ ...good, [input]: '' })).toEqual([
        { input, problem: expect.stringMatching(/^is empty: .*default \(.+\)$/u), example: expect.any(String) },
      ]);
    }
  });

  test.each(['principal', 'target', 'role'])('an empty %s is a fault, also one of white space alone', (input) => {
    for (const value of ['', '  ', '\n\t\n', '\u00a0']) {
      expect(names(faultsOf({ ...good, [input]: value }))).toEqual([input]);
    }
  });

  test.each(['principal', 'target', 'role'])('a second line of %s is a fault, never left out', (input) => {
    expect(faultsOf({ ...good, [input]: 'one\ntwo' })).toEqual([
      { input, problem: 'has 2 lines; this version takes one', example: expect.any(String) },
    ]);
    expect(faultsOf({ ...good, [input]: '\n one \n\n' })).toEqual([]);
  });

  describe('cloud', () => {
    test.each(['', 'aws', 'Sky', 'toString', '__proto__', 'constructor'])(
      '%j is none, and the fault lists those that are',
      (cloud) => {
        const [fault] = faultsOf({ ...good, cloud });
        expect(fault).toMatchObject({ input: 'cloud', example: 'sky' });
      },
    );

    test('a missing one holds no other fault back', () => {
      const faults = faultsOf(
        { wait: 'yes', principal: '', target: '', role: 'one\ntwo' },
        { event: 'issue_comment', variables: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
      );
      expect(names(faults)).toEqual([
        'NODE_TLS_REJECT_UNAUTHORIZED',
        'allow-event',
        'cloud',
        'principal',
        'role',
        'target',
        'wait',
      ]);
    });
  });

  describe('examples', () => {
    const examplesOf = (inputs: Readonly<Record<string, string>>, clouds = { sky, sea }): unknown =>
      Object.fromEntries(faultsOf(inputs, {}, clouds).map(({ input, example }) => [input, example]));
    const ofSky = { principal: 'person:Ann', target: 'cloud nine', role: 'Pilot' };
    const ofSea = { principal: 'crew:Bob', target: 'harbour', role: 'Sailor' };

    test.each([
      ['sky', ofSky],
      ['sea', ofSea],
    ])('are those of the chosen cloud (%s), whatever is wrong', (cloud, examples) => {
      expect(examplesOf({ cloud })).toEqual(examples);
      expect(examplesOf({ cloud, principal: 'bad', target: 'bad', role: 'bad' })).toEqual(examples);
      expect(examplesOf({ cloud, principal: 'a\nb', target: 'a\nb', role: 'a\nb' })).toEqual(examples);
    });

    test('of principal and its type are the chosen cloud’s where they mean nothing, too', () => {
      const given = { ...good, operation: 'provision', 'principal-type': 'TEAM' };
      for (const clouds of [
        { sky, sea },
        { sea, sky },
      ]) {
        expect(examplesOf(given, clouds)).toEqual({ principal: 'person:Ann', 'principal-type': 'PERSON' });
      }
      expect(examplesOf({ ...good, cloud: 'sea', 'principal-type': 'TEAM' })).toEqual({ 'principal-type': 'CREW' });
    });

    test.each(['', 'moon', 'toString'])('of an unknown cloud (%j) are the first one’s', (cloud) => {
      expect(examplesOf({ cloud })).toEqual({ cloud: 'sky', ...ofSky });
    });
  });

  describe('an operation that the cloud does not have', () => {
    test('is a fault that says which it has', () => {
      expect(faultsOf({ ...good, cloud: 'sea', operation: 'provision', principal: '' })).toEqual([
        {
          input: 'operation',
          problem: 'is provision, which cloud: sea does not have; it has assign, revoke',
          example: 'assign',
        },
      ]);
    });

    test('holds no other fault back', () => {
      const faults = faultsOf({ cloud: 'sea', operation: 'provision', target: 'bad place', 'sky-region': 'sky-9' });
      expect(names(faults)).toEqual(['operation', 'role', 'sky-region', 'target']);
    });

    test('brings no faults of an operation that cannot be meant', () => {
      const given = { ...good, cloud: 'sea', operation: 'provision', 'sea-sails': 'full' };
      expect(names(faultsOf(given))).toEqual(['operation']);
    });
  });

  describe('a cloud that is opened by its settings', () => {
    const opened: string[] = [];
    const tools = {} as CloudTools;
    const opens =
      (name: string) =>
      (settings: Settings, given: CloudTools): Promise<Cloud> => {
        expect(given).toBe(tools);
        opened.push(`${name} ${settings.sky ?? ''}`);
        return Promise.resolve({} as Cloud);
      };
    const clouds = { sky: opening(sky, opens('sky')), sea: opening(sea, opens('sea')) };

    test('is the chosen one, and no other, and only when it is asked for', async () => {
      const { settings: open, audience } = readFrom(clouds, { ...good, 'sky-region': 'sky-9' });
      expect(audience).toBe('sky.test');
      expect(opened).toEqual([]);
      await open(tools);
      expect(opened).toEqual(['sky sky-9']);
    });

    test('keeps its faults', () => {
      expect(() => readFrom(clouds, good, { variables: { SKY_IS_FALLING: '1' } })).toThrow(InputFaults);
      expect(opened).toEqual(['sky sky-9']);
    });
  });

  describe('an input that means nothing here', () => {
    test('of another operation is a fault where it is neither empty nor its default', () => {
      expect(faultsOf({ ...good, operation: 'revoke', 'allow-privileged': 'true' })).toEqual([
        { input: 'allow-privileged', problem: 'means nothing to operation: revoke, only to assign', example: 'true' },
      ]);
      expect(faultsOf({ ...good, operation: 'revoke', 'sky-mode': 'fancy' })).toMatchObject([{ input: 'sky-mode' }]);
      expect(faultsOf({ ...good, operation: 'revoke' })).toEqual([]);
      expect(names(faultsOf({ ...good, operation: 'provision', 'principal-type': 'TEAM' }))).toEqual([
        'principal',
        'principal-type',
      ]);
    });

    test('of another cloud is a fault where it is neither empty nor its default', () => {
      expect(faultsOf({ ...good, 'sea-port': 'port-7', 'sea-tide': 'high' })).toEqual([
        { input: 'sea-port', problem: 'is an input of cloud: sea, not of sky', example: 'port-1' },
        { input: 'sea-tide', problem: 'is an input of cloud: sea, not of sky', example: 'high' },
      ]);
      expect(faultsOf({ ...good, cloud: 'sea', 'sky-region': ' ' })).toEqual([]);
    });
  });

  describe('events', () => {
    test.each(['pull_request_target', 'issue_comment', 'workflow_run'])('%s is refused unless it is named', (event) => {
      expect(faultsOf(good, { event })).toEqual([
        { input: 'allow-event', problem: expect.stringContaining(event), example: event },
      ]);
      expect(faultsOf({ ...good, 'allow-event': event }, { event })).toEqual([]);
    });

    test('naming one does not allow another', () => {
      expect(names(faultsOf({ ...good, 'allow-event': 'workflow_run' }, { event: 'issue_comment' }))).toEqual([
        'allow-event',
      ]);
    });

    test.each(['push', 'workflow_dispatch', 'schedule', 'pull_request', ''])('%j needs no leave', (event) => {
      expect(faultsOf(good, { event })).toEqual([]);
    });
  });

  describe('the ID token', () => {
    const tokenFault: Fault = { input: 'permissions', problem: 'give no token', example: 'id-token: write' };

    test('is missed only by a sign-in that takes one', () => {
      expect(faultsOf(good, { tokenFault })).toEqual([tokenFault]);
      expect(faultsOf({ ...good, cloud: 'sea' }, { tokenFault })).toEqual([]);
    });

    test('is missed beside other faults, too', () => {
      expect(names(faultsOf(good, { tokenFault, variables: { SKY_IS_FALLING: '1' } }))).toEqual([
        'permissions',
        'sky-region',
      ]);
    });
  });

  test('certificate checks that are off are a fault, any other value is not', () => {
    expect(names(faultsOf(good, { variables: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } }))).toEqual([
      'NODE_TLS_REJECT_UNAUTHORIZED',
    ]);
    expect(faultsOf(good, { variables: { NODE_TLS_REJECT_UNAUTHORIZED: '1' } })).toEqual([]);
  });

  test('an unknown operation brings no faults of an operation that was not meant', () => {
    expect(names(faultsOf({ ...good, operation: 'provisoin', principal: '' }))).toEqual(['operation']);
  });
});
