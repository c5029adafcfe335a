import type { Selecting } from '../../../src/access/files/access-file.ts';
import {
  listingFor,
  type AccessPort,
  type Existing,
  type Listing,
  type ResolvedRow,
  type Selection,
} from '../../../src/access/files/port.ts';
import type { Lines } from '../../../src/access/request.ts';
import { parsePrincipal, parseRole, parseTarget } from '../../../src/azure/resolve/lines.ts';
import { inScene, right, type Scene, type Setting } from '../in-process.ts';

/** A scene with the part of the port that access files need. */
export interface AccessScene extends Scene {
  readonly access: AccessPort;
}

export async function inAccessScene(setting: Setting, use: (scene: AccessScene) => Promise<void>): Promise<void> {
  await inScene(setting, async (scene) => {
    const access = await scene.cloud.openAccess?.();
    if (access === undefined) throw new Error('Azure has access files');
    await use({ ...scene, access });
  });
}

/** A row by its lines; a target that begins with `!` is an exclusion. */
export function row(principals: readonly string[], roles: readonly string[], targets: readonly string[]): Lines {
  const [kept, excluded] = split(targets);
  return {
    principals: principals.map((line) => right(parsePrincipal(line, null))),
    roles: roles.map((line) => right(parseRole(line))),
    targets: kept.map((line) => right(parseTarget(line))),
    exclusions: excluded.map((line) => right(parseTarget(line))),
  };
}

/** Lines of a selection; a missing part selects everything. */
export interface Wanted {
  readonly principals?: readonly string[];
  readonly types?: readonly string[];
  readonly roles?: readonly string[];
  readonly targets?: readonly string[];
  readonly below?: boolean;
}

export function selecting({ principals, types, roles, targets, below = false }: Wanted): Selecting {
  const [kept, excluded] = split(targets ?? []);
  return {
    principals: principals?.map((line) => right(parsePrincipal(line, null))) ?? null,
    principalTypes: types ?? null,
    roles: roles?.map((line) => right(parseRole(line))) ?? null,
    targets: targets === undefined ? null : kept.map((line) => right(parseTarget(line))),
    exclusions: excluded.map((line) => right(parseTarget(line))),
    below,
  };
}

function split(targets: readonly string[]): readonly [readonly string[], readonly string[]] {
  const isExclusion = (line: string): boolean => line.startsWith('!');
  return [targets.filter((line) => !isExclusion(line)), targets.filter(isExclusion).map((line) => line.slice(1))];
}

/** The selection of some lines, which has to succeed. */
export async function selected({ access, budget }: AccessScene, ...wanted: readonly Wanted[]): Promise<Selection[]> {
  const found = await access.select(wanted.map(selecting), budget);
  return found.map((it) => {
    if (!it.ok) throw new Error(it.refusals.map(({ message }) => message).join(' '));
    return it.selection;
  });
}

export async function listed(
  scene: AccessScene,
  wanted: Wanted,
  use: keyof typeof listingFor = 'inventory',
): Promise<Listing> {
  return scene.access.list(await selected(scene, wanted), listingFor[use], scene.budget);
}

/** `alice@example.com | Reader | /subscriptions/… | direct permanent found`, by the ends of IDs. */
export function inShort({ grant, source, kind, principalState, via }: Existing): string {
  const who = grant.principal.name ?? grant.principal.id;
  const how = [source, kind, principalState, ...(via === null ? [] : [`via ${via.name ?? via.id}`])];
  return [who, grant.role.name ?? grant.role.id, grant.target.id, how.join(' ')].join(' | ');
}

export function texts(rows: readonly ResolvedRow[]): readonly (readonly string[])[] {
  return rows.map((it) =>
    it.ok ? it.grants.map(({ target }) => target.id) : it.refusals.map(({ message }) => message),
  );
}
