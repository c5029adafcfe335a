import type { ReceivedRequest } from '../../serving/dialect.ts';
import { ArmRefusal } from './refusal.ts';

/** The properties of a body of ARM's form, `{"properties":{…}}`, and the whole text, for the words of its reader. */
interface JsonBody {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** `type` is the name that the reader has for the whole. */
export function propertiesOf(request: ReceivedRequest, type: string): JsonBody {
  const [media = ''] = (request.headers['content-type'] ?? '').split(';');
  if (media.trim().toLowerCase() !== 'application/json')
    throw new ArmRefusal(
      415,
      'UnsupportedMediaType',
      `The content media type '${media === '' ? '<null>' : media}' is not supported. Only 'application/json' is supported.`,
    );
  const text = request.body.toString();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw invalid('Unexpected end or character when reading JSON', '', text);
  }
  if (!isObject(body)) throw invalid(`Error converting value to type '${type}'`, '', text);
  for (const key of Object.keys(body)) if (key !== 'properties') throw unknownMember(key, type, key, text);
  const properties = body['properties'];
  if (!isObject(properties)) throw invalid(`Required property 'properties' expects a value but got null`, '', text);
  return { properties, text };
}

/** The words of ARM's JSON reader; the position is that of the member. */
export function invalid(what: string, path: string, text: string): ArmRefusal {
  const at = text.indexOf(`"${path.split('.').at(-1) ?? ''}"`) + 1;
  return new ArmRefusal(
    400,
    'InvalidRequestContent',
    `The request content was invalid and could not be deserialized: '${what}. Path '${path}', line 1, position ${at}.'.`,
  );
}

export function unexpected(value: unknown, path: string, text: string): ArmRefusal {
  return invalid(
    `Unexpected character encountered while parsing value: ${JSON.stringify(value).slice(0, 1)}`,
    path,
    text,
  );
}

export function unknownMember(member: string, type: string, path: string, text: string): ArmRefusal {
  return invalid(`Could not find member '${member}' on object of type '${type}'`, path, text);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
