import { claimsOf, type Claims } from '../github/claims.ts';
import type { OpenEntry } from '../journal.ts';
import type { Answer, ReceivedRequest } from '../serving/dialect.ts';
import type { Cloud } from './cloud.ts';
import type { Credentials } from './credentials.ts';
import { serviceModel, violations } from './model.ts';
import { Refusal } from './refusal.ts';
import type { Role } from './roles.ts';
import { verifySignature } from './sigv4.ts';
import { audiencesOf, providerArnOf, trusts } from './trust.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
/** A role's default; DurationSeconds is not allowed to exceed it [model]. */
const ROLE_MAXIMUM_S = 3600;

/** The parameters of a Query-protocol request, numbers and lists as the model has them. */
export function stsInput(request: ReceivedRequest): {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
} {
  const form = new URLSearchParams(request.body.toString());
  const input: Record<string, unknown> = {};
  for (const [name, value] of form) {
    if (name === 'Action' || name === 'Version') continue;
    const [list, index] = /^(\w+)\.member\.(\d+)\.arn$/.exec(name)?.slice(1) ?? [];
    if (list !== undefined && index !== undefined)
      input[list] = [...((input[list] as unknown[] | undefined) ?? []), { arn: value }];
    else input[name] = name === 'DurationSeconds' && /^-?\d+$/.test(value) ? Number(value) : value;
  }
  return { operation: form.get('Action') ?? '', input };
}

export function handleSts(cloud: Cloud, request: ReceivedRequest, entry: OpenEntry): Answer {
  const { operation, input } = stsInput(request);
  switch (operation) {
    case 'AssumeRoleWithWebIdentity':
      return assume(cloud, entry, input);
    case 'GetCallerIdentity': {
      const { caller } = verified(cloud, request);
      entry.principal = caller.arn;
      return result(operation, entry, { Arn: caller.arn, UserId: caller.userId, Account: caller.accountId });
    }
    default:
      throw new Refusal('InvalidAction', `Could not find operation ${operation} for version 2011-06-15`);
  }
}

/**
 * Refusals by the JSON services' framework have other codes and statuses in the Query protocol [doc:STS CommonErrors].
 */
const QUERY_CODES: Readonly<Record<string, readonly [code: string, status: number]>> = {
  MissingAuthenticationTokenException: ['MissingAuthenticationToken', 403],
  IncompleteSignatureException: ['IncompleteSignature', 400],
  UnrecognizedClientException: ['InvalidClientTokenId', 403],
  ExpiredTokenException: ['ExpiredToken', 403],
  InvalidSignatureException: ['SignatureDoesNotMatch', 403],
};

function verified(cloud: Cloud, request: ReceivedRequest): Credentials {
  try {
    return verifySignature(request, 'sts', cloud.now(), cloud.credentials.find);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const known = QUERY_CODES[error.code.split('#').at(-1) ?? ''];
    if (known === undefined) throw error;
    const [code, status] = known;
    throw new Refusal(code, error.message, { status });
  }
}

function assume(cloud: Cloud, entry: OpenEntry, input: Readonly<Record<string, unknown>>): Answer {
  const wrong = violations(serviceModel('sts'), 'AssumeRoleWithWebIdentity', input);
  if (wrong.length > 0)
    throw new Refusal(
      'ValidationError',
      `${wrong.length} validation error${wrong.length === 1 ? '' : 's'} detected: ${wrong.join('; ')}`,
    );
  const roleArn = String(input['RoleArn']);
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/.test(roleArn))
    throw new Refusal('ValidationError', `${roleArn} is invalid`);
  const token = String(input['WebIdentityToken']);
  const role = cloud.roles.find(roleArn);
  const claims = verifiedClaims(cloud, role, token);
  if (role === undefined || !trusts(role.trust, providerArnOf(roleArn, String(claims['iss'])), claims))
    throw new Refusal('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', { status: 403 });
  const seconds = Number(input['DurationSeconds'] ?? ROLE_MAXIMUM_S);
  if (seconds > ROLE_MAXIMUM_S)
    throw new Refusal(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  const credentials = cloud.credentials.issue(roleArn, String(input['RoleSessionName']), cloud.now() + seconds * 1000);
  entry.principal = credentials.caller.arn;
  return result('AssumeRoleWithWebIdentity', entry, assumed(credentials, claims));
}

function assumed(
  { accessKeyId, secretAccessKey, sessionToken, expiresAt, caller }: Credentials,
  claims: Claims,
): Nested {
  return {
    SubjectFromWebIdentityToken: String(claims['sub']),
    Audience: String(claims['aud']),
    AssumedRoleUser: { AssumedRoleId: caller.userId, Arn: caller.arn },
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    },
    Provider: providerArnOf(caller.roleArn, String(claims['iss'])),
  };
}

/** In the order: is it a token, of a provider that is known here, rightly signed, for a listed audience, in time. */
function verifiedClaims(cloud: Cloud, role: Role | undefined, token: string): Claims {
  const claimed = claimsOf(token);
  if (claimed === null)
    throw new Refusal(
      'InvalidIdentityToken',
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  if (claimed['iss'] !== cloud.issuer.issuer)
    throw new Refusal(
      'InvalidIdentityToken',
      `No OpenIDConnect provider found in your account for ${String(claimed['iss'])}`,
    );
  const claims = cloud.issuer.verified(token);
  if (claims === null)
    throw new Refusal(
      'InvalidIdentityToken',
      "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  const listed = [
    ...cloud.state.estate.identityProvider.audiences,
    ...(role === undefined ? [] : audiencesOf(role.trust)),
  ];
  if (!listed.includes(String(claims['aud']))) throw new Refusal('InvalidIdentityToken', 'Incorrect token audience');
  const seconds = Math.floor(cloud.now() / 1000);
  if (seconds >= Number(claims['exp']))
    throw new Refusal(
      'ExpiredTokenException',
      `Token expired: current date/time ${seconds} must be before the expiration date/time ${String(claims['exp'])}`,
    );
  if (seconds < Number(claims['nbf'])) throw new Refusal('InvalidIdentityToken', 'The ID Token is not valid yet');
  return claims;
}

interface Nested {
  readonly [name: string]: string | Nested;
}

function result(operation: string, entry: OpenEntry, content: Nested): Answer {
  return xml(
    200,
    `<${operation}Response xmlns="${NAMESPACE}"><${operation}Result>${elements(content)}</${operation}Result>` +
      `<ResponseMetadata><RequestId>${entry.requestId}</RequestId></ResponseMetadata></${operation}Response>`,
  );
}

/** An error in the Query protocol's form. */
export function stsError(entry: OpenEntry, { status, code, message, headers }: Refusal): Answer {
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const body = `<ErrorResponse xmlns="${NAMESPACE}"><Error>${elements({ Type: type, Code: code, Message: message })}</Error><RequestId>${entry.requestId}</RequestId></ErrorResponse>`;
  return { ...xml(status, body), code, headers: { 'content-type': 'text/xml', ...headers } };
}

function xml(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

function elements(content: Nested): string {
  return Object.entries(content)
    .map(([name, value]) => `<${name}>${typeof value === 'string' ? escape(value) : elements(value)}</${name}>`)
    .join('');
}

function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
