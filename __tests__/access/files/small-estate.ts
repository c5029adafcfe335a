import type { AccessFile, GrantRow, IgnoreRow, Selecting } from '../../../src/access/files/access-file.ts';
import type {
  AccessPort,
  Existing,
  Protection,
  ResolvedRow,
  Selected,
  Selection,
} from '../../../src/access/files/port.ts';
import type { InventoryRequest } from '../../../src/access/files/request.ts';
import type { RunTools } from '../../../src/access/engine/run-tools.ts';
import { Refusal } from '../../../src/access/errors.ts';
import type { Assignment, Words } from '../../../src/access/grant.ts';
import type { Line, Lines } from '../../../src/access/request.ts';
import { createFakeClock } from '../fake-clock.ts';
import { createFakeLog, type FakeLog } from '../fake-log.ts';
import { words } from '../fixtures.ts';

/* A small estate whose lines are IDs: `r-1`, `t-1`, and principals `user:u-1` and `group:g-1`. */

export { words };

export const line = (text: string): Line => ({ text, kind: 'id', value: text });

export const file = { file: 'access/payments.yml', line: 1, column: 3 } as const;

/** `user:u-1 r-1 t-1` */
export function grantOf(text: string): Assignment {
  const [principal = '', role = '', target = ''] = text.split(' ');
  const [type = '', id = ''] = principal.split(':');
  return {
    kind: 'assignment',
    principal: { id, type: type.toUpperCase(), name: null },
    role: { id: role, name: null },
    target: { id: target, name: null },
  };
}

export function existing(text: string, over: Partial<Existing> = {}): Existing {
  return {
    grant: grantOf(text),
    seen: { assignmentId: null, principalType: null },
    source: 'direct',
    via: null,
    kind: 'permanent',
    holders: [],
    endsAt: null,
    overdueSince: null,
    principalState: 'found',
    createdAt: null,
    properties: { condition: null, description: null },
    isTaggedForLeases: false,
    ...over,
  };
}

export function row(text: string, over: Partial<GrantRow> = {}): GrantRow {
  const [principal = '', role = '', target = ''] = text.split(' ');
  return {
    place: { ...file, line: 10 },
    principals: principal.split(',').map(line),
    roles: role.split(',').map(line),
    targets: target.split(',').map(line),
    exclusions: [],
    expires: null,
    note: null,
    properties: { condition: null, description: null },
    ...over,
  };
}

/** `* r-1 t-1`, a part being `*` for all. */
export function selecting(text: string): Selecting {
  const [principal, role, target] = text.split(' ').map((part) => (part === '*' ? null : part.split(',').map(line)));
  return {
    principals: principal ?? null,
    principalTypes: null,
    roles: role ?? null,
    targets: target ?? null,
    exclusions: [],
    below: false,
  };
}

export function ignoreRow(text: string): IgnoreRow {
  return { ...selecting(text), place: { ...file, line: 5 } };
}

export function accessFile(over: Partial<AccessFile> & { readonly grants: readonly GrantRow[] }): AccessFile {
  return {
    path: 'access/payments.yml',
    blob: 'b-1',
    owns: { ...selecting('* * *'), place: file },
    ignore: [],
    ...over,
  };
}

export function inventoryOf(over: Partial<InventoryRequest> = {}): InventoryRequest {
  return {
    operation: 'inventory',
    principals: [],
    roles: [],
    targets: [],
    exclusions: [],
    files: [],
    prune: 'report',
    ...over,
  };
}

const principalOf = ({ principal }: Assignment): string => `${(principal.type ?? '').toLowerCase()}:${principal.id}`;

/** Lines that begin with `gone` mean nothing. */
const isGone = ({ text }: Line): boolean => text.includes('gone');

const refusalOf = ({ text }: Line): Refusal => new Refusal(`"${text}" does not exist.`, 'Correct the line.');

function resolve({ principals, roles, targets }: Lines): ResolvedRow {
  const gone = [...principals, ...roles, ...targets].filter(isGone);
  if (gone.length > 0) return { ok: false, refusals: gone.map(refusalOf) };
  const grants = principals.flatMap((principal) =>
    roles.flatMap((role) => targets.map((target) => grantOf(`${principal.text} ${role.text} ${target.text}`))),
  );
  return { ok: true, grants, notices: [], leftOut: [], privileged: new Map() };
}

function select({ principals, roles, targets }: Selecting): Selected {
  const lines = [principals, roles, targets];
  const gone = lines.flatMap((them) => them ?? []).filter(isGone);
  if (gone.length > 0) return { ok: false, refusals: gone.map(refusalOf) };
  const has = (them: readonly Line[] | null, text: string): boolean =>
    them === null || them.some((it) => it.text === text);
  const selection: Selection = {
    covers: (grant) =>
      has(principals, principalOf(grant)) && has(roles, grant.role.id) && has(targets, grant.target.id),
    canonical: JSON.stringify(lines),
  };
  return { ok: true, selection, notices: [] };
}

/** An access port to a small estate, and the requests to it. */
export interface SmallEstate extends AccessPort {
  readonly asked: readonly string[];
}

export function createEstate(
  there: readonly Existing[],
  protectionOf: (existing: Existing) => Protection | null = () => null,
): SmallEstate {
  const asked: string[] = [];
  return {
    asked,
    resolveRows: (rows) => Promise.resolve(rows.map(resolve)),
    select: (all) => Promise.resolve(all.map(select)),
    list: (selections, { records, breadth }) => {
      asked.push(`list ${records} ${breadth}`);
      const shown = there.filter(({ grant }) => selections.some((it) => it.covers(grant)));
      return Promise.resolve({ existing: shown, notices: [] });
    },
    protections: (those) => {
      asked.push(`protections of ${those.length}`);
      return Promise.resolve(those.map(protectionOf));
    },
    recheck: () => Promise.reject(new Error('an inventory removes nothing')),
  };
}

/** Tools of a run that only reads. */
export function readingTools(own: Words = words): RunTools & { readonly log: FakeLog } {
  const log = createFakeLog();
  const planContext = { caller: 'role-1', directory: 'directory-1', settings: {} };
  return {
    cloud: { words: own, planContext: () => Promise.resolve(planContext) },
    clock: createFakeClock(),
    log,
    signal: new AbortController().signal,
    planning: { cloud: 'aws', wanted: false, expected: null, planFor: null, onPlan: () => undefined },
  } as unknown as RunTools & { readonly log: FakeLog };
}
