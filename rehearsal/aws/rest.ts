import type { Answer, ReceivedRequest } from '../serving/dialect.ts';
import type { ServiceModel } from './model.ts';
import type { Refusal } from './refusal.ts';

type Input = Record<string, unknown>;

/** The operation of a request by method and path, and its parameters from path, query and body [model: http, location]. */
export function restOperation(
  model: ServiceModel,
  request: ReceivedRequest,
): { readonly operation: string; readonly input: unknown } {
  const url = new URL(request.url, 'http://localhost');
  for (const [operation, { http, input }] of Object.entries(model.operations)) {
    const labels = http?.method === request.method ? labelsOf(http.requestUri, url.pathname) : null;
    if (labels !== null) return { operation, input: inputOf(model, input ?? '', labels, url.searchParams, request) };
  }
  return { operation: `${request.method} ${url.pathname}`, input: {} };
}

/** Values of the labels of a template such as `/schedules/{Name}`; null for another path. */
function labelsOf(template: string, path: string): Input | null {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const labels: Input = {};
  for (const [index, part] of wanted.entries()) {
    const [, label] = /^\{(\w+)\}$/.exec(part) ?? [];
    if (label !== undefined && given[index] !== '') labels[label] = decodeURIComponent(given[index] ?? '');
    else if (part !== given[index]) return null;
  }
  return labels;
}

function inputOf(
  model: ServiceModel,
  shapeName: string,
  labels: Input,
  query: URLSearchParams,
  request: ReceivedRequest,
): unknown {
  const body = bodyOf(request);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const input: Input = {};
  for (const [name, { shape, location, locationName = name }] of Object.entries(
    model.shapes[shapeName]?.members ?? {},
  )) {
    const value =
      location === 'uri'
        ? labels[locationName]
        : location === 'querystring'
          ? fromQuery(query.get(locationName), model.shapes[shape]?.type)
          : (body as Input)[name];
    if (value !== undefined) input[name] = value;
  }
  return input;
}

function fromQuery(text: string | null, type: string | undefined): unknown {
  if (text === null) return undefined;
  return type === 'integer' && /^-?\d+$/.test(text) ? Number(text) : text;
}

/** Its text where it is no JSON. */
function bodyOf({ body }: ReceivedRequest): unknown {
  const text = body.toString();
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** An error as the REST services answer it: the status is the model's, a refusal of the framework is 403. */
export function restError(model: ServiceModel, { status, code, message, fields, headers }: Refusal): Answer {
  const [bare = code] = code.split('#').slice(-1);
  const framework = code.includes('#') || bare === 'AccessDeniedException';
  const declared =
    model.shapes[bare]?.error?.httpStatusCode ?? (framework ? (bare === 'UnknownOperationException' ? 404 : 403) : 400);
  return {
    // A refusal without a status of its own has 400.
    status: status === 400 ? declared : status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': bare, ...headers },
    body: JSON.stringify({ [code.includes('#') ? 'message' : 'Message']: message, ...fields }),
    code: bare,
  };
}
