import { describe, expect, test } from '@jest/globals';

import type { Existing } from '../../../src/access/files/port.ts';
import type { InventoryRow } from '../../../src/access/files/inventory-rows.ts';
import { showInventory, soonMs } from '../../../src/access/files/inventory.ts';
import { epoch } from '../fake-clock.ts';
import {
  accessFile,
  createEstate,
  existing,
  file,
  ignoreRow,
  inventoryOf,
  line,
  readingTools,
  row,
  selecting,
} from './small-estate.ts';

const grantText = ({ principal, role, target }: InventoryRow['grant']): string =>
  `${(principal.type ?? '').toLowerCase()}:${principal.id} ${role.id} ${target.id}`;

/** `extra user:u-1 r-1 t-1 (no)` for each row that differs, and `– … (yes)` for others. */
const shown = (rows: readonly InventoryRow[]): readonly string[] =>
  rows.map(({ difference, grant, inFile }) => `${difference ?? '–'} ${grantText(grant)} (${inFile ?? ''})`).toSorted();

const show = (
  request: Parameters<typeof inventoryOf>[0],
  there: readonly Existing[],
): ReturnType<typeof showInventory> => showInventory(inventoryOf(request), createEstate(there), readingTools());

describe('an inventory without access files', () => {
  test('shows everything, and has no drift', async () => {
    const there = [existing('user:u-1 r-1 t-1'), existing('group:g-1 r-2 t-2', { kind: 'lease' })];
    const run = await show({}, there);
    expect(shown(run.inventory.rows)).toEqual(['– group:g-1 r-2 t-2 ()', '– user:u-1 r-1 t-1 ()']);
    expect(run).toMatchObject({ results: [], lack: null, inventory: { hasDrift: null, directory: 'directory-1' } });
  });

  test('is narrowed by each line', async () => {
    const there = [existing('user:u-1 r-1 t-1'), existing('user:u-1 r-2 t-1'), existing('user:u-2 r-1 t-1')];
    const run = await show({ principals: [line('user:u-1')], roles: [line('r-1')] }, there);
    expect(shown(run.inventory.rows)).toEqual(['– user:u-1 r-1 t-1 ()']);
  });

  test('is refused if a line means nothing', async () => {
    await expect(show({ roles: [line('gone')] }, [])).rejects.toThrow('"gone" does not exist.');
  });

  test('wants the records of leases, and does without them', async () => {
    const estate = createEstate([]);
    await showInventory(inventoryOf(), estate, readingTools());
    expect(estate.asked).toEqual(['list wanted effective']);
  });

  test('names permanent access of roles that are tagged for leases', async () => {
    const tagged = { isTaggedForLeases: true } as const;
    const there = [existing('user:u-1 r-1 t-1', tagged), existing('user:u-2 r-1 t-1', { ...tagged, kind: 'lease' })];
    const { inventory } = await show({}, there);
    expect(inventory.rows.map(({ isSuspect }) => isSuspect)).toEqual([true, false]);
  });
});

describe('an inventory compared with access files', () => {
  test('distinguishes missing, extra, expired, ignored and other conditions (P11)', async () => {
    const there = [
      existing('user:as-written r-1 t-1'),
      existing('user:extra r-1 t-1'),
      existing('user:expired r-1 t-1'),
      existing('user:ignored r-1 t-1'),
      existing('user:conditional r-1 t-1', { properties: { condition: 'after', description: null } }),
    ];
    const grants = [
      row('user:as-written r-1 t-1'),
      row('user:missing r-1 t-1'),
      row('user:expired,user:expired-too r-1 t-1', { expires: epoch }),
      row('user:conditional r-1 t-1', { properties: { condition: 'before', description: null } }),
    ];
    const { inventory } = await show(
      { files: [accessFile({ grants, ignore: [ignoreRow('user:ignored * *')] })] },
      there,
    );
    expect(shown(inventory.rows)).toEqual([
      'condition user:conditional r-1 t-1 (yes)',
      'expired user:expired r-1 t-1 (expired)',
      'extra user:extra r-1 t-1 (no)',
      'missing user:missing r-1 t-1 (yes)',
      '– user:as-written r-1 t-1 (yes)',
      '– user:ignored r-1 t-1 (ignored)',
    ]);
    expect(inventory.hasDrift).toBe(true);
  });

  test('takes leases, activations, inherited and protected access for no drift (P11)', async () => {
    const there = [
      existing('user:u-1 r-1 t-1', { kind: 'lease' }),
      existing('user:u-2 r-1 t-1', { kind: 'pim-active' }),
      existing('user:u-3 r-1 t-1', { kind: 'pim-eligible' }),
      existing('user:u-4 r-1 t-1', { source: 'inherited' }),
      existing('user:u-5 r-1 t-1', { via: { id: 'g-1', name: null } }),
      existing('user:u-6 r-1 t-1'),
      // One and the same assignment, listed twice.
      existing('user:u-7 r-1 t-1'),
      existing('user:u-7 r-1 t-1', { kind: 'pim-active' }),
    ];
    const estate = createEstate(there, () => ({ reason: 'It is the last owner.', isPrivileged: false }));
    const request = inventoryOf({ files: [accessFile({ grants: [] })], prune: 'fail' });
    const { inventory, lack } = await showInventory(request, estate, readingTools());
    expect(inventory.rows.filter(({ difference }) => difference !== null)).toEqual([]);
    expect(inventory.rows.find(({ protection }) => protection !== null)).toMatchObject({
      grant: { principal: { id: 'u-6' } },
    });
    expect(lack).toBeNull();
    expect(estate.asked).toEqual(['list required effective', 'protections of 1']);
  });

  test('is not affected by access that the same principal can activate, or has through a group and from above (P11)', async () => {
    const there = ['user:u-1 r-1 t-1', 'user:u-2 r-1 t-1'].flatMap((text) => [
      existing(text),
      existing(text, { kind: 'pim-eligible', endsAt: epoch + 1 }),
      existing(text, { kind: 'lease', endsAt: epoch + 1, via: { id: 'g-1', name: null } }),
      existing(text, { kind: 'pim-active', endsAt: epoch + 1, source: 'inherited' }),
    ]);
    const { inventory } = await show({ files: [accessFile({ grants: [row('user:u-2 r-1 t-1')] })] }, there);
    const differing = inventory.rows.filter(({ difference }) => difference !== null);
    expect(inventory.rows).toHaveLength(8);
    expect(shown(differing)).toEqual(['extra user:u-1 r-1 t-1 (no)']);
    expect(inventory.draft).toContain('u-1');
  });

  test('takes a lease of a row for access that is there, and an eligibility not', async () => {
    const there = [
      existing('user:u-1 r-1 t-1', { kind: 'lease' }),
      existing('user:u-2 r-1 t-1', { kind: 'pim-eligible' }),
      existing('user:u-3 r-1 t-1', { source: 'inherited' }),
    ];
    const { inventory } = await show(
      { files: [accessFile({ grants: [row('user:u-1,user:u-2,user:u-3 r-1 t-1')] })] },
      there,
    );
    expect(shown(inventory.rows.filter(({ difference }) => difference !== null))).toEqual([
      'missing user:u-2 r-1 t-1 (yes)',
      'missing user:u-3 r-1 t-1 (yes)',
    ]);
  });

  test('ends red with prune: fail only if there is drift', async () => {
    const request = { files: [accessFile({ grants: [row('user:u-1 r-1 t-1')] })], prune: 'fail' } as const;
    const { lack } = await show(request, [existing('user:u-2 r-1 t-1'), existing('user:u-3 r-1 t-1')]);
    expect(lack?.reason).toBe('The access differs from the access file: 2 extra and 1 missing.');
    expect((await show(request, [existing('user:u-1 r-1 t-1')])).lack).toBeNull();
    expect((await show({ ...request, prune: 'report' }, [])).lack).toBeNull();
  });

  test('of several rows counts the one that lasts longest', async () => {
    const grants = [
      row('user:u-1 r-1 t-1', { expires: epoch - 1 }),
      row('user:u-1 r-1 t-1', { expires: epoch + soonMs + 1 }),
      row('user:u-2 r-1 t-1', { expires: epoch - 1 }),
      row('user:u-2 r-1 t-1'),
    ];
    const { inventory } = await show({ files: [accessFile({ grants })] }, []);
    expect(shown(inventory.rows)).toEqual(['missing user:u-1 r-1 t-1 (yes)', 'missing user:u-2 r-1 t-1 (yes)']);
    expect(inventory.expiring).toEqual([]);
  });

  test('names the rows that expire within 14 days, the first to expire first', async () => {
    const at = (number: number): { readonly place: { readonly line: number } & typeof file } => ({
      place: { ...file, line: number as never },
    });
    const grants = [
      row('user:u-1 r-1 t-1', { ...at(7), expires: epoch + soonMs }),
      row('user:u-2,user:u-3 r-1 t-1', { ...at(8), expires: epoch + 1 }),
      row('user:u-4 r-1 t-1', { ...at(9), expires: epoch + soonMs + 1 }),
      row('user:u-5 r-1 t-1', { ...at(10), expires: epoch }),
    ];
    const tools = readingTools();
    const { inventory } = await showInventory(
      inventoryOf({ files: [accessFile({ grants })] }),
      createEstate([]),
      tools,
    );
    expect(inventory.expiring.map(({ place, grants: those }) => [place.line, those.length])).toEqual([
      [8, 2],
      [7, 1],
    ]);
    expect(tools.log.at('info')).toContain('access/payments.yml:8 expires at 2026-03-04 05:06 UTC: 2 grants.');
  });

  test('lists rows without a meaning, or outside of owns, and continues (P8)', async () => {
    const files = [
      accessFile({
        owns: { ...selecting('* r-1 *'), place: file },
        grants: [row('user:gone r-1 t-1'), row('user:u-1 r-2 t-1'), row('user:u-2 r-1 t-1')],
        ignore: [ignoreRow('group:gone * *')],
      }),
    ];
    const { inventory, lack } = await show({ files, prune: 'fail' }, [existing('user:u-2 r-1 t-1')]);
    expect(inventory.unresolved.map(({ lines, reasons }) => [lines.join(' '), reasons.join(' ')])).toEqual([
      ['user:gone r-1 t-1', '"user:gone" does not exist.'],
      ['user:u-1 r-2 t-1', 'The row has grants outside of `owns`.'],
      ['group:gone', '"group:gone" does not exist.'],
    ]);
    expect(lack).toBeNull();
  });

  test('lists rows that are ignored too, and takes nothing of a row that is a fault for drift (P8, P11)', async () => {
    const files = [
      accessFile({
        owns: { ...selecting('* r-1 *'), place: file },
        grants: [row('user:u-1,user:u-2 r-1 t-1'), row('user:u-3 r-1,r-2 t-1'), row('user:u-4 r-1 t-1')],
        ignore: [ignoreRow('user:u-1 * *')],
      }),
    ];
    const there = ['u-1', 'u-2', 'u-3', 'u-5'].map((id) => existing(`user:${id} r-1 t-1`));
    const { inventory } = await show({ files }, there);
    expect(inventory.unresolved.map(({ lines, reasons }) => [lines.join(' '), reasons.join(' ')])).toEqual([
      ['user:u-1 user:u-2 r-1 t-1', 'The row has grants that `ignore` has too.'],
      ['user:u-3 r-1 r-2 t-1', 'The row has grants outside of `owns`.'],
    ]);
    expect(shown(inventory.rows)).toEqual([
      'extra user:u-5 r-1 t-1 (no)',
      'missing user:u-4 r-1 t-1 (yes)',
      '– user:u-1 r-1 t-1 (ignored)',
      '– user:u-2 r-1 t-1 (no)',
      '– user:u-3 r-1 t-1 (no)',
    ]);
  });

  test('reports an expired row without a meaning as a notice, and the remains of it as extra (P8, P11)', async () => {
    const files = [accessFile({ grants: [row('user:gone r-1 t-1', { expires: epoch })] })];
    const { inventory, notices } = await show({ files }, [existing('user:gone r-1 t-1', { principalState: 'orphan' })]);
    expect(inventory.unresolved).toEqual([]);
    expect(notices).toEqual([expect.stringContaining('access/payments.yml:10: This row has expired')]);
    expect(shown(inventory.rows)).toEqual(['extra user:gone r-1 t-1 (no)']);
  });

  test('compares a row that another file of the step owns, as reconcile does (P11)', async () => {
    const owning = (roles: string, ...grants: ReturnType<typeof row>[]): ReturnType<typeof accessFile> =>
      accessFile({ owns: { ...selecting(`* ${roles} *`), place: file }, grants });
    const files = [owning('r-1', row('user:u-1 r-2 t-1')), owning('r-2')];
    const { inventory } = await show({ files }, [existing('user:u-1 r-2 t-1')]);
    expect(inventory).toMatchObject({ unresolved: [], hasDrift: false });
    expect(shown(inventory.rows)).toEqual(['– user:u-1 r-2 t-1 (yes)']);
  });

  test('is refused if owns means nothing: drift of an unknown part is unknown', async () => {
    const owns = { ...selecting('* gone *'), place: file };
    await expect(show({ files: [accessFile({ owns, grants: [] })] }, [])).rejects.toThrow('"gone" does not exist.');
  });

  test('reports rows that disagree, and continues', async () => {
    const conditions = [null, 'a'].map((condition) => ({ properties: { condition, description: null } }));
    const grants = conditions.map((properties) => row('user:u-1 r-1 t-1', properties));
    const { notices, lack } = await show({ files: [accessFile({ grants })], prune: 'fail' }, [
      existing('user:u-1 r-1 t-1'),
    ]);
    expect(notices.join()).toContain('different conditions');
    expect(lack).toBeNull();
  });

  test('a file without owns is about its own rows only', async () => {
    const files = [accessFile({ owns: null, grants: [row('user:u-1,user:u-2 r-1 t-1')] })];
    const { inventory } = await show({ files }, [existing('user:u-1 r-1 t-1'), existing('user:u-3 r-1 t-1')]);
    expect(shown(inventory.rows)).toEqual(['missing user:u-2 r-1 t-1 (yes)', '– user:u-1 r-1 t-1 (yes)']);
  });

  test('nothing outside of owns is listed or drift (P11)', async () => {
    const owns = { ...selecting('* r-1 *'), place: file };
    const { inventory } = await show({ files: [accessFile({ owns, grants: [] })] }, [existing('user:u-1 r-2 t-1')]);
    expect(inventory).toMatchObject({ rows: [], hasDrift: false });
  });
});
