import { randomUUID } from 'node:crypto';

import { presented } from '../github/claims.ts';
import type { OpenEntry } from '../journal.ts';
import type { Answer, Dialect, ReceivedRequest, Serving } from '../serving/dialect.ts';
import { serve, type RunningServer } from '../serving/serve.ts';
import type { Cloud } from './cloud.ts';
import { Refusal } from './refusal.ts';
import { restError, restOperation } from './rest.ts';
import { perform, scripted, services, unknownOperation, type Service } from './services.ts';
import { scopeOf, verifySignature } from './sigv4.ts';
import { handleSts, stsError, stsInput } from './sts.ts';

/** Subject of a request, as far as it can be read from it. */
interface Asked {
  readonly service: Service;
  readonly operation: string;
  /** The parameters; another value than an object for an invalid body. */
  readonly input: unknown;
}

/** One server for all of AWS: the target header or the path says which service is meant, a form is for STS. */
export function serveAws(serving: Serving, cloud: Cloud): Promise<RunningServer> {
  const known = services();
  const tokenUses = new Map<string, number>();
  const use = (tokenId: string): number => {
    const count = (tokenUses.get(tokenId) ?? 0) + 1;
    tokenUses.set(tokenId, count);
    return count;
  };
  const askedOf = (request: ReceivedRequest): Asked | null => {
    const target = request.headers['x-amz-target'];
    if (target === undefined) return askedByPath(known, request);
    const [prefix, operation = ''] = target.split('.');
    const service = known.find(({ model }) => model.metadata.targetPrefix === prefix);
    return service === undefined ? null : { service, operation, input: parse(request) };
  };

  const dialect: Dialect = {
    entry: (request) => {
      const asked = askedOf(request);
      const common = { region: scopeOf(request)?.region ?? '', requestId: randomUUID() };
      if (asked !== null)
        return { ...common, service: asked.service.name, operation: asked.operation, body: asked.input };
      const { operation, input } = stsInput(request);
      const { WebIdentityToken: text } = input;
      const sts = { ...common, service: 'sts', operation } as const;
      if (typeof text !== 'string') return { ...sts, body: input };
      const token = presented(text);
      return { ...sts, body: { ...input, WebIdentityToken: '(ID token)' }, idToken: { ...token, uses: use(token.id) } };
    },
    handle: (request, entry) => {
      const asked = askedOf(request);
      try {
        if (asked === null) return handleSts(cloud, request, entry);
        return handleService(cloud, asked, request, entry);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return asked === null ? stsError(entry, error) : serviceError(asked.service, entry, error);
      }
    },
    refuse: (entry, effect) => {
      const service = known.find(({ name }) => name === entry.service);
      const refusal = scripted(effect, service);
      return service === undefined ? stsError(entry, refusal) : serviceError(service, entry, refusal);
    },
  };
  return serve(serving, dialect);
}

function askedByPath(known: readonly Service[], request: ReceivedRequest): Asked | null {
  const { pathname } = new URL(request.url, 'http://localhost');
  const service = known.find(({ model }) => model.metadata.protocol === 'rest-json');
  if (pathname === '/' || service === undefined) return null;
  return { service, ...restOperation(service.model, request) };
}

function handleService(cloud: Cloud, asked: Asked, request: ReceivedRequest, entry: OpenEntry): Answer {
  const { service, operation, input } = asked;
  if (service.handlers[operation] === undefined) throw unknownOperation();
  const { caller } = verifySignature(request, service.signedFor, cloud.now(), cloud.credentials.find);
  entry.principal = caller.arn;
  const { region = '' } = scopeOf(request) ?? {};
  return json(service, 200, perform(cloud, service, { operation, input, region, caller, entry }));
}

function serviceError(service: Service, entry: OpenEntry, refusal: Refusal): Answer {
  return isRest(service) ? restError(service.model, refusal) : jsonError(service, entry, refusal);
}

function isRest({ model }: Service): boolean {
  return model.metadata.protocol === 'rest-json';
}

function jsonError(service: Service, entry: OpenEntry, { status, code, message, fields, headers }: Refusal): Answer {
  const [bare = code] = code.split('#').slice(-1);
  const ownId = entry.service === 'identitystore' ? { RequestId: entry.requestId } : {};
  // Refusals by the framework have `message`, those by the service `Message`.
  const body = { __type: code, [code.includes('#') ? 'message' : 'Message']: message, ...fields, ...ownId };
  const answer = json(service, status, body);
  return { ...answer, code: bare, headers: { ...answer.headers, 'x-amzn-errortype': bare, ...headers } };
}

function json(service: Service, status: number, body: unknown): Answer {
  const type = isRest(service) ? 'application/json' : 'application/x-amz-json-1.1';
  return { status, headers: { 'content-type': type }, body: JSON.stringify(body) };
}

/** The JSON of a request; its text when it is not JSON. */
function parse(request: ReceivedRequest): unknown {
  const body = request.body.toString();
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
