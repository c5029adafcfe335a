import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';

import type { OpenEntry } from '../journal.ts';
import type { RunContext } from '../runner/context.ts';
import type { Answer, Dialect, ReceivedRequest, Serving } from '../serving/dialect.ts';
import { serve, type RunningServer } from '../serving/serve.ts';
import { jobClaims, type Claims } from './claims.ts';

/** GitHub's issuer of ID tokens for the jobs of a rehearsal. */
export interface Issuer extends RunningServer {
  readonly issuer: string;
  /** A new job: the variables that its steps find. */
  addJob(context: RunContext): Readonly<Record<string, string>>;
  /** The claims of a token that this issuer has signed; null for any other. Does not look at times. */
  verified(token: string): Claims | null;
  /** Request tokens and ID tokens issued so far. */
  secrets(): readonly string[];
  sign(claims: Claims): string;
}

interface Job {
  readonly context: RunContext;
  readonly requestToken: string;
}

/** Environment variable with a private key, for many processes that would make one each. */
export const keyVariable = 'REHEARSAL_ISSUER_KEY';

let privateKey: KeyObject | undefined;

/** One key for a whole process: making one takes as long as a whole rehearsal. */
export function issuerKey(): KeyObject {
  const given = process.env[keyVariable];
  privateKey ??=
    given === undefined ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey : createPrivateKey(given);
  return privateKey;
}

export async function startIssuer(serving: Serving, issuer: string): Promise<Issuer> {
  const privateKey = issuerKey();
  const publicKey = createPublicKey(privateKey);
  const keyId = randomUUID();
  const jobs = new Map<string, Job>();
  const secrets: string[] = [];

  const signed = (claims: Claims): string => {
    const head = encode({ typ: 'JWT', alg: 'RS256', x5t: keyId, kid: keyId });
    const text = `${head}.${encode(claims)}`;
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
  };

  const token = (request: ReceivedRequest, url: URL, entry: OpenEntry): Answer => {
    const job = jobs.get(url.pathname.split('/')[2] ?? '');
    const authorization = request.headers['authorization'];
    if (authorization === undefined) return json(401, { message: 'Unauthorized' });
    if (job === undefined || authorization !== `Bearer ${job.requestToken}`) return json(403, { message: 'Forbidden' });
    const [owner = ''] = job.context.repository.split('/');
    const audience = url.searchParams.get('audience') ?? `https://github.com/${owner}`;
    const claims = jobClaims(job.context, issuer, audience, serving.clock.now());
    const value = signed(claims);
    secrets.push(value);
    entry.idToken = { id: String(claims['jti']), audience, uses: 0 };
    return json(200, { count: value.length, value });
  };

  const dialect: Dialect = {
    entry: (request) => {
      const url = new URL(request.url, 'http://localhost');
      return {
        service: 'oidc',
        operation: operationOf(url),
        region: '',
        requestId: randomUUID(),
        body: Object.fromEntries(url.searchParams),
      };
    },
    handle: (request, entry) => {
      const url = new URL(request.url, 'http://localhost');
      switch (entry.operation) {
        case 'token':
          return token(request, url, entry);
        case 'configuration':
          return json(200, {
            issuer,
            jwks_uri: `${issuer}/.well-known/jwks`,
            id_token_signing_alg_values_supported: ['RS256'],
            response_types_supported: ['id_token'],
            subject_types_supported: ['public', 'pairwise'],
            scopes_supported: ['openid'],
          });
        case 'keys':
          return json(200, {
            keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: keyId }],
          });
        default:
          return json(404, { message: 'Not Found' });
      }
    },
    refuse: (_entry, effect) => {
      if (effect.kind === 'throttle')
        return json(
          429,
          { message: 'Too Many Requests' },
          effect.retryAfterSeconds === undefined ? {} : { 'retry-after': String(effect.retryAfterSeconds) },
        );
      if (effect.kind === 'conflict') return json(409, { message: 'Conflict' });
      return { ...json(effect.status, { message: effect.message ?? effect.code }), code: effect.code };
    },
  };

  const server = await serve(serving, dialect);
  return {
    ...server,
    issuer,
    sign: signed,
    secrets: () => [...secrets],
    verified: (text) => verifiedClaims(text, publicKey),
    addJob: (context) => {
      const id = randomUUID();
      const requestToken = `rt.${randomBytes(120).toString('base64url')}`;
      jobs.set(id, { context, requestToken });
      secrets.push(requestToken);
      return {
        // The real one has a query string already (docs/design/github.md#id-tokens).
        ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/jobs/${id}/idtoken?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
      };
    },
  };
}

function operationOf(url: URL): string {
  if (/^\/jobs\/[^/]+\/idtoken$/.test(url.pathname)) return 'token';
  if (url.pathname === '/.well-known/openid-configuration') return 'configuration';
  return url.pathname === '/.well-known/jwks' ? 'keys' : 'unknown';
}

function verifiedClaims(token: string, key: KeyObject): Claims | null {
  const [head, payload, signature, rest] = token.split('.');
  if (head === undefined || payload === undefined || signature === undefined || rest !== undefined) return null;
  try {
    const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { readonly alg?: string };
    const right = verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'));
    return alg === 'RS256' && right ? (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims) : null;
  } catch {
    return null;
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
    ...(status < 300 ? {} : { code: String(status) }),
  };
}
