import { describe, expect, test } from '@jest/globals';

import type { Existing } from '../../../src/access/files/port.ts';
import { showInventory } from '../../../src/access/files/inventory.ts';
import { epoch } from '../fake-clock.ts';
import { createDraw } from '../../property/draw.ts';
import {
  accessFile,
  createEstate,
  existing,
  file,
  ignoreRow,
  inventoryOf,
  readingTools,
  row,
  selecting,
} from './small-estate.ts';

const principals = ['user:u-1', 'user:u-2', 'group:g-1'];
const roles = ['r-1', 'r-2'];
const targets = ['t-1', 't-2'];
const conditions = [null, 'a', 'b'];
const everyGrant = principals.flatMap((who) =>
  roles.flatMap((role) => targets.map((where) => `${who} ${role} ${where}`)),
);

/** A random world, in plain data that the oracle can read. */
interface World {
  readonly owned: readonly string[];
  readonly ignored: readonly string[];
  readonly rows: readonly {
    readonly text: string;
    readonly condition: string | null;
    readonly expires: number | null;
  }[];
  readonly there: readonly {
    readonly text: string;
    readonly condition: string | null;
    readonly kind: Existing['kind'];
    readonly source: Existing['source'];
    readonly isProtected: boolean;
  }[];
}

function worldOf(seed: number): World {
  const random = createDraw(seed);
  const owned = roles.filter(() => random.percent(70));
  const ignored = principals.filter(() => random.percent(20));
  const isIgnored = (text: string): boolean => ignored.some((who) => text.startsWith(`${who} `));
  const isOwned = (text: string): boolean => owned.some((role) => text.includes(` ${role} `));
  // A row that contradicts another, is ignored, or is outside of owns is a fault, and has tests of its own.
  const rows = everyGrant
    .filter((text) => isOwned(text) && !isIgnored(text) && random.percent(50))
    .flatMap((text) => {
      const condition = random.pick(conditions);
      const expiries = random.percent(30) ? [epoch - 1, random.pick([epoch, epoch + 1, null])] : [null];
      return expiries.map((expires) => ({ text, condition, expires }));
    });
  const there = everyGrant
    .filter(() => random.percent(60))
    .map((text) => ({
      text,
      condition: random.pick(conditions),
      kind: random.pick(['permanent', 'permanent', 'permanent', 'lease', 'pim-active', 'pim-eligible'] as const),
      source: random.pick(['direct', 'direct', 'direct', 'inherited'] as const),
      isProtected: random.percent(20),
    }));
  return { owned, ignored, rows, there };
}

/** Drift by the words of the contract, grant by grant, without any code of the action. */
function oracle({ owned, ignored, rows, there }: World): readonly string[] {
  return everyGrant.flatMap((text) => {
    const [who = '', role = ''] = text.split(' ');
    const own = rows.filter((it) => it.text === text);
    const isWanted = own.some(({ expires }) => expires === null || expires > epoch);
    const access = there.find((it) => it.text === text);
    if (access?.source !== 'direct' || access.kind === 'pim-eligible') return isWanted ? [`missing ${text}`] : [];
    if (access.kind !== 'permanent') return [];
    if (isWanted) return access.condition === own[0]?.condition ? [] : [`condition ${text}`];
    if (access.isProtected || !owned.includes(role) || ignored.includes(who)) return [];
    return [own.length > 0 ? `expired ${text}` : `extra ${text}`];
  });
}

async function driftOf({ owned, ignored, rows, there }: World): Promise<readonly string[]> {
  const guarded = new Set(there.filter(({ isProtected }) => isProtected).map(({ text }) => text));
  const textOf = ({ grant: { principal, role, target } }: Pick<Existing, 'grant'>): string =>
    `${(principal.type ?? '').toLowerCase()}:${principal.id} ${role.id} ${target.id}`;
  const estate = createEstate(
    there.map(({ text, condition, kind, source }) =>
      existing(text, { kind, source, properties: { condition, description: null } }),
    ),
    (it) => (guarded.has(textOf(it)) ? { reason: 'It is protected.', isPrivileged: false } : null),
  );
  const own = {
    owns: { ...selecting(`* ${owned.join(',')} *`), place: file },
    ignore: ignored.map((who) => ignoreRow(`${who} * *`)),
    grants: rows.map(({ text, condition, expires }) =>
      row(text, { expires, properties: { condition, description: null } }),
    ),
  };
  const { inventory } = await showInventory(inventoryOf({ files: [accessFile(own)] }), estate, readingTools());
  return inventory.rows.flatMap((it) => (it.difference === null ? [] : [`${it.difference} ${textOf(it)}`]));
}

describe('drift', () => {
  test('follows the contract, in 2,000 random worlds (P11)', async () => {
    const kinds = new Map<string, number>();
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const world = worldOf(seed);
      if (world.owned.length === 0) continue;
      const expected = oracle(world);
      expect({ seed, drift: (await driftOf(world)).toSorted() }).toEqual({ seed, drift: expected.toSorted() });
      for (const it of expected) kinds.set(it.split(' ')[0] ?? '', (kinds.get(it.split(' ')[0] ?? '') ?? 0) + 1);
    }
    // Each kind has been met.
    for (const kind of ['missing', 'extra', 'expired', 'condition']) expect(kinds.get(kind)).toBeGreaterThan(50);
  });
});
