import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import type { ReceivedRequest } from '../serving/dialect.ts';
import type { Credentials } from './credentials.ts';
import { Refusal } from './refusal.ts';

export interface Scope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

interface Authorization extends Scope {
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const FRAMEWORK = 'com.amazon.coral.service#';
const SKEW_MS = 5 * 60_000;

/** The credential scope of a request, as far as it can be read; for the journal. */
export function scopeOf(request: ReceivedRequest): Scope | undefined {
  return parseAuthorization(request.headers['authorization'] ?? '');
}

function parseAuthorization(header: string): Authorization | undefined {
  const fields = /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
    header,
  );
  const [accessKeyId, date, region, service, terminator, rest] = fields?.[1]?.split('/') ?? [];
  const [signedHeaders, signature] = [fields?.[2], fields?.[3]];
  if (accessKeyId === undefined || date === undefined || region === undefined || service === undefined)
    return undefined;
  if (signedHeaders === undefined || signature === undefined || terminator !== 'aws4_request' || rest !== undefined)
    return undefined;
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

/**
 * Checks Signature Version 4 as the services do: the key is known and alive, the date is near, the scope names the
 * service, and the HMAC over the canonical request is right [doc:IAM reference_sigv].
 */
export function verifySignature(
  request: ReceivedRequest,
  service: string,
  now: number,
  lookUp: (accessKeyId: string) => Credentials | undefined,
): Credentials {
  const header = request.headers['authorization'];
  if (header === undefined)
    throw new Refusal(`${FRAMEWORK}MissingAuthenticationTokenException`, 'Missing Authentication Token');
  const authorization = parseAuthorization(header);
  if (authorization === undefined)
    throw new Refusal(
      `${FRAMEWORK}IncompleteSignatureException`,
      'Authorization header requires Credential, SignedHeaders and Signature parameters.',
    );
  const credentials = lookUp(authorization.accessKeyId);
  if (credentials?.sessionToken !== request.headers['x-amz-security-token'] || credentials === undefined)
    throw new Refusal(
      `${FRAMEWORK}UnrecognizedClientException`,
      'The security token included in the request is invalid.',
    );
  if (credentials.expiresAt <= now)
    throw new Refusal(`${FRAMEWORK}ExpiredTokenException`, 'The security token included in the request is expired');
  checkScope(authorization, service, request.headers['x-amz-date'] ?? '', now);
  for (const name of ['host', 'x-amz-date', 'x-amz-security-token'])
    if (!authorization.signedHeaders.includes(name)) throw mismatch(`'${name}' must be a signed header.`);
  const expected = Buffer.from(signature(request, authorization, credentials.secretAccessKey), 'hex');
  if (!timingSafeEqual(expected, Buffer.from(authorization.signature, 'hex')))
    throw mismatch(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  return credentials;
}

function mismatch(message: string): Refusal {
  return new Refusal(`${FRAMEWORK}InvalidSignatureException`, message);
}

function checkScope(
  { date, service: signedFor, region }: Authorization,
  service: string,
  stamp: string,
  now: number,
): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp);
  if (parts === null)
    throw new Refusal(`${FRAMEWORK}IncompleteSignatureException`, 'X-Amz-Date is missing or malformed.');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  const signedAt = Date.UTC(year, month - 1, day, hour, minute, second);
  if (Math.abs(signedAt - now) > SKEW_MS)
    throw mismatch(
      `Signature ${signedAt < now ? 'expired' : 'not yet current'}: ${stamp} is not within 5 min. of ${new Date(now).toISOString()}`,
    );
  if (date !== stamp.slice(0, 8))
    throw mismatch(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}'.`,
    );
  if (signedFor !== service) throw mismatch(`Credential should be scoped to correct service: '${service}'.`);
  if (!/^[a-z]{2,}(-[a-z0-9]+)+$/.test(region))
    throw mismatch(`Credential should be scoped to a valid region, not '${region}'.`);
}

const hash = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

function signature(request: ReceivedRequest, authorization: Authorization, secret: string): string {
  const { date, region, service, signedHeaders } = authorization;
  const url = new URL(request.url, 'http://localhost');
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const headers = signedHeaders
    .map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`)
    .join('');
  // Only S3 signs a path as it is sent; all others encode it once more [doc:IAM reference_sigv-create-signed-request].
  const path = url.pathname.split('/').map(encode).join('/');
  const canonical = [request.method, path, query, headers, signedHeaders.join(';'), hash(request.body)].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'] ?? '', scope, hash(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (previous, part) => hmac(previous, part),
    `AWS4${secret}`,
  );
  return hmac(key, text).toString('hex');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
