import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Inventory, InventoryRow } from '../../../src/access/files/inventory-rows.ts';
import type { Existing } from '../../../src/access/files/port.ts';
import { csvLine } from '../../../src/action/report/csv.ts';
import { keepInventory } from '../../../src/action/report/inventory-output.ts';
import { reportInventory } from '../../../src/action/report/inventory-report.ts';
import { summarizeInventory } from '../../../src/action/report/inventory-summary.ts';
import { existing } from '../../access/files/small-estate.ts';
import { useGitHub } from '../github/github.ts';
import { words } from './results.ts';

const github = useGitHub();

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloud-access-inventory-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const at = (text: string): number => Date.parse(text);
const readAt = at('2026-11-25T10:00:00Z');
const place = { file: 'access/payments.yml', line: 12, column: 5 };
const run = {
  actor: 'octocat',
  actorId: '583231',
  triggeringActor: 'octocat',
  run: 'https://github.example/o/r/actions/runs/1',
  runNumber: '42',
  attempt: '1',
  environment: null,
} as const;
const audit = {
  actor: 'octocat',
  actorId: '583231',
  run: run.run,
  commit: 'c-1',
  environment: null,
  reason: null,
  dryRun: false,
  approvals: [],
};

function rowOf(text: string, over: Partial<InventoryRow> = {}, there: Partial<Existing> = {}): InventoryRow {
  const it = existing(text, there);
  return {
    grant: it.grant,
    existing: it,
    isPermanent: it.kind === 'permanent',
    inFile: 'yes',
    difference: null,
    place,
    expires: null,
    protection: null,
    isSuspect: false,
    ...over,
  };
}

const notInFile = { inFile: 'no', place: null } as const;
const rows: readonly InventoryRow[] = [
  rowOf('user:ann r-1 t-1'),
  rowOf('user:leased r-1 t-1', notInFile, {
    kind: 'lease',
    endsAt: at('2026-11-25T12:00:00Z'),
    holders: [{ holder: 'h', words: 'job 7 of octocat', end: at('2026-11-25T12:00:00Z') }],
  }),
  rowOf('user:orphan r-1 t-1', { inFile: 'ignored', place: null }, { principalState: 'orphan' }),
  rowOf('user:owner r-1 t-1', { ...notInFile, protection: 'It is the last owner.' }),
  rowOf('user:suspect r-1 t-1', { ...notInFile, difference: 'extra', isSuspect: true }, { createdAt: readAt }),
  rowOf('user:missing r-1 t-1', { difference: 'missing', existing: null }),
  rowOf('user:over r-1 t-1', { inFile: 'expired', difference: 'expired', expires: readAt - 1 }),
  rowOf('user:other r-1 t-1', { difference: 'condition' }),
];

const inventory: Inventory = {
  directory: 'arn:aws:sso:::instance/ssoins-1',
  readAt,
  files: [{ path: 'access/payments.yml', blob: 'b-1' }],
  rows,
  unresolved: [{ place, lines: ['user:gone', 'r-1', 't-1'], reasons: ['"user:gone" does not exist.'] }],
  expiring: [{ place, expires: at('2026-12-01T00:00:00Z'), grants: [existing('user:ann r-1 t-1').grant] }],
  hasDrift: true,
  draft: 'version: 1\n',
};
const lack = { title: 'Drift', reason: 'The access differs.', hint: 'Compare the rows.' };

describe('the files of an inventory', () => {
  const keep = (it: Inventory): ReturnType<typeof keepInventory> => keepInventory(it, { cloud: 'aws', audit, folder });
  const json = (path: string): { readonly rows: readonly Record<string, unknown>[] } & Record<string, unknown> =>
    JSON.parse(readFileSync(path, 'utf8')) as never;

  test('are JSON, a table and a draft, which only this user can read', () => {
    const outputs = keep(inventory);
    expect(outputs.drift).toBe('true');
    const csv = outputs.file.replace(/json$/u, 'csv');
    for (const path of [outputs.file, csv, outputs.draft]) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(outputs.draft, 'utf8')).toBe('version: 1\n');
    const { rows: written, ...head } = json(outputs.file);
    expect(head).toEqual({
      schema: 1,
      kind: 'cloud-access-inventory',
      cloud: 'aws',
      directory: 'arn:aws:sso:::instance/ssoins-1',
      'read-at': '2026-11-25T10:00:00Z',
      actor: 'octocat',
      run: run.run,
      commit: 'c-1',
      environment: null,
      files: [{ path: 'access/payments.yml', blob: 'b-1' }],
      drift: true,
      unresolved: [
        { row: 'access/payments.yml:12', lines: ['user:gone', 'r-1', 't-1'], reasons: ['"user:gone" does not exist.'] },
      ],
    });
    expect(written).toHaveLength(rows.length);
    expect(written[1]).toMatchObject({
      'in-file': 'no',
      difference: '',
      'principal-id': 'leased',
      kind: 'lease',
      holders: [{ holder: 'h', words: 'job 7 of octocat', end: '2026-11-25T12:00:00Z' }],
      'ends-at': '2026-11-25T12:00:00Z',
    });
    expect(written[4]).toMatchObject({
      difference: 'extra',
      'possible-lease': true,
      'created-at': '2026-11-25T10:00:00Z',
    });
    expect(written[5]).toMatchObject({
      'in-file': 'yes',
      difference: 'missing',
      kind: '',
      row: 'access/payments.yml:12',
    });
    const lines = readFileSync(csv, 'utf8').split('\r\n');
    expect(lines).toHaveLength(rows.length + 2);
    expect(lines[0]).toBe(csvLine(Object.keys(written[0] ?? {})).trimEnd());
    expect(new Set(lines.slice(0, -1).map((it) => it.split('","').length))).toEqual(new Set([25]));
  });

  test('say nothing about drift without an access file', () => {
    const outputs = keep({ ...inventory, hasDrift: null, files: [], rows: [] });
    expect(outputs.drift).toBe('');
    expect(json(outputs.file)).toMatchObject({ drift: null, rows: [] });
  });

  test('that cannot be written are a warning, and no path', () => {
    const outputs = keepInventory(inventory, { cloud: 'aws', audit, folder: join(folder, 'missing') });
    expect(outputs).toEqual({ drift: 'true', file: '', draft: '' });
    expect(github.printed().join('\n')).toMatch(/::warning::inventory-file could not be written: (?:Error: )?ENOENT/u);
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });
});

describe('a line of the table', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1'])('%j is no formula in it', (text) => {
    expect(csvLine([text])).toBe(`"'${text}"\r\n`);
  });

  test('quotes every cell, and doubles quotes', () => {
    expect(csvLine(['a"b', 'c,d\ne', true, [{ holder: 'h', end: 't' }]])).toBe('"a""b","c,d\ne","true","h t"\r\n');
    expect(csvLine(['"=1'])).toBe('"""=1"\r\n');
  });
});

describe('the summary of an inventory', () => {
  const notes = {
    words,
    request: ['inventory', 'access-file: access/payments.yml'],
    run,
    endpoints: [],
    notices: [],
    lack: null,
  };
  const text = (): string => github.summary();
  /** The cells of the first table that has states. */
  const table = (): readonly (readonly string[])[] =>
    (/<table><tr><th>State<\/th>[^]*?<\/table>/u.exec(text())?.[0] ?? '')
      .split('</tr>')
      .slice(1, -1)
      .map((it) => [...it.matchAll(/<td>(?<cell>.*?)<\/td>/gu)].map(({ groups }) => groups?.['cell'] ?? ''));

  test('shows differences first, then protected access, orphans and leases', async () => {
    await summarizeInventory(inventory, notes);
    expect(text()).toMatch(
      /^<h3>⚠️ Drift: 1 extra, 1 expired and still there, 1 missing and 1 with another condition<\/h3>/u,
    );
    expect(table().map(([state, principal]) => [state, principal])).toEqual([
      ['<strong>extra</strong>', 'user suspect'],
      ['<strong>expired, still there</strong>', 'user over'],
      ['<strong>missing</strong>', 'user missing'],
      ['<strong>another condition</strong>', 'user other'],
      ['<strong>in no row, protected</strong>', 'user owner'],
      ['<strong>orphan, permanent</strong>', 'user orphan'],
      ['<strong>leased until 2026-11-25 12:00 UTC</strong>', 'user leased'],
    ]);
    expect(table().map((it) => it.at(-1))).toEqual([
      'permanent, role is for leases; created at 2026-11-25 10:00 UTC',
      'row access/payments.yml:12; its row expired at 2026-11-25 09:59 UTC',
      'row access/payments.yml:12',
      'row access/payments.yml:12',
      'It is the last owner',
      '',
      'job 7 of octocat until 2026-11-25 12:00 UTC',
    ]);
    expect(text()).toContain(
      '1 permanent assignment of roles that are tagged for leases has neither a record nor a row.',
    );
    expect(text()).toContain('access/payments.yml:12 expires at 2026-12-01 00:00 UTC');
    expect(text()).toContain(
      '<strong>access/payments.yml:12: </strong>user:gone, r-1, t-1<br>&quot;user:gone&quot; does not exist.',
    );
    expect(text()).toContain('<p>6 permanent and 1 leased.</p>');
  });

  test('is red with missing access, green without drift, and neither without a file', async () => {
    await summarizeInventory(inventory, { ...notes, lack });
    expect(text()).toMatch(/^<h3>❌ Drift: 1 extra/u);
    expect(text()).toContain('<p>The access differs.<br><strong>What to do:</strong> Compare the rows.</p>');
    github.clear();
    await summarizeInventory({ ...inventory, rows: rows.slice(0, 1), hasDrift: false }, notes);
    expect(text()).toMatch(/^<h3>✅ No drift: 1 assignment<\/h3>/u);
    expect(table()).toEqual([]);
    github.clear();
    await summarizeInventory({ ...inventory, rows: rows.slice(0, 1), hasDrift: null, files: [] }, notes);
    expect(text()).toMatch(/^<h3>Inventory: 1 assignment<\/h3>/u);
    expect(table()).toHaveLength(1);
  });

  test('counts overdue leases in its first line, shows them before correct access, and warns', async () => {
    const over = { kind: 'lease', endsAt: readAt - 7_200_000, overdueSince: readAt - 7_200_000 } as const;
    const overdue = rowOf('user:late r-1 t-1', notInFile, over);
    const through = rowOf('user:member r-1 t-1', notInFile, { ...over, via: { id: 'g-1', name: null } });
    const some = { ...inventory, rows: [...rows.slice(0, 2), through, overdue], hasDrift: false, expiring: [] };
    await summarizeInventory(some, notes);
    expect(text()).toMatch(/^<h3>⚠️ No drift: 4 assignments, 1 lease overdue<\/h3>/u);
    expect(text()).toContain('1 lease is overdue: the end time has passed, but the access still exists.');
    expect(table().map(([state, principal]) => [state, principal])).toEqual([
      ['<strong>overdue since 2026-11-25 08:00 UTC</strong>', 'user member'],
      ['<strong>overdue since 2026-11-25 08:00 UTC</strong>', 'user late'],
      ['<strong>leased until 2026-11-25 12:00 UTC</strong>', 'user leased'],
    ]);
    github.clear();
    const extra = rowOf('user:late r-1 t-1', { ...notInFile, difference: 'extra' }, over);
    reportInventory(
      { ...some, rows: [extra], hasDrift: true },
      { words, lack: null, outputs: { drift: 'true', file: '', draft: '' } },
    );
    const printed = github.printed().join('\n');
    expect(printed).toMatch(/^Extra: user late .*overdue since 2026-11-25 08:00 UTC/mu);
    expect(printed).toContain('::warning::1 lease is overdue');
    expect(printed).toMatch(/^Drift: 1 extra, 1 lease overdue\.$/mu);
    const { file } = keepInventory(some, { cloud: 'aws', audit, folder });
    expect(readFileSync(file, 'utf8')).toContain('"overdue-since":"2026-11-25T08:00:00Z"');
  });

  test('of 20,000 assignments has 50 rows at most, and counts by role and target', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) =>
      rowOf(
        `user:u-${index} r-${index % 20} t-${index % 500}`,
        index < 300 ? { ...notInFile, difference: 'extra' } : {},
      ),
    );
    await summarizeInventory({ ...inventory, rows: many }, notes);
    expect(table()).toHaveLength(50);
    expect(text()).toContain('<p>250 more rows: see inventory-file.</p>');
    expect(text()).toContain('<details><summary>By permission set (20)</summary>');
    expect(text()).toContain('<tr><td>r-0</td><td>1000</td></tr>');
    expect(text()).toContain('<details><summary>By account (500)</summary>');
    expect(text()).toContain('<p>and 475 more</p>');
    expect(Buffer.byteLength(text())).toBeLessThan(30_000);
  });

  test('escapes names', async () => {
    const name = '</td></table><img src=x> **b** [l](https://evil) `c` @octocat #1\u202E';
    const row = rowOf('user:u r t', { difference: 'extra', protection: null });
    const hostile = { ...row, grant: { ...row.grant, role: { id: 'r', name }, target: { id: 't', name } } };
    const unresolved = [{ place: { ...place, file: name }, lines: [name], reasons: [name] }];
    await summarizeInventory({ ...inventory, rows: [hostile], unresolved, files: [{ path: name, blob: '' }] }, notes);
    expect(text()).not.toMatch(/<img|\*\*b|\[l\]|@octocat|\u202E/u);
  });
});

describe('the log of an inventory', () => {
  const outputs = { drift: 'true', file: '/tmp/i.json', draft: '/tmp/d.yml' };

  test('has a line for each difference, and ends with the counts', () => {
    reportInventory(inventory, { words, lack: null, outputs });
    const printed = github.printed();
    expect(printed.slice(0, 4)).toEqual([
      'Extra: user suspect with permission set r-1 on account t-1 (permanent, role is for leases; created at 2026-11-25 10:00 UTC).',
      'Expired, still there: user over with permission set r-1 on account t-1 (row access/payments.yml:12; its row expired at 2026-11-25 09:59 UTC).',
      'Missing: user missing with permission set r-1 on account t-1 (row access/payments.yml:12).',
      'Another condition: user other with permission set r-1 on account t-1 (row access/payments.yml:12).',
    ]);
    expect(printed.filter((it) => it.startsWith('::'))).toEqual([
      expect.stringMatching(/^::warning::1 permanent assignment of roles that are tagged for leases/u),
      '::warning::1 assignment of principals that no longer exist.',
      expect.stringMatching(/^::notice::The access differs from the access file: 1 extra, 1 expired and still there/u),
    ]);
    expect(printed.at(-1)).toMatch(/^Drift: 1 extra, /u);
  });

  test('has an error instead of the notice with missing access', () => {
    reportInventory(inventory, { words, lack, outputs });
    const printed = github.printed().join('\n');
    expect(printed).toContain('::error title=cloud-access%3A Drift::The access differs.');
    expect(printed).not.toContain('::notice::');
  });

  test('folds more than 20 lines', () => {
    const many = Array.from({ length: 30 }, (_, index) => rowOf(`user:u-${index} r t`, { difference: 'extra' }));
    reportInventory({ ...inventory, rows: many }, { words, lack: null, outputs });
    expect(github.printed()).toContain('::group::10 more differences');
  });
});
