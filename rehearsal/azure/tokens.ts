import { generateKeyPairSync, randomUUID, sign, verify, type JsonWebKey, type KeyObject } from 'node:crypto';

import { sameAudience } from './environments.ts';
import { brokerOf } from './principals.ts';
import type { AzureEstate } from './estate.ts';

/** The access tokens of the rehearsal's Entra: signed JWTs, good for an hour of its time. */
export interface AccessTokens {
  issue(grant: TokenGrant): string;
  /** `authorization` is the whole header; a slash at the end of an audience does not count. */
  verify(authorization: string | undefined, audiences: readonly string[]): Caller | TokenFault;
  /** The run that a token was issued for; `authorization` as above. */
  runOf(authorization: string | undefined): string | undefined;
  /** All issued ones. */
  secrets(): readonly string[];
}

/** Whom a token is for; by default the broker. */
export interface TokenGrant {
  readonly audience: string;
  readonly objectId?: string;
  readonly clientId?: string | null;
  readonly tenantId?: string;
  /** The run of its ID token; not a claim of it. */
  readonly runId?: string;
}

/** The bearer of a token. */
export interface Caller {
  readonly objectId: string;
  readonly clientId: string | null;
  readonly tenantId: string;
}

/** `tenant`: rightly signed, but of another tenant. */
export type TokenFault = 'missing' | 'invalid' | 'expired' | 'audience' | 'tenant';

/** An access token of a service principal is good for an hour [login]. */
const LIFETIME_S = 3600;

export interface TokenIssuer extends AccessTokens {
  readonly keyId: string;
  readonly publicKey: JsonWebKey;
}

interface Claims {
  readonly aud: string;
  readonly exp: number;
  readonly tid: string;
  readonly oid: string;
  readonly appid?: string;
}

let pair: { readonly privateKey: KeyObject; readonly publicKey: KeyObject } | undefined;

/** One key pair for a whole process: making one takes as long as a whole rehearsal. */
function keyPair(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  return pair;
}

/** The access tokens of a tenant. Their claims are those of version 1.0, which ARM and Graph are given. */
export function makeTokens(estate: AzureEstate, now: () => number): TokenIssuer {
  const { privateKey, publicKey } = keyPair();
  const keyId = randomUUID();
  const issued: string[] = [];
  const runs = new Map<string, string>();
  const broker = brokerOf(estate);
  const verified = (token: string): Claims | null => verifiedClaims(token, publicKey);
  return {
    keyId,
    publicKey: publicKey.export({ format: 'jwk' }),
    secrets: () => [...issued],
    runOf: (authorization) => runs.get(tokenIn(authorization) ?? ''),
    issue: ({ audience, objectId = broker.id, clientId = broker.appId, tenantId = estate.tenant.id, runId }) => {
      const seconds = Math.floor(now() / 1000);
      const claims = {
        aud: audience,
        iss: `https://sts.windows.net/${tenantId}/`,
        iat: seconds,
        nbf: seconds,
        exp: seconds + LIFETIME_S,
        ...(clientId === null ? { idtyp: 'user' } : { appid: clientId, appidacr: '2', idtyp: 'app' }),
        oid: objectId,
        sub: objectId,
        tid: tenantId,
        uti: randomUUID(),
        ver: '1.0',
      };
      const text = `${encode({ typ: 'JWT', alg: 'RS256', x5t: keyId, kid: keyId })}.${encode(claims)}`;
      const token = `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
      issued.push(token);
      if (runId !== undefined) runs.set(token, runId);
      return token;
    },
    verify: (authorization, audiences): Caller | TokenFault => {
      const token = tokenIn(authorization);
      if (token === undefined) return 'missing';
      const claims = verified(token);
      if (claims === null) return 'invalid';
      if (now() >= claims.exp * 1000) return 'expired';
      if (!audiences.some((audience) => sameAudience(audience, claims.aud))) return 'audience';
      if (claims.tid !== estate.tenant.id) return 'tenant';
      return { objectId: claims.oid, clientId: claims.appid ?? null, tenantId: claims.tid };
    },
  };
}

function tokenIn(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

function verifiedClaims(token: string, key: KeyObject): Claims | null {
  const [head, payload, signature, rest] = token.split('.');
  if (head === undefined || payload === undefined || signature === undefined || rest !== undefined) return null;
  const right = verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'));
  return right ? (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims) : null;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
