import type { Assignment, Identity, Principal } from '../../access/grant.ts';
import { parseJson } from '../../access/json.ts';

/** Each principal, role and target once, and the grants by their places in those lists. */
interface Packed {
  readonly principals: readonly (readonly [type: string | null, id: string, name: string | null])[];
  readonly roles: readonly (readonly [id: string, name: string | null])[];
  readonly targets: readonly (readonly [id: string, name: string | null])[];
  readonly grants: readonly (readonly [principal: number, role: number, target: number])[];
}

/** Grants as a text of ASCII characters, each name and id once. */
export function packGrants(grants: readonly Assignment[]): string {
  const principals = new Map<string, number>();
  const roles = new Map<string, number>();
  const targets = new Map<string, number>();
  const place = (of: Map<string, number>, entry: readonly (string | null)[]): number => {
    const key = JSON.stringify(entry);
    const known = of.get(key) ?? of.size;
    of.set(key, known);
    return known;
  };
  const places = grants.map(({ principal, role, target }) => [
    place(principals, [principal.type, principal.id, principal.name]),
    place(roles, [role.id, role.name]),
    place(targets, [target.id, target.name]),
  ]);
  const list = (of: Map<string, number>): string => `[${[...of.keys()].join(',')}]`;
  const text = `{"principals":${list(principals)},"roles":${list(roles)},"targets":${list(targets)},"grants":${JSON.stringify(places)}}`;
  // The pieces are cut by characters, and are bounded in bytes.
  return text.replaceAll(/[\u0080-\u{10ffff}]/gu, (it) =>
    [...Array(it.length).keys()].map((at) => `\\u${it.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

/** The other way round; its digest has shown that it is what was written. */
export function unpackGrants(text: string): readonly Assignment[] {
  const { principals, roles, targets, grants } = parseJson(text) as Packed;
  const identity = ([id, name]: readonly [string, string | null] = ['', null]): Identity => ({ id, name });
  const who = ([type, id, name]: Packed['principals'][number] = [null, '', null]): Principal => ({ type, id, name });
  return grants.map(([principal, role, target]) => ({
    kind: 'assignment',
    principal: who(principals[principal]),
    role: identity(roles[role]),
    target: identity(targets[target]),
  }));
}
