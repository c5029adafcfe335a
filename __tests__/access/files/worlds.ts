import type { AccessFile, GrantRow, MaxRemovals, Prune } from '../../../src/access/files/access-file.ts';
import type { FileRequest } from '../../../src/access/files/request.ts';
import type { Assignment } from '../../../src/access/grant.ts';
import { between, pick, seeded } from '../engine/seeded.ts';
import { keyOf } from '../fixtures.ts';
import { row, selecting, type About } from './fake-access.ts';
import { createRig, file, product, started, type Rig, type RigOptions } from './rig.ts';

const principals = ['a', 'b', 'c', 'd'];
const roles = ['r', 's', 'q'];
const targets = ['t', 'u', 'v'];
export const universe = product(principals, roles, targets);

/** Content of one file as sets of IDs, the form of this test. */
interface Text {
  readonly owns: { readonly roles: readonly string[]; readonly targets: readonly string[] };
  readonly ignore: readonly { readonly principal: string; readonly targets: readonly string[] | null }[];
  readonly rows: readonly {
    readonly ids: readonly [readonly string[], readonly string[], readonly string[]];
    readonly isOver: boolean;
  }[];
}

export interface Asked {
  readonly texts: readonly Text[];
  readonly prune: Prune;
  readonly most: MaxRemovals | null;
  readonly allowPrivileged: boolean;
}

export interface World extends Rig {
  readonly about: ReadonlyMap<string, About>;
  readonly random: () => number;
}

function some<T>(random: () => number, all: readonly T[], share = 0.5): readonly T[] {
  return all.filter(() => random() < share);
}

function atLeastOne(random: () => number, all: readonly string[]): readonly string[] {
  const found = some(random, all);
  return found.length > 0 ? found : [all[between(random, 0, all.length - 1)] ?? ''];
}

export function makeWorld(seed: number, over: Partial<RigOptions> = {}): World {
  const random = seeded(seed);
  const kinds: readonly (() => About)[] = [
    () => ({ over: { kind: 'pim-active' } }),
    () => ({ beside: { kind: 'pim-eligible' } }),
    () => ({ beside: { source: 'inherited' } }),
    () => ({ over: { principalState: 'unknown' } }),
    () => ({ over: { principalState: 'orphan' } }),
    () => ({ protection: { reason: 'It is the last.', isPrivileged: false } }),
    () => ({ protection: { reason: 'It is privileged.', isPrivileged: true } }),
  ];
  const about = new Map(
    universe.map((it): [string, About] => [
      keyOf(it),
      random() < 0.25 ? (kinds[between(random, 0, kinds.length - 1)]?.() ?? {}) : {},
    ]),
  );
  const there = some(random, universe);
  const leased = some(
    random,
    there.filter((it) => Object.keys(about.get(keyOf(it)) ?? {}).length === 0),
    0.15,
  );
  const rig = createRig({
    universe,
    there,
    leased,
    about: (it) => about.get(keyOf(it)) ?? {},
    ...over,
  });
  return { ...rig, about, random };
}

/** Files without a fault, and the inputs that select them. */
export function makeAsked(random: () => number): Asked {
  const texts = Array.from({ length: between(random, 1, 2) }, (): Text => {
    const owns = { roles: atLeastOne(random, roles), targets: atLeastOne(random, targets) };
    const ignore =
      random() < 0.4 ? [{ principal: 'd', targets: random() < 0.5 ? null : atLeastOne(random, targets) }] : [];
    const rows = Array.from({ length: between(random, 0, 4) }, () => ({
      ids: [
        atLeastOne(random, ['a', 'b', 'c']),
        atLeastOne(random, owns.roles),
        atLeastOne(random, owns.targets),
      ] as const,
      isOver: random() < 0.3,
    }));
    return { owns, ignore, rows };
  });
  const bounds: readonly [MaxRemovals | null, ...(MaxRemovals | null)[]] = [
    null,
    { count: between(random, 0, 6), percent: null },
    { count: null, percent: between(random, 0, 100) },
    { count: between(random, 0, 6), percent: between(random, 0, 100) },
  ];
  return {
    texts,
    prune: pick<Prune>(random, ['report', 'fail', 'revoke', 'revoke', 'revoke']),
    most: pick(random, bounds),
    allowPrivileged: random() < 0.3,
  };
}

export function requestOf({ texts, prune, most, allowPrivileged }: Asked, now: number): Partial<FileRequest> {
  const files = texts.map(({ owns, ignore, rows }): AccessFile => {
    const grants = rows.map(({ ids: [p, r, t], isOver }): GrantRow =>
      row(p, r, t, { expires: isOver ? now - 1 : null }),
    );
    const ignored = ignore.map((it) =>
      selecting(null, it.targets, { principals: row(it.principal, [], []).principals }),
    );
    return file(grants, selecting(owns.roles, owns.targets), ignored);
  });
  return { files, prune, maxRemovals: most, allowPrivileged };
}

/** The oracle: assignments that must exist afterwards, computed grant by grant. */
export interface Verdict {
  readonly isRefused: boolean;
  readonly there: readonly string[];
  readonly removed: readonly string[];
  readonly made: readonly string[];
}

export function judge({ texts, prune, most, allowPrivileged }: Asked, { cloud, access, about }: World): Verdict {
  const isIn = (ids: readonly string[], id: string): boolean => ids.includes(id);
  const rowsOf = (it: Assignment): readonly boolean[] =>
    texts.flatMap(({ rows }) =>
      rows.flatMap(({ ids: [p, r, t], isOver }) =>
        isIn(p, it.principal.id) && isIn(r, it.role.id) && isIn(t, it.target.id) ? [isOver] : [],
      ),
    );
  const isOwned = (it: Assignment): boolean =>
    texts.some(({ owns }) => isIn(owns.roles, it.role.id) && isIn(owns.targets, it.target.id));
  const isIgnored = (it: Assignment): boolean =>
    texts.some(({ ignore }) =>
      ignore.some(
        (one) => one.principal === it.principal.id && (one.targets === null || isIn(one.targets, it.target.id)),
      ),
    );
  const isThere = (it: Assignment): boolean => cloud.truth(it) !== 'absent';
  const isPlain = (it: Assignment): boolean => {
    const { over = {} } = about.get(keyOf(it)) ?? {};
    return isThere(it) && !access.leased.has(keyOf(it)) && (over.kind ?? 'permanent') === 'permanent';
  };
  const mayGo = (it: Assignment): boolean => {
    const { over = {}, protection } = about.get(keyOf(it)) ?? {};
    if (!isOwned(it) || isIgnored(it) || !isPlain(it) || over.principalState === 'unknown') return false;
    return protection === undefined || (protection.isPrivileged && allowPrivileged);
  };
  /** Extra, but never removed. */
  const isUnknown = (it: Assignment): boolean => {
    const { over = {}, protection } = about.get(keyOf(it)) ?? {};
    const isFree = protection === undefined || (protection.isPrivileged && allowPrivileged);
    return isOwned(it) && !isIgnored(it) && isPlain(it) && over.principalState === 'unknown' && isFree;
  };
  const wanted = universe.filter((it) => rowsOf(it).includes(false));
  const over = universe.filter((it) => rowsOf(it).length > 0 && !rowsOf(it).includes(false) && mayGo(it));
  const extra = universe.filter((it) => rowsOf(it).length === 0 && mayGo(it));
  const removed = (prune === 'revoke' ? [...over, ...extra] : over).map(keyOf);
  const permanent = universe.filter((it) => isOwned(it) && isPlain(it)).length;
  const bounds = [
    most?.count ?? Infinity,
    most?.percent == null ? Infinity : Math.floor((permanent * most.percent) / 100),
  ];
  const failing = universe.filter((it) => rowsOf(it).length === 0 && (mayGo(it) || isUnknown(it)));
  const isRefused = (prune === 'fail' && failing.length > 0) || removed.length > Math.min(...bounds);
  const made = wanted.filter((it) => !isThere(it) || access.leased.has(keyOf(it))).map(keyOf);
  const there = universe
    .filter((it) => (isThere(it) || made.includes(keyOf(it))) && !removed.includes(keyOf(it)))
    .map(keyOf);
  return { isRefused, there, removed, made };
}

/** A person changes the estate in the console between two runs. */
export function meddle({ random, cloud, access, clock, about }: World, turn: number): void {
  for (const it of some(random, universe, 0.1)) {
    const key = keyOf(it);
    if (cloud.truth(it) === 'absent') {
      cloud.startElsewhere({ kind: 'create', grant: it, seen: null }, `made-${turn}-${key}-${clock.now()}`, {
        takes: 0,
      });
      if (random() < 0.3 && Object.keys(about.get(key) ?? {}).length === 0) access.leased.add(key);
    } else {
      access.leased.delete(key);
      cloud.startElsewhere({ kind: 'remove', grant: it, seen: null }, `gone-${turn}-${key}-${clock.now()}`, {
        takes: 0,
      });
    }
  }
}

/** Every change that was started, leases that became permanent included. */
export const changesIn = (world: World): readonly string[] => [
  ...started(world),
  ...world.access.madePermanent.map((key) => `permanent ${key}`),
];
