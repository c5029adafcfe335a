import * as core from '@actions/core';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import type { Assignment } from '../../../src/access/grant.ts';
import type { Note } from '../../../src/access/leases/journal.ts';
import type { Guarantee } from '../../../src/access/outcome.ts';
import { nothingTaken, stateKey } from '../../../src/action/state/state-key.ts';
import { createJournal, digestOf, readNote } from '../../../src/action/state/journal.ts';
import { packGrants, unpackGrants } from '../../../src/action/state/packed-grants.ts';
import { readSavedState, type Saved } from '../../../src/action/state/saved-state.ts';

const holder = '0123456789abcdefghij';
const end = Date.parse('2026-11-21T22:00:00Z');
const anchor = { region: 'us-east-1' } as const;

function grant(index: number, name: string | null = null): Assignment {
  return {
    kind: 'assignment',
    principal: { type: 'GROUP', id: `9067642c1a-00000000-0000-4000-8000-${String(index).padStart(12, '0')}`, name },
    role: {
      id: `arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-${String(index % 40).padStart(16, '0')}`,
      name,
    },
    target: { id: String(100_000_000_000 + (index % 25)), name },
  };
}

const hostile = [
  'evil | <b>x</b>\n::set-output name=status::SUCCEEDED',
  '"\\\u0000\u001f',
  'ghadelimiter_0000\ncloud-access={"version":9}',
  '\u{1f6d1}\ud800 lone',
  '\u2028\u2029%0A%0D',
  '组'.repeat(200),
];

describe('grants in a text', () => {
  test.each(hostile)('are read back unchanged, with any names: %j', (name) => {
    const grants = [grant(1, name), grant(2), grant(3, name)];
    const packed = packGrants(grants);
    // eslint-disable-next-line no-control-regex
    expect(packed).toMatch(/^[\u0000-\u007f]*$/u);
    expect(unpackGrants(packed)).toEqual(grants);
  });

  test('have each name and ID once', () => {
    const packed = packGrants(Array.from({ length: 500 }, (_, index) => grant(index % 5, 'n'.repeat(100))));
    expect(packed.length).toBeLessThan(10_000);
  });

  test('of no type keep that', () => {
    const bare: Assignment = { ...grant(1), principal: { type: null, id: 'x', name: null } };
    expect(unpackGrants(packGrants([bare]))).toEqual([bare]);
  });
});

describe('a text that does not contain grants', () => {
  const one = grant(1, 'x');
  const zipped = (value: unknown): string => gzipSync(JSON.stringify(value)).toString('base64');

  test.each([
    ['nothing', ''],
    ['plain JSON', JSON.stringify([one])],
    ['a piece that is cut', packGrants([one]).slice(0, -8)],
    ['an altered piece', packGrants([one]).replace(/^(.{40})..../u, '$1AAAA')],
    ['a value that is not a list', zipped({ grants: [one] })],
    ['nothing in the place of a grant', zipped([one, null])],
    ['a grant of another kind', zipped([{ ...one, kind: 'provisioning' }])],
    ['a grant without a principal', zipped([{ ...one, principal: undefined }])],
    ['a principal without its id', zipped([{ ...one, principal: { ...one.principal, id: null } }])],
    ['a type that is no text', zipped([{ ...one, principal: { ...one.principal, type: 1 } }])],
    ['a role that is no text', zipped([{ ...one, role: 'role' }])],
    ['a name that is no text', zipped([{ ...one, target: { ...one.target, name: 5 } }])],
    ['more than any step has', gzipSync(Buffer.alloc(65 * 1024 * 1024, ' ')).toString('base64')],
  ])('%s is not read as one', (_, text) => {
    expect(unpackGrants(text)).toBeNull();
  });
});

describe('the progress of a lease', () => {
  test.each(['holding', 'arming', 'creating', 'made', 'held', 'over'] as const)('%s is read back', (progress) => {
    const letter = { holding: 'h', arming: 'a', creating: 'c', made: 'm', held: 'l', over: 'o' }[progress];
    expect(readNote(`${letter}${(end / 60_000).toString(36)}:${holder}`)).toEqual({ progress, end, holder });
    expect(readNote(`${letter}${(end / 60_000).toString(36)}:`)).toEqual({ progress, end, holder: '' });
  });

  test('is empty where nothing was begun', () => {
    expect(readNote('-')).toBeNull();
  });

  test.each([
    '',
    'x',
    'l',
    'l:',
    'lzz',
    `q1:${holder}`,
    `l1:${holder}x`,
    `l1:${holder.toUpperCase()}`,
    ` l1:${holder}`,
  ])('%j is not a note', (text) => {
    expect(readNote(text)).toBeUndefined();
  });
});

describe('the state between main and post', () => {
  let folder = '';
  let before: string | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cloud-access-state-'));
    writeFileSync(join(folder, 'state'), '');
    before = process.env['GITHUB_STATE'];
    process.env['GITHUB_STATE'] = join(folder, 'state');
  });
  afterEach(() => {
    if (before === undefined) delete process.env['GITHUB_STATE'];
    else process.env['GITHUB_STATE'] = before;
    rmSync(folder, { recursive: true, force: true });
  });

  /** State that the runner would pass on: the last value of each key. */
  function handedOver(): Map<string, string> {
    const text = readFileSync(join(folder, 'state'), 'utf8');
    const entries = text.matchAll(/^(?<key>[^\n<]+)<<(?<mark>ghadelimiter_\S+)\n(?<value>[^]*?)\n\k<mark>$/gmu);
    return new Map([...entries].map(({ groups }) => [`STATE_${groups?.['key'] ?? ''}`, groups?.['value'] ?? '']));
  }

  function journal(
    grants: readonly Assignment[],
    { keepAfterJob = false, guarantee = 'scheduler' }: { keepAfterJob?: boolean; guarantee?: Guarantee } = {},
  ): ReturnType<typeof createJournal> {
    const it = createJournal({
      cloud: 'aws',
      endpoints: [],
      apiUrl: 'https://api.github.com',
      reason: 'INC-1 \u{1f6d1}',
    });
    it.open(grants, { anchor, guarantee, keepAfterJob });
    return it;
  }

  const held = (progress: Note['progress'] = 'held'): Note => ({ progress, holder, end });
  const grantsIn = (saved: Saved): number => (saved.kind === 'leases' ? saved.held.length : -1);

  test("is empty after main's first act, and before anything was begun", () => {
    core.saveState(stateKey, nothingTaken);
    expect(readSavedState(handedOver())).toEqual({ kind: 'nothing' });
    journal([grant(1)]);
    expect(readSavedState(handedOver())).toEqual({ kind: 'nothing' });
  });

  test('has a thousand grants in pieces that every platform accepts, and they are read back', () => {
    core.saveState(stateKey, nothingTaken);
    const grants = Array.from({ length: 1_000 }, (_, index) =>
      grant(index, `name ${digestOf(String(index))} ${'é'.repeat(20)}${'\u{1f6d1}'.repeat(20)}`),
    );
    const it = journal(grants);
    for (const one of grants) it.note(one, held());
    const variables = handedOver();
    for (const [key, value] of variables)
      expect([key, Buffer.byteLength(`${key}=${value}`) < 8_192]).toEqual([key, true]);
    const saved = readSavedState(variables);
    expect(saved).toMatchObject({ kind: 'leases', leases: { grants: 1_000, reason: 'INC-1 \u{1f6d1}', anchor } });
    expect(saved.kind === 'leases' ? saved.held.map((one) => one.grant) : []).toEqual(grants);
  });

  test('has the progress of each grant by itself', () => {
    const grants = Array.from({ length: 40 }, (_, index) => grant(index));
    const it = journal(grants);
    const steps = ['holding', 'arming', 'creating', 'made', 'held', 'over'] as const;
    for (const [index, one] of grants.entries())
      if (index % 2 === 0) it.note(one, held(steps[(index / 2) % steps.length]));
    const saved = readSavedState(handedOver());
    const expected = grants.flatMap((one, index) => {
      const progress = steps[(index / 2) % steps.length];
      return index % 2 === 1 || progress === undefined || progress === 'over'
        ? []
        : [{ progress, holder, end, grant: one }];
    });
    expect(saved).toMatchObject({ kind: 'leases', held: expected });
  });

  test('with keep-after-job keeps finished leases, and releases unfinished ones', () => {
    const grants = [grant(1), grant(2)];
    const it = journal(grants, { keepAfterJob: true });
    it.note(grants[0] ?? grant(1), held());
    expect(readSavedState(handedOver())).toEqual({ kind: 'nothing' });
    it.note(grants[1] ?? grant(2), held('creating'));
    expect(readSavedState(handedOver())).toMatchObject({ held: [{ progress: 'creating', grant: grants[1] }] });
  });

  test('of a grant that was not announced is not written', () => {
    const it = journal([grant(1)]);
    expect(() => {
      it.note(grant(2), held());
    }).toThrow(TypeError);
  });

  test.each<[string, (variables: Map<string, string>) => void]>([
    [
      'a piece is altered',
      (it) =>
        it.set('STATE_cloud-access-grants-1', (it.get('STATE_cloud-access-grants-1') ?? '').replace(/^..../u, 'AAAA')),
    ],
    ['a piece is missing', (it) => it.delete('STATE_cloud-access-grants-1')],
    [
      'a piece is cut',
      (it) => it.set('STATE_cloud-access-grants-0', (it.get('STATE_cloud-access-grants-0') ?? '').slice(0, -1)),
    ],
    [
      'two pieces are swapped',
      (it) => {
        const first = it.get('STATE_cloud-access-grants-0') ?? '';
        it.set('STATE_cloud-access-grants-0', it.get('STATE_cloud-access-grants-1') ?? '');
        it.set('STATE_cloud-access-grants-1', first);
      },
    ],
    ['progress is altered', (it) => it.set('STATE_cloud-access-progress-0', 'l:;l:')],
    ['progress is missing', (it) => it.delete('STATE_cloud-access-progress-1')],
    [
      'the version is another',
      (it) => it.set('STATE_cloud-access', (it.get('STATE_cloud-access') ?? '').replace('"version":2', '"version":7')),
    ],
    ...['"anchor":null', '"chunks":1e99', '"endpoints":[{}]', '"apiUrl":7', '"cloud":{}', '"guarantee":"none"'].map(
      (member): [string, (it: Map<string, string>) => unknown] => [
        `a member is ${member}`,
        (it) => {
          const state = it.get('STATE_cloud-access') ?? '';
          const [name = ''] = member.split(':');
          const { leases } = JSON.parse(state) as { leases: Record<string, unknown> };
          const was = `${name}:${JSON.stringify(leases[name.replaceAll('"', '')])}`;
          expect(state).toContain(was);
          it.set('STATE_cloud-access', state.replace(was, member));
        },
      ],
    ),
    ['it is cut', (it) => it.set('STATE_cloud-access', (it.get('STATE_cloud-access') ?? '').slice(0, -1))],
  ])('is not used where %s', (_, alter) => {
    const grants = Array.from({ length: 200 }, (__, index) => grant(index, digestOf(String(index))));
    const it = journal(grants);
    for (const one of grants) it.note(one, held());
    const variables = handedOver();
    expect(grantsIn(readSavedState(variables))).toBe(200);
    alter(variables);
    expect(readSavedState(variables).kind).toBe('unreadable');
  });

  test.each<[Guarantee, string]>([
    ['platform', 'the cloud ends each lease at its end time'],
    ['scheduler', 'each lease ends by its own timer'],
    ['sweep', '`operation: sweep` ends the leases, and nothing does if no sweep runs'],
    ['post-step', 'nothing else ends the leases'],
  ])('that is unusable names what ends leases with the guarantee `%s`', (guarantee, sentence) => {
    journal([grant(1), grant(2)], { guarantee });
    const variables = handedOver();
    variables.delete('STATE_cloud-access-grants-0');
    const saved = readSavedState(variables);
    const why = saved.kind === 'unreadable' ? saved.why : '';
    expect(why).toContain(`It concerns 2 grants of this step: ${sentence}`);
  });
});
