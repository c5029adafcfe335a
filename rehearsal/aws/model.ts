import { readFileSync } from 'node:fs';

/** An excerpt of a published service model: see models/NOTICE. */
export interface ServiceModel {
  readonly metadata: {
    readonly targetPrefix: string | null;
    readonly protocol: string;
    readonly signingName: string | null;
    readonly endpointPrefix: string;
  };
  readonly operations: Readonly<Record<string, ModelOperation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

interface ModelOperation {
  readonly input: string | null;
  readonly output: string | null;
  /** Of the REST protocol only. */
  readonly http?: { readonly method: string; readonly requestUri: string };
}

interface Member {
  readonly shape: string;
  /** Of the REST protocol: its place if not in the body, and its name there. */
  readonly location?: 'uri' | 'querystring';
  readonly locationName?: string;
}

export interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, Member>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly union?: boolean;
  readonly document?: boolean;
  /** Response to an exception. */
  readonly error?: { readonly httpStatusCode?: number };
}

const models = new Map<string, ServiceModel>();

export function serviceModel(
  name: 'sso-admin' | 'identitystore' | 'organizations' | 'scheduler' | 'sts',
): ServiceModel {
  let model = models.get(name);
  if (model === undefined) {
    model = JSON.parse(readFileSync(new URL(`./models/${name}.json`, import.meta.url), 'utf8')) as ServiceModel;
    models.set(name, model);
  }
  return model;
}

/** Faults of a request's parameters by the model's constraints, in the wording of the services; empty without one. */
export function violations(model: ServiceModel, operation: string, input: unknown): string[] {
  const name = model.operations[operation]?.input;
  const found: string[] = [];
  if (name !== null && name !== undefined) check(model, name, input, '', found);
  else if (Object.keys(input as object).length > 0) found.push('The operation takes no parameters');
  return found;
}

function check(model: ServiceModel, shapeName: string, value: unknown, path: string, found: string[]): void {
  const shape = model.shapes[shapeName];
  if (shape === undefined) throw new Error(`The model has no shape ${shapeName}`);
  const fail = (constraint: string): void => {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    found.push(`Value '${shown}' at '${path}' failed to satisfy constraint: ${constraint}`);
  };
  if (shape.document === true) return; // any JSON value
  if (shape.type === 'structure') checkStructure(model, shape, value, path, found, fail);
  else if (shape.type === 'list') {
    if (!Array.isArray(value)) fail('Member must be a list');
    else {
      checkSize(shape, value.length, fail);
      for (const [index, item] of value.entries())
        check(model, shape.member?.shape ?? '', item, `${path}.${index + 1}.member`, found);
    }
  } else if (shape.type === 'string') checkString(shape, value, fail);
  else if (shape.type === 'integer' || shape.type === 'long') {
    if (typeof value !== 'number' || !Number.isInteger(value)) fail('Member must be an integer');
    else if (shape.min !== undefined && value < shape.min)
      fail(`Member must have value greater than or equal to ${shape.min}`);
    else if (shape.max !== undefined && value > shape.max)
      fail(`Member must have value less than or equal to ${shape.max}`);
  } else if (shape.type === 'timestamp' && typeof value !== 'number') fail('Member must be a timestamp');
  else if (shape.type === 'boolean' && typeof value !== 'boolean') fail('Member must be a boolean');
}

function checkStructure(
  model: ServiceModel,
  shape: Shape,
  value: unknown,
  path: string,
  found: string[],
  fail: (constraint: string) => void,
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fail('Member must be a structure');
    return;
  }
  const members = shape.members ?? {};
  const given = Object.entries(value as Record<string, unknown>).filter(
    ([, member]) => member !== null && member !== undefined,
  );
  const at = (name: string): string => (path === '' ? lowerFirst(name) : `${path}.${lowerFirst(name)}`);
  for (const name of shape.required ?? [])
    if (!given.some(([key]) => key === name))
      found.push(`Value null at '${at(name)}' failed to satisfy constraint: Member must not be null`);
  if (shape.union === true && given.length !== 1) fail(`Exactly one of ${Object.keys(members).join(', ')} must be set`);
  for (const [name, member] of given) {
    const { shape: memberShape } = members[name] ?? {};
    if (memberShape === undefined) found.push(`Unknown parameter '${at(name)}'`);
    else check(model, memberShape, member, at(name), found);
  }
}

function checkString(shape: Shape, value: unknown, fail: (constraint: string) => void): void {
  if (typeof value !== 'string') {
    fail('Member must be a string');
    return;
  }
  checkSize(shape, value.length, fail);
  if (shape.pattern !== undefined && !expression(shape.pattern).test(value))
    fail(`Member must satisfy regular expression pattern: ${shape.pattern}`);
  if (shape.enum !== undefined && !shape.enum.includes(value))
    fail(`Member must satisfy enum value set: [${shape.enum.join(', ')}]`);
}

function checkSize(shape: Shape, size: number, fail: (constraint: string) => void): void {
  if (shape.min !== undefined && size < shape.min)
    fail(`Member must have length greater than or equal to ${shape.min}`);
  if (shape.max !== undefined && size > shape.max) fail(`Member must have length less than or equal to ${shape.max}`);
}

const expressions = new Map<string, RegExp>();

/** The services match a whole value; the models' patterns are mostly not anchored, and some are anchored in one branch only. */
function expression(pattern: string): RegExp {
  let found = expressions.get(pattern);
  if (found === undefined) {
    const source = `^(?:${pattern.replace(/^\^/, '').replace(/\$$/, '')})$`;
    try {
      found = new RegExp(source, 'u');
    } catch {
      found = new RegExp(source); // escapes that are legal in Java only
    }
    expressions.set(pattern, found);
  }
  return found;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
