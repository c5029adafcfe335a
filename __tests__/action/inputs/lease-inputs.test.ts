import { describe, expect, test } from '@jest/globals';

import { faultsOf, good, names, readAny } from '../small-clouds.ts';

type Given = Readonly<Record<string, string>>;

const aLease = { cloud: 'sky', 'lease-id': 'lease-1' };
const release: Given = { ...aLease, operation: 'release' };
const extend: Given = { ...aLease, operation: 'extend', lifetime: '2h' };

describe('a lifetime', () => {
  test('makes a lease of an assign', () => {
    expect(readAny(good).request).toMatchObject({ lifetime: { kind: 'permanent' } });
    expect(readAny({ ...good, lifetime: 'permanent' }).request).toMatchObject({ lifetime: { kind: 'permanent' } });
    expect(readAny({ ...good, lifetime: '45m' }).request).toMatchObject({
      lifetime: { kind: 'lease', ms: 2_700_000, keepAfterJob: false, onExisting: 'keep' },
    });
    const kept = { ...good, lifetime: 'PT2H', 'keep-after-job': 'true', 'on-existing': 'fail' };
    expect(readAny(kept).request).toMatchObject({
      lifetime: { kind: 'lease', ms: 7_200_000, keepAfterJob: true, onExisting: 'fail' },
    });
  });

  test.each(['', '4m', '31d', 'forever', 'Permanent', '2 h'])('%j is not a lifetime', (lifetime) => {
    expect(names(faultsOf({ ...good, lifetime }))).toEqual(['lifetime']);
  });

  test('that is not readable brings no faults of related inputs', () => {
    const inputs = { 'keep-after-job': 'true', 'on-existing': 'fail', wait: 'false' };
    expect(names(faultsOf({ ...good, ...inputs, lifetime: 'soon' }))).toEqual(['lifetime']);
  });

  test.each(['revoke', 'provision', 'list', 'sweep'])('has no effect on %s', (operation) => {
    const inputs = { cloud: 'sky', operation, lifetime: '2h', ...(operation === 'revoke' ? good : {}) };
    expect(names(faultsOf({ target: 'here', role: 'reader', ...inputs, operation }))).toEqual(['lifetime']);
  });

  test('is reported only once it is established', () => {
    expect(faultsOf({ ...good, lifetime: '2h', wait: 'false' })).toEqual([
      { input: 'wait', problem: expect.stringContaining('is not possible with a lifetime'), example: 'true' },
    ]);
  });
});

describe('without a lifetime', () => {
  test.each([
    ['keep-after-job', 'true'],
    ['on-existing', 'fail'],
  ])('%s: %s is a fault', (input, value) => {
    const example = { of: 'lifetime', value: '2h' };
    expect(faultsOf({ ...good, [input]: value })).toEqual([
      { input, problem: expect.stringContaining('this access is permanent'), example },
    ]);
  });

  test.each(['Keep', 'leave', 'true'])('on-existing is not %s', (value) => {
    expect(names(faultsOf({ ...good, lifetime: '2h', 'on-existing': value }))).toEqual(['on-existing']);
  });
});

describe('release and extend', () => {
  test('accept a lease-id, and few other inputs', () => {
    expect(readAny({ ...release, reason: 'done', timeout: '1m', 'max-in-flight': '3' }).request).toEqual({
      operation: 'release',
      leaseId: 'lease-1',
      reason: 'done',
      timeoutMs: 60_000,
      maxInFlight: 3,
    });
    expect(readAny({ ...extend, 'allow-privileged': 'true' }).request).toEqual({
      operation: 'extend',
      leaseId: 'lease-1',
      lifetimeMs: 7_200_000,
      reason: null,
      allowPrivileged: true,
      timeoutMs: 300_000,
      maxInFlight: null,
    });
  });

  test.each([
    ['release', release],
    ['extend', extend],
  ])('%s requires it', (_name, inputs) => {
    expect(faultsOf({ ...inputs, 'lease-id': '' })).toEqual([
      {
        input: 'lease-id',
        problem: expect.stringContaining('This input is required'),
        example: expect.stringContaining('${{'),
      },
    ]);
    expect(faultsOf({ ...inputs, 'lease-id': `no ${'x'.repeat(900)}` })).toEqual([
      {
        input: 'lease-id',
        problem: expect.stringMatching(/^"no x{57}…" cannot be used\. The value is not a lease ID of the sky\.$/u),
        example: expect.any(String),
      },
    ]);
  });

  test('other operations do not accept one', () => {
    expect(names(faultsOf({ ...good, 'lease-id': 'lease-1' }))).toEqual(['lease-id']);
    expect(names(faultsOf({ cloud: 'sky', operation: 'list', 'lease-id': 'x' }))).toEqual(['lease-id']);
  });

  const elsewhere: Given = {
    principal: 'alice',
    'principal-type': 'TEAM',
    target: 'here',
    role: 'reader',
    wait: 'false',
    'dry-run': 'true',
    'expected-plan': 'plan.json',
    'plan-file': 'plan.json',
    'plan-for': 'pilot-1',
    'keep-after-job': 'true',
    'on-existing': 'fail',
    'allowed-principals': 'alice',
    'allowed-targets': 'here',
    'allowed-roles': 'reader',
    'max-grants': '1',
    'require-ids': 'true',
  };

  test('inputs of a plan have no effect on them, and inputs of a lease none on a release', () => {
    const faults = faultsOf({
      ...release,
      ...elsewhere,
      lifetime: '2h',
      'max-lifetime': '8h',
      'allow-privileged': 'true',
    });
    expect([...new Set(names(faults))]).toEqual(
      [...Object.keys(elsewhere), 'allow-privileged', 'lifetime', 'max-lifetime'].sort(),
    );
    for (const { problem } of faults.filter(({ input }) => input !== 'expected-plan')) {
      expect(problem).toMatch(/is not used by operation: release|is the file that expected-plan names/u);
    }
    expect([...new Set(names(faultsOf({ ...extend, ...elsewhere })))]).toEqual(Object.keys(elsewhere).sort());
  });

  test('extend accepts a time, within max-lifetime', () => {
    for (const lifetime of ['permanent', 'none'])
      expect(names(faultsOf({ ...extend, lifetime }))).toEqual(['lifetime']);
    expect(faultsOf({ ...extend, 'max-lifetime': '2h' })).toEqual([]);
    expect(faultsOf({ ...extend, lifetime: '8h', 'max-lifetime': '1h30m' })).toEqual([
      { input: 'lifetime', problem: 'The lifetime is 8 h, and max-lifetime allows 1 h 30 min.', example: '5400s' },
    ]);
    expect(faultsOf({ ...extend, lifetime: '5400s', 'max-lifetime': '1h30m' })).toEqual([]);
  });
});

describe('list and sweep', () => {
  test('look everywhere without inputs for the place', () => {
    const lines = { principals: [], targets: [], exclusions: [], roles: [] };
    expect(readAny({ cloud: 'sky', operation: 'list' }).request).toEqual({
      operation: 'list',
      ...lines,
    });
    expect(readAny({ cloud: 'sky', operation: 'sweep', 'dry-run': 'true' }).request).toEqual({
      operation: 'sweep',
      ...lines,
      dryRun: true,
      timeoutMs: 900_000,
      maxInFlight: null,
    });
    expect(readAny({ cloud: 'sky', operation: 'list', principal: 'alice', target: 'here' }).request).toMatchObject({
      principals: [{ text: 'alice' }],
      targets: [{ text: 'here', kind: 'list' }],
      roles: [],
    });
  });

  test('bad lines are still faults', () => {
    const inputs = { cloud: 'sky', operation: 'sweep', principal: 'bad one', target: '!here', role: '!x' };
    expect(names(faultsOf(inputs))).toEqual(['principal', 'role', 'target']);
  });

  test('only sweep has a dry run', () => {
    expect(names(faultsOf({ cloud: 'sky', operation: 'list', 'dry-run': 'true' }))).toEqual(['dry-run']);
  });

  test('only sweep changes anything, and has limits for its number and its time', () => {
    const inputs = { 'max-in-flight': '3', timeout: '1m' };
    expect(names(faultsOf({ cloud: 'sky', operation: 'list', ...inputs }))).toEqual(Object.keys(inputs));
    expect(readAny({ cloud: 'sky', operation: 'sweep', ...inputs }).request).toMatchObject({
      timeoutMs: 60_000,
      maxInFlight: 3,
    });
  });

  test.each(['list', 'sweep'])('%s gives no reason and grants nothing', (operation) => {
    const inputs = { reason: 'x', 'max-lifetime': '8h', 'max-grants': '1', 'allowed-roles': 'reader', wait: 'false' };
    expect(names(faultsOf({ cloud: 'sky', operation, ...inputs }))).toEqual(Object.keys(inputs).sort());
  });
});

describe('an unknown operation', () => {
  test('requires no input, and the given ones are checked', () => {
    expect(names(faultsOf({ cloud: 'sky', operation: 'relaese', 'lease-id': 'lease-1' }))).toEqual(['operation']);
    expect(names(faultsOf({ cloud: 'sky', operation: 'relaese', 'lease-id': 'x', target: 'bad' }))).toEqual([
      'lease-id',
      'operation',
      'target',
    ]);
  });

  test('of another cloud requires the inputs that it requires there', () => {
    expect(names(faultsOf({ cloud: 'sea', operation: 'provision' }))).toEqual(['operation', 'role', 'target']);
    expect(names(faultsOf({ cloud: 'sea', operation: 'sweep' }))).toEqual(['operation']);
  });
});

describe('the reason', () => {
  test('is one line, and kept as it is', () => {
    expect(readAny({ ...good, reason: ' Incident 4711: “Zahlungen”, 💥 ' }).request).toMatchObject({
      reason: 'Incident 4711: “Zahlungen”, 💥',
    });
    expect(readAny(good).request).toMatchObject({ reason: null });
    expect(readAny({ ...good, reason: '💥'.repeat(500) }).request).toMatchObject({ reason: '💥'.repeat(500) });
  });

  test.each([
    ['one\ntwo', 'one line'],
    ['one\rtwo', 'one line'],
    ['a\u0007b', 'has U+0007, a control character'],
    ['a\u2028b', 'one line'],
    ['ok\u202edetcejer', 'has U+202E, which makes people read it in another order than it has'],
    ['a\u200bb', 'has U+200B, which is invisible'],
    ['x'.repeat(501), 'has 501 characters. At most 500 are allowed'],
  ])('%j is a fault', (reason, problem) => {
    expect(faultsOf({ ...good, reason })).toEqual([
      { input: 'reason', problem: expect.stringContaining(problem), example: expect.any(String) },
    ]);
  });
});

describe('the settings for questions to GitHub', () => {
  test('can be missing, as on an older runner', () => {
    expect(readAny(good).github).toEqual({ token: null, checkRunId: null });
    expect(readAny({ ...good, 'github-token': 'ghs_1', 'job-check-run-id': '41234567890' }).github).toEqual({
      token: 'ghs_1',
      checkRunId: '41234567890',
    });
  });

  test.each(['x', '-1', '1.5', '1 2', '9'.repeat(21), '${{ job.check_run_id }}'])('%j is no check run', (id) => {
    expect(names(faultsOf({ ...good, 'job-check-run-id': id }))).toEqual(['job-check-run-id']);
  });

  test('a broken token is never shown', () => {
    const faults = faultsOf({ ...good, 'github-token': 'ghs_secret\nX-Evil: 1' });
    expect(names(faults)).toEqual(['github-token']);
    expect(JSON.stringify(faults)).not.toContain('ghs_secret');
  });
});
