import type { Estate } from '../../rehearsal/estate.ts';

/** Results of lines: IDs; no match in the cloud, or two; or an invalid text. */
export type Found =
  | { readonly kind: 'found'; readonly ids: readonly string[] }
  | { readonly kind: 'unknown'; readonly about: readonly string[] }
  | { readonly kind: 'wrong' };

const id = /^(?:[0-9a-f]{10}-)?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

/** `USER <id>` and `GROUP <id>`. */
export function principalsOf(lines: readonly string[], estate: Estate): Found {
  return gathered(lines.map((line) => principalOf(line, estate)));
}

function principalOf(line: string, { users, groups }: Estate): Found {
  const [, type, text = ''] = /^(user|group):([\s\S]*)$/.exec(line) ?? [];
  const value = text.trim();
  if (type === undefined || value === '') return { kind: 'wrong' };
  if (id.test(value)) return { kind: 'found', ids: [`${type.toUpperCase()} ${value}`] };
  const hits =
    type === 'group'
      ? groups.filter(({ displayName }) => displayName === value)
      : users.filter(
          ({ userName, emails = [] }) => userName === value || (value.includes('@') && emails.includes(value)),
        );
  if (hits.length !== 1) return { kind: 'unknown', about: [value, ...hits.map((hit) => hit.id)] };
  return { kind: 'found', ids: hits.map((hit) => `${type.toUpperCase()} ${hit.id}`) };
}

/** The ARNs of permission sets. */
export function rolesOf(lines: readonly string[], operation: string, estate: Estate): Found {
  const prefix = (estate.instances[0]?.arn ?? '').replace(':instance/', ':permissionSet/');
  const arns = new Map(estate.permissionSets.map((entry) => [entry.name, `${prefix}/${entry.id}`]));
  return gathered(
    lines.map((line): Found => {
      if (line === '*')
        return operation === 'provision' ? { kind: 'found', ids: [...arns.values()] } : { kind: 'wrong' };
      if (/^arn:aws:sso:::permissionSet\/(?:sso)?ins-[a-zA-Z0-9.-]{16}\/ps-[a-zA-Z0-9./-]{16}$/.test(line))
        return { kind: 'found', ids: [line] };
      if (!/^[\w+=,.@-]{1,32}$/.test(line)) return { kind: 'wrong' };
      const arn = arns.get(line);
      return arn === undefined ? { kind: 'unknown', about: [line] } : { kind: 'found', ids: [arn] };
    }),
  );
}

function gathered(found: readonly Found[]): Found {
  if (found.length === 0 || found.some(({ kind }) => kind === 'wrong')) return { kind: 'wrong' };
  const unknown = found.flatMap((it) => (it.kind === 'unknown' ? it.about : []));
  if (unknown.length > 0) return { kind: 'unknown', about: unknown };
  return { kind: 'found', ids: [...new Set(found.flatMap((it) => (it.kind === 'found' ? it.ids : [])))] };
}
