import type { Assignment, Identity } from '#access/grant';
import { isCount, isRecord, isText, parseJson } from '#access/json';

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

/** The other way round; `null` where it is no such text. */
export function unpackGrants(text: string): readonly Assignment[] | null {
  const packed = parseJson(text);
  if (!isPacked(packed)) return null;
  const { principals, roles, targets, grants } = packed;
  const unpacked = grants.map(([who, what, where]) => {
    const [principal, role, target] = [principals[who], roles[what], targets[where]];
    if (principal === undefined || role === undefined || target === undefined) return null;
    const [type, id, name] = principal;
    return {
      kind: 'assignment',
      principal: { type, id, name },
      role: identityOf(role),
      target: identityOf(target),
    } as const;
  });
  return unpacked.every((grant) => grant !== null) ? unpacked : null;
}

function identityOf([id, name]: Packed['roles'][number]): Identity {
  return { id, name };
}

function isPacked(value: unknown): value is Packed {
  if (!isRecord(value)) return false;
  const { principals, roles, targets, grants } = value;
  return (
    areTuples(principals, isTextOrNull, isText, isTextOrNull) &&
    areTuples(roles, isText, isTextOrNull) &&
    areTuples(targets, isText, isTextOrNull) &&
    areTuples(grants, isCount, isCount, isCount)
  );
}

function areTuples(value: unknown, ...members: readonly ((member: unknown) => boolean)[]): boolean {
  const isTuple = (it: unknown): boolean =>
    Array.isArray(it) && it.length === members.length && members.every((isMember, index) => isMember(it[index]));
  return Array.isArray(value) && value.every(isTuple);
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}
