import { describe, expect, test } from '@jest/globals';

import type { CloudWithLeases } from '../../../src/access/leases/port.ts';
import { opening } from '../../../src/access/declaration.ts';
import { InputFaults, takeOut, type Fault } from '../../../src/access/errors.ts';
import type { CloudTools } from '../../../src/access/tools.ts';
import { defaults, faultsOf, good, names, read, readFrom, sea, sky, type Settings } from '../small-clouds.ts';
import { eventOf } from '../github/event-of.ts';

describe('readInputs', () => {
  test('returns every input, typed', () => {
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
      lifetime: { kind: 'permanent', isUnsaid: true },
      reason: null,
      principals: [{ text: 'alice', kind: 'PERSON', value: 'alice' }],
      targets: [{ text: 'here', kind: 'assign', value: 'here' }],
      exclusions: [],
      roles: [{ text: 'reader', kind: 'assign-role', value: 'reader' }],
      wait: false,
      timeoutMs: 90_000,
      allowPrivileged: true,
      guards: { allowed: { principal: null, target: null, role: null }, maxGrants: null, maxLifetimeMs: null },
      maxInFlight: null,
      perTarget: false,
      dryRun: false,
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

  test("the cloud's rules receive the parsed lines", () => {
    const { settings, request } = read({ ...good, target: '\n there \n !not there' });
    const { principals, targets, exclusions, roles } = request;
    expect(settings.lines).toEqual({ principals, targets, exclusions, roles });
    expect(targets).toEqual([{ text: 'there', kind: 'assign', value: 'there' }]);
    expect(exclusions).toEqual([{ text: 'not there', kind: 'excluded', value: 'not there' }]);
  });

  test("the allowed endpoints reach the cloud's rules", () => {
    expect(read({ ...good, 'allowed-endpoints': 'Sso.Example.com' }).settings.surroundings.allowedEndpoints).toEqual([
      'sso.example.com',
    ]);
  });

  test('every fault is reported at once, each with an example (P6)', () => {
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
        'allow-event': 'Push',
        'allow-privileged': 'maybe',
        'allowed-endpoints': 'https://x',
        'dry-run': 'maybe',
        'plan-file': 'one\ntwo',
        'expected-plan': 'nowhere.json',
        'plan-for': 'nobody',
        'allowed-principals': 'bad one',
        'allowed-targets': '',
        'allowed-roles': '!reader',
        'max-grants': '0',
        'max-lifetime': 'soon',
        'require-ids': 'yes',
        'max-requests-per-second': '21',
        'max-in-flight': '101',
        'sky-mode': 'odd',
        'sea-port': 'port-7',
      },
      {
        event: eventOf('workflow_run'),
        variables: { SKY_IS_FALLING: '1', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
        tokenFault: { input: 'permissions', problem: 'give no token', example: 'id-token: write' },
      },
    );
    expect([...new Set(names(faults))]).toEqual([
      'NODE_TLS_REJECT_UNAUTHORIZED',
      'allow-event',
      'allow-privileged',
      'allowed-endpoints',
      'allowed-principals',
      'allowed-roles',
      'allowed-targets',
      'dry-run',
      'expected-plan',
      'max-grants',
      'max-in-flight',
      'max-lifetime',
      'max-requests-per-second',
      'permissions',
      'plan-file',
      'plan-for',
      'principal',
      'principal-type',
      'require-ids',
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

  test('an empty value where there is a default is a fault: the expression was empty', () => {
    for (const input of Object.keys(defaults).filter((name) => name !== 'sea-tide')) {
      expect(faultsOf({ ...good, [input]: '' })).toEqual([
        {
          input,
          problem: 'This input is empty: the expression returned nothing. Correct the expression, or write the value.',
          example: expect.any(String),
        },
      ]);
    }
  });

  test.each([
    ['allow-privileged', 'false'],
    ['keep-after-job', 'false'],
    ['require-ids', 'true'],
    ['dry-run', 'true'],
    ['wait', 'true'],
  ])('%s in other words is a fault that suggests the value; without a match, the safe one: %s', (input, safe) => {
    const exampleOf = (value: string): unknown =>
      faultsOf({ ...good, [input]: value }).find((fault) => fault.input === input)?.example;
    for (const value of ['False', 'FALSE', 'no', 'Off', '0', 'n'])
      expect([value, exampleOf(value)]).toEqual([value, 'false']);
    for (const value of ['True', 'TRUE', 'yes', 'On', '1', 'Y'])
      expect([value, exampleOf(value)]).toEqual([value, 'true']);
    for (const value of ['', ' ', 'null', 'maybe', '2']) expect([value, exampleOf(value)]).toEqual([value, safe]);
  });

  test.each(['principal', 'target', 'role'])('an empty %s is a fault, also one of white space alone', (input) => {
    for (const value of ['', '  ', '\n\t\n', '\u00a0']) {
      expect(names(faultsOf({ ...good, [input]: value }))).toEqual([input]);
    }
  });

  describe('cloud', () => {
    test.each(['', 'aws', 'Sky', 'toString', '__proto__', 'constructor'])(
      '%j is not a cloud, and the fault lists the clouds',
      (cloud) => {
        const [fault] = faultsOf({ ...good, cloud });
        expect(fault).toMatchObject({ input: 'cloud', example: 'sky' });
      },
    );

    test('a missing one hides no other fault', () => {
      const faults = faultsOf(
        { wait: 'yes', principal: '', target: '', role: '\n' },
        { event: eventOf('issue_comment'), variables: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
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
    ])('are those of the chosen cloud (%s), with any faults', (cloud, examples) => {
      expect(examplesOf({ cloud })).toEqual(examples);
      expect(examplesOf({ cloud, principal: 'bad', target: 'bad', role: 'bad' })).toEqual(examples);
      expect(examplesOf({ cloud, principal: '!a', target: '!', role: '!b' })).toEqual({
        ...examples,
        target: cloud === 'sky' ? 'cloud nine\n!cloud ten' : 'harbour\n!reef',
      });
      const ceilings = { 'allowed-principals': 'bad', 'allowed-targets': 'bad', 'allowed-roles': 'bad' };
      expect(examplesOf({ ...good, cloud, ...ceilings })).toEqual({
        'allowed-principals': examples.principal,
        'allowed-targets': examples.target,
        'allowed-roles': examples.role,
      });
    });

    test("of the type of principals are the chosen cloud's, and an input without effect there has none", () => {
      const given = { ...good, operation: 'provision', 'principal-type': 'TEAM' };
      for (const clouds of [
        { sky, sea },
        { sea, sky },
      ]) {
        expect(examplesOf(given, clouds)).toEqual({ principal: takeOut, 'principal-type': takeOut });
      }
      expect(examplesOf({ ...good, cloud: 'sea', 'principal-type': 'TEAM' })).toEqual({ 'principal-type': 'CREW' });
    });

    test.each(['', 'moon', 'toString'])("of an unknown cloud (%j) are the first one's", (cloud) => {
      expect(examplesOf({ cloud })).toEqual({ cloud: 'sky', ...ofSky });
    });
  });

  describe('an operation that the cloud does not have', () => {
    test("is a fault that lists the cloud's operations", () => {
      expect(faultsOf({ ...good, cloud: 'sea', operation: 'provision', principal: '' })).toEqual([
        {
          input: 'operation',
          problem: '"provision" is not an operation of cloud: sea. It has assign, revoke.',
          example: 'assign',
        },
      ]);
    });

    test('hides no other fault', () => {
      const faults = faultsOf({ cloud: 'sea', operation: 'provision', target: 'bad place', 'sky-region': 'sky-9' });
      expect(names(faults)).toEqual(['operation', 'role', 'sky-region', 'target']);
    });

    test('brings no faults of another operation', () => {
      const given = { ...good, cloud: 'sea', operation: 'provision', 'sea-sails': 'full' };
      expect(names(faultsOf(given))).toEqual(['operation']);
    });
  });

  describe('a cloud that is opened by its settings', () => {
    const opened: string[] = [];
    const tools = {} as CloudTools;
    const opens =
      (name: string) =>
      (settings: Settings, given: CloudTools): Promise<CloudWithLeases> => {
        expect(given).toBe(tools);
        opened.push(`${name} ${settings.sky ?? ''}`);
        return Promise.resolve({} as CloudWithLeases);
      };
    const clouds = { sky: opening(sky, opens('sky')), sea: opening(sea, opens('sea')) };

    test('is the chosen one, and no other, and only when it is requested', async () => {
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

  describe('an input without effect', () => {
    test('of another operation is a fault where it is neither empty nor its default', () => {
      expect(faultsOf({ ...good, operation: 'revoke', 'allow-privileged': 'true' })).toEqual([
        {
          input: 'allow-privileged',
          problem: 'This input is not used by operation: revoke, only by assign, reconcile and extend.',
          example: takeOut,
        },
      ]);
      expect(faultsOf({ ...good, operation: 'revoke', 'sky-mode': 'fancy' })).toMatchObject([{ input: 'sky-mode' }]);
      expect(faultsOf({ ...good, operation: 'revoke' })).toEqual([]);
      expect(names(faultsOf({ ...good, operation: 'provision', 'principal-type': 'TEAM' }))).toEqual([
        'principal',
        'principal-type',
      ]);
    });

    test('of another cloud is a fault where it is neither empty nor its default', () => {
      const example = { advice: 'Remove it, or correct cloud.' };
      expect(faultsOf({ ...good, 'sea-port': 'port-7', 'sea-tide': 'high' })).toEqual([
        { input: 'sea-port', problem: 'This is an input of cloud: sea, not of sky.', example },
        { input: 'sea-tide', problem: 'This is an input of cloud: sea, not of sky.', example },
      ]);
      expect(faultsOf({ ...good, cloud: 'sea', 'sky-region': ' ' })).toEqual([]);
    });
  });

  describe('events', () => {
    const strange = ['pull_request_target', 'deployment', 'issues', 'workflow_call', 'event_of_tomorrow'];
    test.each(strange)('%s is refused unless it is named, and the safe way is named first', (name) => {
      const event = eventOf(name);
      const advice = expect.stringMatching(new RegExp(`^Start the workflow by .* allow-event: ${name}$`, 'u'));
      expect(faultsOf(good, { event })).toEqual([
        {
          input: 'allow-event',
          problem: expect.stringContaining(`${name} started this workflow, and this list does not name it`),
          example: { advice },
        },
      ]);
      expect(faultsOf({ ...good, 'allow-event': name }, { event })).toEqual([]);
    });

    test('naming one does not allow another', () => {
      const event = eventOf('issue_comment');
      expect(names(faultsOf({ ...good, 'allow-event': 'workflow_run' }, { event }))).toEqual(['allow-event']);
    });

    test.each(['Issue_Comment', 'Push', 'push ', ' push', 'PUSH', 'push\n', 'toString'])(
      'letter case and blanks make no other event of %j',
      (name) => {
        const faults = faultsOf({ ...good, 'allow-event': 'issue_comment\npush' }, { event: eventOf(name) });
        expect(faults).toMatchObject([{ input: 'allow-event', example: { advice: expect.not.stringContaining(':') } }]);
      },
    );

    const trusted = ['workflow_dispatch', 'schedule', 'push', 'merge_group', 'repository_dispatch', 'release'];
    test.each(trusted)('%s needs no permission', (name) => {
      expect(faultsOf(good, { event: eventOf(name) })).toEqual([]);
    });

    test('pull_request needs none where its head is in the same repository', () => {
      expect(faultsOf(good, { event: eventOf('pull_request', 'here') })).toEqual([]);
      for (const head of ['elsewhere', null] as const) {
        const event = eventOf('pull_request', head);
        expect(names(faultsOf(good, { event }))).toEqual(['allow-event']);
        expect(faultsOf({ ...good, 'allow-event': 'pull_request' }, { event })).toEqual([]);
      }
      expect(names(faultsOf(good, { event: eventOf('pull_request_review', 'here') }))).toEqual(['allow-event']);
    });

    test('without a name is refused on a runner, which names every one', () => {
      expect(names(faultsOf({ ...good, 'allow-event': 'push' }, { event: eventOf('') }))).toEqual(['allow-event']);
      expect(faultsOf(good, { event: { ...eventOf(''), onRunner: false } })).toEqual([]);
      expect(names(faultsOf(good, { event: { ...eventOf('issues'), onRunner: false } }))).toEqual(['allow-event']);
    });
  });

  describe('the ID token', () => {
    const tokenFault: Fault = { input: 'permissions', problem: 'give no token', example: 'id-token: write' };

    test('is required only by a sign-in that uses one', () => {
      expect(faultsOf(good, { tokenFault })).toEqual([tokenFault]);
      expect(faultsOf({ ...good, cloud: 'sea' }, { tokenFault })).toEqual([]);
    });

    test('is reported as missing together with other faults', () => {
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

  test('an unknown operation brings no faults of another operation', () => {
    expect(names(faultsOf({ ...good, operation: 'provisoin', principal: '' }))).toEqual(['operation']);
  });
});

describe('characters that readers cannot see (P7, P10)', () => {
  const turned = 'here\u202e';
  test.each(['principal', 'target', 'role', 'allowed-principals', 'allowed-targets', 'allowed-roles'])(
    'in %s, which can have names: the ID helps where the name itself has the character',
    (input) => {
      expect(faultsOf({ ...good, [input]: turned })).toContainEqual({
        input,
        problem:
          'The value has U+202E, which makes people read it in another order than it has. Remove it, or use the ID of the object that has it in its name.',
        example: expect.anything(),
      });
      expect(faultsOf({ ...good, [input]: 'a\u200bb' }).filter(({ problem }) => problem.includes('seen'))).toEqual([]);
    },
  );

  test.each(['cloud', 'reason', 'plan-file', 'expected-plan', 'allowed-endpoints', 'github-token', 'job-check-run-id'])(
    'in %s, once, and without its value',
    (input) => {
      for (const hidden of ['\u202e', '\u200b', '\u001b']) {
        const of = faultsOf({ ...good, [input]: `sky${hidden}` }).filter((it) => it.input === input);
        expect(of).toEqual([
          { input, problem: expect.stringMatching(/^The value has U\+.* Remove it\.$/u), example: expect.anything() },
        ]);
      }
    },
  );
});
