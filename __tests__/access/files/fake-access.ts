import type {
  Existing,
  AccessPort,
  Protection,
  ResolvedRow,
  Selected,
  Selection,
} from '../../../src/access/files/port.ts';
import type { GrantRow, Owned, Selecting } from '../../../src/access/files/access-file.ts';
import { Refusal } from '../../../src/access/errors.ts';
import type { Assignment } from '../../../src/access/grant.ts';
import { permanentNow } from '../../../src/access/leases/outcomes.ts';
import type { CloudWithLeases, Leases } from '../../../src/access/leases/port.ts';
import { succeeded } from '../../../src/access/outcome.ts';
import type { Line, Lines } from '../../../src/access/request.ts';
import type { FakeCloud } from '../fake-cloud.ts';
import { keyOf, unnamed } from '../fixtures.ts';

/** Properties that a test sets on one grant, apart from its existence. */
export interface About {
  readonly protection?: Protection;
  /** Listed in addition to the cloud's true assignments: of another kind, or inherited. */
  readonly beside?: Partial<Existing>;
  readonly over?: Partial<Existing>;
}

export interface FakeAccessOptions {
  readonly cloud: FakeCloud;
  readonly universe: readonly Assignment[];
  readonly about?: (grant: Assignment) => About;
  /** Privileged grants: a row of one that is absent is refused. */
  readonly privileged?: ReadonlySet<string>;
  /** Happens at the start of each call of the port; may throw. */
  readonly onCall?: (name: keyof AccessPort) => void;
}

export interface FakeAccess extends AccessPort {
  /** The same cloud, with leases and this port. */
  readonly cloud: CloudWithLeases;
  /** Keys of leased grants: of those that are there. */
  readonly leased: Set<string>;
  readonly calls: Readonly<Record<keyof AccessPort, number>>;
  readonly madePermanent: readonly string[];
  /** Number of assignments in each question about protections. */
  readonly protectionsAsked: readonly number[];
}

export const line = (value: string): Line => ({ text: value, kind: value.startsWith('no-') ? 'missing' : 'id', value });
const lines = (values: readonly string[]): readonly Line[] => values.map(line);

export function row(
  principals: string | readonly string[],
  roles: string | readonly string[],
  targets: string | readonly string[],
  over: Partial<GrantRow> = {},
): GrantRow {
  const all = (values: string | readonly string[]): readonly Line[] => lines([values].flat());
  return {
    principals: all(principals),
    roles: all(roles),
    targets: all(targets),
    exclusions: [],
    place: { file: 'access.yml', line: 1, column: 1 },
    expires: null,
    note: null,
    properties: { condition: null, description: null },
    ...over,
  };
}

export function selecting(
  roles: readonly string[] | null,
  targets: readonly string[] | null,
  over: Partial<Owned> = {},
): Owned {
  return {
    principals: null,
    principalTypes: null,
    roles: roles === null ? null : lines(roles),
    targets: targets === null ? null : lines(targets),
    exclusions: [],
    below: false,
    place: { file: 'access.yml', line: 1, column: 1 },
    ...over,
  };
}

export function createFakeAccess({
  cloud,
  universe,
  about = () => ({}),
  privileged = new Set(),
  onCall = () => undefined,
}: FakeAccessOptions): FakeAccess {
  const leased = new Set<string>();
  const madePermanent: string[] = [];
  const protectionsAsked: number[] = [];
  const calls = { resolveRows: 0, select: 0, list: 0, protections: 0, recheck: 0 };
  const call = async (name: keyof AccessPort): Promise<void> => {
    calls[name] += 1;
    await Promise.resolve();
    onCall(name);
  };
  const existingOf = (grant: Assignment): readonly Existing[] => {
    const { beside, over = {} } = about(grant);
    const standing = cloud.truth(grant);
    const isLeased = leased.has(keyOf(grant));
    const base: Existing = {
      grant,
      seen: unnamed,
      source: 'direct',
      via: null,
      kind: isLeased ? 'lease' : 'permanent',
      holders: isLeased ? [{ holder: 'h', end: 9e12, words: '' }] : [],
      endsAt: isLeased ? 9e12 : null,
      overdueSince: null,
      principalState: 'found',
      createdAt: null,
      properties: {
        condition: standing === 'conflicting' ? 'c' : null,
        description: standing === 'outdated' ? 'old' : null,
      },
      isTaggedForLeases: false,
    };
    return [
      ...(standing === 'absent' ? [] : [{ ...base, ...over }]),
      ...(beside === undefined ? [] : [{ ...base, ...beside }]),
    ];
  };
  const resolve = ({ principals, roles, targets, exclusions }: Lines): ResolvedRow => {
    const missing = [...principals, ...roles, ...targets].filter(({ kind }) => kind === 'missing');
    if (missing.length > 0)
      return {
        ok: false,
        refusals: missing.map(({ text }) => new Refusal(`Nothing is named "${text}".`, 'Correct it.')),
      };
    const has = (them: readonly Line[], id: string): boolean => them.some(({ value }) => value === id);
    const grants = universe
      .filter((it) => has(principals, it.principal.id) && has(roles, it.role.id))
      .filter((it) => has(targets, it.target.id) && !has(exclusions, it.target.id))
      .map((it) => ({ ...it }));
    const refusal = new Refusal('It is privileged.', 'Set allow-privileged.');
    return {
      ok: true,
      grants,
      notices: [],
      leftOut: [],
      privileged: new Map(grants.filter((it) => privileged.has(keyOf(it))).map((it) => [it, refusal])),
    };
  };
  const selectOne = ({ principals, roles, targets, exclusions, principalTypes }: Selecting): Selected => {
    const all = [...(principals ?? []), ...(roles ?? []), ...(targets ?? [])];
    const missing = all.filter(({ kind }) => kind === 'missing');
    if (missing.length > 0)
      return {
        ok: false,
        refusals: missing.map(({ text }) => new Refusal(`Nothing is named "${text}".`, 'Correct it.')),
      };
    const has = (them: readonly Line[] | null, id: string): boolean =>
      them === null || them.some(({ value }) => value === id);
    const selection: Selection = {
      covers: (it) =>
        has(principals, it.principal.id) &&
        has(roles, it.role.id) &&
        has(targets, it.target.id) &&
        !exclusions.some(({ value }) => value === it.target.id) &&
        (principalTypes === null || principalTypes.includes(it.principal.type ?? '')),
      canonical: JSON.stringify([principals, roles, targets].map((them) => them?.map(({ value }) => value).toSorted())),
    };
    return { ok: true, selection, notices: [] };
  };
  const port: AccessPort = {
    async resolveRows(rows) {
      await call('resolveRows');
      return rows.map(resolve);
    },
    async select(them) {
      await call('select');
      return them.map(selectOne);
    },
    // Lists more than the selection: the caller must leave the rest alone.
    async list() {
      await call('list');
      return { existing: universe.flatMap(existingOf), notices: [] };
    },
    async protections(existing) {
      await call('protections');
      protectionsAsked.push(existing.length);
      return existing.map(({ grant }) => about(grant).protection ?? null);
    },
    async recheck({ grant }) {
      await call('recheck');
      if (cloud.truth(grant) === 'absent') return 'It is gone.';
      return leased.has(keyOf(grant)) ? 'It is leased now.' : null;
    },
  };
  const leases: Partial<Leases> = {
    concerns: ({ operation }) => operation === 'assign' || operation === 'revoke',
    takesOver: ({ grant }) => leased.has(keyOf(grant)),
    leave: () => undefined,
    date: () => 0,
    haveRecords: (grants) => Promise.resolve(grants.map((grant) => leased.has(keyOf(grant)))),
    async carryOut({ kind, grant }) {
      await call('resolveRows');
      calls.resolveRows -= 1;
      if (kind !== 'make-permanent') throw new Error(`a lease was to ${kind}`);
      leased.delete(keyOf(grant));
      madePermanent.push(keyOf(grant));
      return { outcome: succeeded('lease-1', true), action: 'create', lease: permanentNow };
    },
  };
  return {
    ...port,
    leased,
    calls,
    madePermanent,
    protectionsAsked,
    cloud: { ...cloud, leases: leases as Leases, openAccess: () => Promise.resolve(port) },
  };
}
