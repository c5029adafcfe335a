import { randomBytes } from 'node:crypto';

/** Permissions that `permissions:` of a job can give to its token here. `metadata: read` it always has. */
export type Permission = 'actions' | 'contents' | 'pull-requests';

export type Permissions = Readonly<Record<Permission, 'read' | 'none'>>;

const all = ['actions', 'contents', 'pull-requests'] as const;

/** All alike, or those that are named; the others stay as they were. */
export type Allowed = 'read' | 'none' | Partial<Permissions>;

export interface TokenOptions extends Partial<Permissions> {
  /** Repository of the GITHUB_TOKEN; default the estate's. It sees no other. */
  readonly repository?: string;
  /** It ends with its job, after a day at the latest [docs:automatic-token-authentication]; default a day. */
  readonly lifetimeMs?: number;
}

/** A GITHUB_TOKEN. */
export interface Token {
  readonly repository: string;
  readonly permissions: Permissions;
  /** ms epoch. */
  readonly endsAt: number;
}

export interface Tokens {
  /** @param value default a new one */
  issue(options?: TokenOptions, value?: string): string;
  /** Changes a token's permissions from now on. */
  allow(value: string, allowed: Allowed): void;
  /** `Authorization: token …` or `Bearer …`; undefined for one that is not valid now. */
  presented(authorization: string): Token | undefined;
  secrets(): readonly string[];
}

const DAY_MS = 24 * 3_600_000;

export function makeTokens(repository: string, now: () => number): Tokens {
  const tokens = new Map<string, Token>();
  return {
    issue: (options = {}, value = `ghs_${randomBytes(27).toString('base64url').replace(/[-_]/g, '0')}`) => {
      tokens.set(value, {
        repository: options.repository ?? repository,
        permissions: permissionsOf(options),
        endsAt: now() + (options.lifetimeMs ?? DAY_MS),
      });
      return value;
    },
    allow: (value, allowed) => {
      const token = tokens.get(value);
      if (token === undefined) throw new Error('No such token was issued.');
      tokens.set(value, { ...token, permissions: permissionsOf(allowed, token.permissions) });
    },
    presented: (authorization) => {
      const token = tokens.get(/^(?:token|bearer) +(\S+)$/i.exec(authorization)?.[1] ?? '');
      return token !== undefined && token.endsAt > now() ? token : undefined;
    },
    secrets: () => [...tokens.keys()],
  };
}

function permissionsOf(allowed: Allowed, before?: Permissions): Permissions {
  const given = all.map((name) => [
    name,
    typeof allowed === 'string' ? allowed : (allowed[name] ?? before?.[name] ?? 'read'),
  ]);
  return Object.fromEntries(given) as Permissions;
}
