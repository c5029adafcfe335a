import { randomBytes } from 'node:crypto';

export interface TokenOptions {
  /** Whose GITHUB_TOKEN it is; default the estate's repository. It sees no other. */
  readonly repository?: string;
  /** `permissions: actions:` of its job; default `read`. */
  readonly actions?: 'read' | 'none';
  /** It ends with its job, after a day at the latest [docs:automatic-token-authentication]; default a day. */
  readonly lifetimeMs?: number;
}

/** A GITHUB_TOKEN. */
export interface Token {
  readonly repository: string;
  readonly actions: 'read' | 'none';
  /** ms epoch. */
  readonly endsAt: number;
}

export interface Tokens {
  /** @param value default a new one */
  issue(options?: TokenOptions, value?: string): string;
  /** Changes what a token may do from now on. */
  allow(value: string, actions: 'read' | 'none'): void;
  /** `Authorization: token …` or `Bearer …`; undefined for none that is good now. */
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
        actions: options.actions ?? 'read',
        endsAt: now() + (options.lifetimeMs ?? DAY_MS),
      });
      return value;
    },
    allow: (value, actions) => {
      const token = tokens.get(value);
      if (token === undefined) throw new Error('No such token was issued.');
      tokens.set(value, { ...token, actions });
    },
    presented: (authorization) => {
      const token = tokens.get(/^(?:token|bearer) +(\S+)$/i.exec(authorization)?.[1] ?? '');
      return token !== undefined && token.endsAt > now() ? token : undefined;
    },
    secrets: () => [...tokens.keys()],
  };
}
