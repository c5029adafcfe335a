import { randomUUID } from 'node:crypto';

import type { OpenEntry, ServiceName } from '../journal.ts';
import type { Effect } from '../script.ts';
import { serve, type Answer, type Dialect, type ReceivedRequest, type RunningServer, type Serving } from '../serve.ts';
import type { Cloud, Handler } from './cloud.ts';
import { identityStoreHandlers } from './identitystore.ts';
import { serviceModel, violations, type ServiceModel } from './model.ts';
import { organizationsHandlers } from './organizations.ts';
import { Refusal } from './refusal.ts';
import { scopeOf, verifySignature } from './sigv4.ts';
import { ssoAdminHandlers } from './sso-admin.ts';
import { handleSts, presentedToken, stsError, stsInput } from './sts.ts';

interface JsonService {
  readonly name: ServiceName;
  /** The service name in the credential scope [model: signingName]. */
  readonly signedFor: string;
  readonly model: ServiceModel;
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly invalid: (message: string) => Refusal;
  readonly throttled: string;
  readonly conflict: string;
}

const validation = (message: string): Refusal => new Refusal('ValidationException', message);

function jsonServices(): readonly JsonService[] {
  return [
    {
      name: 'sso',
      signedFor: 'sso',
      model: serviceModel('sso-admin'),
      handlers: ssoAdminHandlers,
      invalid: validation,
      throttled: 'ThrottlingException',
      conflict: 'ConflictException',
    },
    {
      name: 'identitystore',
      signedFor: 'identitystore',
      model: serviceModel('identitystore'),
      handlers: identityStoreHandlers,
      invalid: validation,
      throttled: 'ThrottlingException',
      conflict: 'ConflictException',
    },
    {
      name: 'organizations',
      signedFor: 'organizations',
      model: serviceModel('organizations'),
      handlers: organizationsHandlers,
      invalid: (message) => new Refusal('InvalidInputException', message, { fields: { Reason: 'INVALID_PATTERN' } }),
      throttled: 'TooManyRequestsException',
      conflict: 'ConcurrentModificationException',
    },
  ];
}

/** One server for all of AWS: the target header says which service is meant, a form is for STS. */
export function startAws(serving: Serving, cloud: Cloud): Promise<RunningServer> {
  const services = jsonServices();
  const tokenUses = new Map<string, number>();
  const use = (tokenId: string): number => {
    const count = (tokenUses.get(tokenId) ?? 0) + 1;
    tokenUses.set(tokenId, count);
    return count;
  };
  const targetOf = (request: ReceivedRequest): { readonly service: JsonService; readonly operation: string } | null => {
    const [prefix, operation = ''] = request.headers['x-amz-target']?.split('.') ?? [];
    const service = services.find(({ model }) => model.metadata.targetPrefix === prefix);
    return service === undefined ? null : { service, operation };
  };

  const dialect: Dialect = {
    entry: (request) => {
      const target = targetOf(request);
      const common = { region: scopeOf(request)?.region ?? '', requestId: randomUUID() };
      if (target !== null)
        return { ...common, service: target.service.name, operation: target.operation, body: parse(request) };
      const { operation, input } = stsInput(request);
      const token = presentedToken(input);
      const sts = { ...common, service: 'sts', operation } as const;
      if (token === null) return { ...sts, body: input };
      return { ...sts, body: { ...input, WebIdentityToken: '(ID token)' }, idToken: { ...token, uses: use(token.id) } };
    },
    handle: (request, entry) => {
      const target = targetOf(request);
      try {
        if (target === null) return handleSts(cloud, request, entry);
        return handleJson(cloud, target.service, target.operation, request, entry);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return target === null ? stsError(entry, error) : jsonError(entry, error);
      }
    },
    refuse: (entry, effect) => {
      const service = services.find(({ name }) => name === entry.service);
      const refusal = scripted(effect, service);
      return service === undefined ? stsError(entry, refusal) : jsonError(entry, refusal);
    },
  };
  return serve(serving, dialect);
}

function handleJson(
  cloud: Cloud,
  service: JsonService,
  operation: string,
  request: ReceivedRequest,
  entry: OpenEntry,
): Answer {
  const handler = service.handlers[operation];
  if (handler === undefined) throw new Refusal('com.amazon.coral.service#UnknownOperationException', '');
  const { caller } = verifySignature(request, service.signedFor, cloud.now(), cloud.credentials.find);
  entry.principal = caller.arn;
  const wait = cloud.overRate(service.name, operation);
  if (wait !== undefined)
    throw scripted(
      { kind: 'throttle', ...(service.name === 'identitystore' ? { retryAfterSeconds: wait } : {}) },
      service,
    );
  const input = parse(request);
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new Refusal('SerializationException', 'The request is not a JSON object.');
  const wrong = violations(service.model, operation, input);
  if (wrong.length > 0)
    throw service.invalid(
      `${wrong.length} validation error${wrong.length === 1 ? '' : 's'} detected: ${wrong.join('; ')}`,
    );
  const { region = '' } = scopeOf(request) ?? {};
  const call = { operation, input: input as Readonly<Record<string, unknown>>, region, caller, entry };
  return json(200, handler(cloud, call));
}

/** The refusals that a script can ask for, in a service's words. */
function scripted(
  effect: Extract<Effect, { kind: 'throttle' | 'conflict' | 'error' }>,
  service: JsonService | undefined,
): Refusal {
  if (effect.kind === 'conflict')
    return new Refusal(
      service?.conflict ?? 'Conflict',
      'There is a conflict with a previous request that is still being processed.',
    );
  if (effect.kind === 'throttle') {
    const seconds = effect.retryAfterSeconds;
    return new Refusal(service?.throttled ?? 'Throttling', 'Rate exceeded', {
      fields: seconds === undefined || service?.name !== 'identitystore' ? {} : { RetryAfterSeconds: seconds },
      headers: seconds === undefined ? {} : { 'retry-after': String(seconds) },
    });
  }
  const { status, code, message, reason, resourceType } = effect;
  return new Refusal(code, message ?? `${code} by script`, {
    status,
    fields: {
      ...(reason === undefined ? {} : { Reason: reason }),
      ...(resourceType === undefined ? {} : { ResourceType: resourceType }),
    },
  });
}

function jsonError(entry: OpenEntry, { status, code, message, fields, headers }: Refusal): Answer {
  const [bare = code] = code.split('#').slice(-1);
  const ownId = entry.service === 'identitystore' ? { RequestId: entry.requestId } : {};
  // What the framework refuses says `message`, what the service refuses says `Message`.
  const body = { __type: code, [code.includes('#') ? 'message' : 'Message']: message, ...fields, ...ownId };
  const answer = json(status, body);
  return { ...answer, code: bare, headers: { ...answer.headers, 'x-amzn-errortype': bare, ...headers } };
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}

/** The JSON of a request; its text when it is none. */
function parse(request: ReceivedRequest): unknown {
  const body = request.body.toString();
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
