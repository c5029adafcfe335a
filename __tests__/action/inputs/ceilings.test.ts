import { describe, expect, test } from '@jest/globals';

import { faultsOf, good, names, read } from '../small-clouds.ts';

const allowedOf = (inputs: Readonly<Record<string, string>>): unknown =>
  read({ ...good, ...inputs }).request.guards.allowed;
const line = (kind: string, text: string): unknown => ({ text, kind, value: text });

describe('allowed-principals, allowed-targets, allowed-roles', () => {
  test('by default allow anything', () => {
    expect(allowedOf({})).toEqual({ principal: null, target: null, role: null });
  });

  test("are lines in the cloud's own grammar, each for its part", () => {
    const inputs = { 'allowed-principals': 'team:a*\nann\nann', 'allowed-targets': 'here', 'allowed-roles': 'Read*' };
    expect(allowedOf(inputs)).toEqual({
      principal: [line('principal', 'team:a*'), line('principal', 'ann')],
      target: [line('target', 'here')],
      role: [line('role', 'Read*')],
    });
  });

  test('"any" alone allows anything; with other lines it is a fault, since an injected one would switch them off (P10)', () => {
    expect(allowedOf({ 'allowed-roles': ' any \nany' })).toMatchObject({ role: null });
    for (const value of ['reader\n any ', 'any\nreader', 'reader\rany']) {
      expect(faultsOf({ ...good, 'allowed-roles': value })).toMatchObject([
        { input: 'allowed-roles', problem: expect.stringMatching(/^"any" allows everything.* Remove it\.$/u) },
      ]);
    }
    expect(names(faultsOf({ ...good, 'allowed-roles': 'any\nbad one' }))).toEqual(['allowed-roles', 'allowed-roles']);
    // A line that merely has the word in it, or in capitals, is one as any other.
    expect(allowedOf({ 'allowed-roles': 'Any\nanyone' })).toMatchObject({
      role: [line('role', 'Any'), line('role', 'anyone')],
    });
  });

  test.each([
    ['*', '**'],
    ['team:*', 'team:**'],
    ['team: *', 'team: **'],
    ['service-principal:*', 'service-principal:**'],
  ])('%s, the rest of a pattern after an empty expression, is a fault; %s is any name', (left, meant) => {
    for (const input of ['allowed-principals', 'allowed-targets', 'allowed-roles'] as const) {
      for (const value of [left, ` ${left} `, `ann\n${left}`, `${left}\n${left}`]) {
        expect(faultsOf({ ...good, [input]: value })).toMatchObject([
          {
            input,
            problem: `"${left}" is also what an empty expression leaves. Name the ${input.slice('allowed-'.length)} that you mean.`,
            // A value that allows every principal is not a remedy.
            example: expect.not.stringMatching(/\*|any/u),
          },
        ]);
      }
      expect(faultsOf({ ...good, [input]: meant })).toEqual([]);
    }
    const part = { principal: [line('principal', meant)] };
    expect(allowedOf({ 'allowed-principals': meant })).toMatchObject(part);
  });

  test.each(['allowed-principals', 'allowed-targets', 'allowed-roles'])(
    '%s that an expression left empty is a fault, never anything',
    (input) => {
      for (const value of ['', ' ', '\n \n']) {
        expect(faultsOf({ ...good, [input]: value })).toMatchObject([
          { input, problem: expect.stringMatching(/^This input is empty/u) },
        ]);
      }
    },
  );

  test('do not accept exclusions', () => {
    expect(faultsOf({ ...good, 'allowed-targets': 'here\n!there' })).toEqual([
      {
        input: 'allowed-targets',
        problem: '"!there" is an exclusion. Only target has exclusions.',
        example: 'cloud nine',
      },
    ]);
  });

  test('allowed-principals has no effect on provision', () => {
    const provision = { ...good, operation: 'provision', principal: '' };
    expect(names(faultsOf({ ...provision, 'allowed-principals': 'ann' }))).toEqual(['allowed-principals']);
    expect(faultsOf({ ...provision, 'allowed-targets': 'here', 'allowed-roles': 'reader' })).toEqual([]);
  });
});

describe('max-grants and max-lifetime', () => {
  test('are a number and a time', () => {
    expect(read({ ...good, 'max-grants': '50', 'max-lifetime': '8h' }).request.guards).toMatchObject({
      maxGrants: 50,
      maxLifetimeMs: 8 * 3_600_000,
    });
  });

  test.each(['max-grants', 'max-lifetime'])('%s that is empty is a fault', (input) => {
    expect(names(faultsOf({ ...good, [input]: '' }))).toEqual([input]);
  });

  test('max-lifetime has no effect where nothing is granted', () => {
    expect(names(faultsOf({ ...good, operation: 'revoke', 'max-lifetime': '8h' }))).toEqual(['max-lifetime']);
    expect(faultsOf({ ...good, operation: 'revoke', 'max-grants': '8' })).toEqual([]);
  });
});

describe('require-ids', () => {
  const ids = { ...good, principal: 'id-1', target: 'id-2\n!id-3', role: 'id-4', 'require-ids': 'true' };

  test('requires IDs everywhere', () => {
    const allowed = { 'allowed-principals': 'id-1', 'allowed-targets': 'id-2', 'allowed-roles': 'id-4\nid-5' };
    expect(faultsOf({ ...ids, ...allowed })).toEqual([]);
    expect(faultsOf(ids)).toEqual([]);
  });

  test('makes each name a fault, exclusions and ceilings too', () => {
    const faults = faultsOf({
      ...ids,
      principal: 'id-1\nann\nbob',
      target: 'id-2\n!there',
      role: 'reader',
      'allowed-principals': 'team:a*',
      'allowed-targets': 'id-9\nhere',
      'allowed-roles': 'writer',
    });
    expect(faults.map(({ input, problem }) => `${input}: ${problem.split(',')[0] ?? ''}`)).toEqual([
      'principal: "ann" is not an ID',
      'principal: "bob" is not an ID',
      'target: "!there" is not an ID',
      'role: "reader" is not an ID',
      'allowed-principals: "team:a*" is not an ID',
      'allowed-targets: "here" is not an ID',
      'allowed-roles: "writer" is not an ID',
    ]);
    expect(new Set(faults.map(({ problem }) => problem.includes('require-ids')))).toEqual(new Set([true]));
  });

  test('shows an ID as the example, and never a name', () => {
    const faults = faultsOf({ ...ids, principal: 'ann', target: 'there', role: 'reader' });
    const examples = Object.fromEntries(faults.map(({ input, example }) => [input, example]));
    expect(examples).toEqual({ principal: 'id-principal', target: 'id-target', role: 'id-role' });
    const [excluded] = faultsOf({ ...ids, target: 'id-1\n!there' });
    expect(excluded?.example).toBe('cloud nine\n!cloud ten');
  });

  test('is off by default', () => {
    expect(faultsOf(good)).toEqual([]);
  });
});

describe('max-requests-per-second and max-in-flight', () => {
  test('are by default the quotas', () => {
    expect(read(good)).toMatchObject({ requestsPerSecond: null, request: { maxInFlight: null } });
  });

  test('can be lowered, down to one', () => {
    for (const [rate, flight] of [
      ['1', '1'],
      ['20', '100'],
    ] as const) {
      const inputs = read({ ...good, 'max-requests-per-second': rate, 'max-in-flight': flight });
      expect(inputs).toMatchObject({ requestsPerSecond: Number(rate), request: { maxInFlight: Number(flight) } });
    }
  });

  test('cannot be raised: the fault names the quota', () => {
    expect(faultsOf({ ...good, 'max-requests-per-second': '21', 'max-in-flight': '101' })).toEqual([
      {
        input: 'max-requests-per-second',
        problem: "21 is more than the cloud's quota of 20. This input can only lower it.",
        example: '20',
      },
      {
        input: 'max-in-flight',
        problem: "101 is more than the cloud's quota of 100. This input can only lower it.",
        example: '100',
      },
    ]);
  });

  test.each(['0', '-1', '1.5', '1e1', '0x5', '05', 'many', '99999999999'])('%s is a fault', (value) => {
    const inputs = { ...good, 'max-requests-per-second': value, 'max-in-flight': value, 'max-grants': value };
    expect(names(faultsOf(inputs))).toEqual(['max-grants', 'max-in-flight', 'max-requests-per-second']);
  });
});
