import { describe, expect, it } from '@jest/globals';
import { takeOut, type Fault } from '../../../src/access/errors.ts';
import { readAccessFiles } from '../../../src/access/files/read.ts';
import type { ReadFiles } from '../../../src/action/inputs/file-rules.ts';
import { faultsOf, names, readAny } from '../small-clouds.ts';

const owning =
  'version: 1\ncloud: sky\nowns: {roles: R, targets: below}\ngrants:\n- {principal: ann, role: R, target: here}\n';
const adding = owning.replace(/owns.*\n/u, '');

const reader =
  (...texts: readonly string[]): ReadFiles =>
  (_lines, grammar) =>
    readAccessFiles(
      texts.map((text, index) => ({ path: `${index}.yml`, blob: 'b', bytes: Buffer.from(text) })),
      grammar,
    );

const given = { cloud: 'sky', 'access-file': 'access/*.yml' };
const faults = (inputs: Readonly<Record<string, string>>, ...texts: readonly string[]): readonly Fault[] =>
  faultsOf({ ...given, ...inputs }, { readFiles: reader(...(texts.length > 0 ? texts : [owning])) });

describe('access files', () => {
  it.each(['assign', 'revoke', 'reconcile'])('become the request of %s', (operation) => {
    const { request, settings } = readAny({ ...given, operation }, { readFiles: reader(owning, adding) });
    expect(request).toMatchObject({ operation, prune: 'report', maxRemovals: null, dryRun: false, wait: true });
    expect('files' in request && request.files.map(({ path }) => path)).toEqual(['0.yml', '1.yml']);
    expect('targets' in request).toBe(false);
    // The cloud's rules see the lines: owned places as exclusions.
    expect(settings.lines.targets.map(({ text }) => text)).toEqual(['here']);
    expect(settings.lines.exclusions.map(({ text }) => text)).toEqual(['below']);
  });

  it('become the request of an inventory, which needs no file', () => {
    const inventory = { ...given, operation: 'inventory', prune: 'fail' };
    expect(readAny(inventory, { readFiles: reader(adding) }).request).toMatchObject({
      operation: 'inventory',
      prune: 'fail',
      files: [{ path: '0.yml' }],
      principals: [],
      targets: [],
    });
    const narrowed = readAny({ cloud: 'sky', operation: 'inventory', target: 'here' }).request;
    expect(narrowed).toMatchObject({ files: [], targets: [{ text: 'here' }], principals: [] });
  });

  it('are read once, with the lines of the input', () => {
    const seen: (readonly string[])[] = [];
    const readFiles: ReadFiles = (lines, grammar) => {
      seen.push(lines);
      return reader(adding)(lines, grammar);
    };
    readAny({ ...given, 'access-file': 'a.yml\n\n b*.yml\na.yml' }, { readFiles });
    expect(seen).toEqual([['a.yml', 'b*.yml']]);
  });

  it('have faults that come with those of the inputs (P6)', () => {
    const found = faults({ timeout: 'soon', principal: 'ann' }, owning, 'version: 2\n');
    expect(names(found)).toEqual(['1.yml:1:1', '1.yml:1:1', '1.yml:1:10', 'principal', 'timeout']);
  });

  it.each([
    ['principal', 'ann'],
    ['target', 'bad target'],
    ['role', 'R'],
    ['lifetime', '2h'],
    ['keep-after-job', 'true'],
    ['on-existing', 'fail'],
  ])('are a fault together with %s', (input, value) => {
    const [fault, ...others] = faults({ [input]: value });
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ input, example: takeOut });
    expect(fault?.problem).toContain('beside access-file');
  });

  it.each(['none', 'permanent'])('allow lifetime: %s', (lifetime) => {
    expect(faults({ lifetime })).toEqual([]);
  });

  describe('that a review approved, for a lease', () => {
    const lease = { ...given, 'require-approval': 'review', lifetime: '2h' };
    const noted = (note: string): string => adding.replace('here}', `here, note: ${note}}`);
    const reasonOf = (inputs: Readonly<Record<string, string>>, ...notes: readonly string[]): unknown => {
      const { request } = readAny(inputs, { readFiles: reader(...notes.map(noted)) });
      return 'reason' in request && request.reason;
    };

    it('give it the notes of their rows as its reason, in one line, unless the step has one', () => {
      expect(reasonOf(lease, 'INC-4711', '"INC-4712\\n down"', 'INC-4711')).toBe('INC-4711; INC-4712 down');
      expect(reasonOf({ ...lease, reason: 'Release 4.2' }, 'INC-4711')).toBe('Release 4.2');
      expect(reasonOf(lease, 'x'.repeat(600))).toHaveLength(500);
    });

    it('give none without notes, nor for permanent access, whose rows are not of one incident', () => {
      expect(readAny(lease, { readFiles: reader(adding) }).request).toMatchObject({ reason: null });
      expect(reasonOf(given, 'INC-4711')).toBe(null);
    });
  });

  it('are required by reconcile, and allowed for two others only', () => {
    expect(names(faultsOf({ cloud: 'sky', operation: 'reconcile' }))).toEqual(['access-file']);
    expect(names(faultsOf({ cloud: 'sky', operation: 'assign' }))).toEqual(['principal', 'role', 'target']);
    expect(names(faults({ operation: 'list' }))).toEqual(['access-file']);
    expect(names(faults({ operation: 'provision' }))).toContain('access-file');
  });

  it('own something in at least one of them where they are reconciled', () => {
    const [fault, ...others] = faults({ operation: 'reconcile' }, adding, adding);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ input: 'access-file', problem: expect.stringContaining('No file has owns') });
    expect(faults({ operation: 'reconcile' }, adding, owning)).toEqual([]);
    expect(faults({ operation: 'assign' }, adding)).toEqual([]);
  });

  it('have names only where require-ids is false', () => {
    const [fault, ...others] = faults({ 'require-ids': 'true' }, adding.replace('ann', 'id-1').replace('here', 'id-2'));
    expect(others).toEqual([]);
    expect(fault?.input).toBe('0.yml:4:27');
  });
});

describe('prune: revoke', () => {
  const pruning = { operation: 'reconcile', prune: 'revoke' };

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['neither', {}, ['max-removals']],
    ['none written out', { 'max-removals': 'none' }, ['max-removals']],
    ['a number', { 'max-removals': '10' }, []],
    ['a reviewed plan', { 'expected-plan': `sha256:${'a'.repeat(64)}` }, []],
    ['a dry run, which makes that plan', { 'dry-run': 'true' }, []],
    ['a number with a fault', { 'max-removals': 'ten' }, ['max-removals']],
  ])('with %s', (_what, more, expected) => {
    expect(names(faults({ ...pruning, ...more }))).toEqual(expected);
  });

  it('has no effect on an inventory', () => {
    expect(names(faults({ operation: 'inventory', prune: 'revoke' }))).toEqual(['prune']);
  });
});

describe('max-removals', () => {
  it.each([
    ['10', { count: 10, percent: null }],
    ['0', { count: 0, percent: null }],
    ['25%', { count: null, percent: 25 }],
    ['100%', { count: null, percent: 100 }],
    ['10 25%', { count: 10, percent: 25 }],
    ['25%  10', { count: 10, percent: 25 }],
  ])('%s', (value, maxRemovals) => {
    const { request } = readAny(
      { ...given, operation: 'reconcile', 'max-removals': value },
      { readFiles: reader(owning) },
    );
    expect(request).toMatchObject({ maxRemovals });
  });

  it.each(['101%', '-1', '10%%', '1.5', '10 20', '10% 20%', '10 20 30%', '1e3', '%', '10, 25%', '007', 'any'])(
    '%s is a fault',
    (value) => {
      expect(names(faults({ operation: 'reconcile', 'max-removals': value }))).toEqual(['max-removals']);
    },
  );

  it.each([
    ['max-removals', '10', 'revoke'],
    ['prune', 'fail', 'inventory'],
  ])('%s has no effect without a file, which is a fault', (input, value, operation) => {
    const named = { principal: 'ann', role: 'R', target: 'here' };
    expect(names(faultsOf({ cloud: 'sky', ...named, operation, [input]: value }))).toEqual([input]);
  });
});
