/**
 * Reads Bicep as far as setup has it, strictly: what is not known here is an error. Expressions are read into functions of
 * what names stand for.
 * Source: Bicep documentation: file structure and syntax, data types, user-defined data types, loops are not used.
 */
export interface File {
  readonly targetScope: string;
  readonly parameters: readonly Parameter[];
  readonly variables: Readonly<Record<string, Expression>>;
  readonly resources: readonly Declared[];
  readonly modules: readonly Declared[];
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: Expression }>>;
  /** Every name that an expression or a type uses. */
  readonly used: ReadonlySet<string>;
}

export interface Parameter {
  readonly name: string;
  readonly description: string;
  readonly type: Type;
  readonly fallback: Expression | null;
  readonly minLength: number;
}

export interface Type {
  readonly kind: 'string' | readonly string[];
  readonly isArray: boolean;
}

/** `what` is the type with its version, or the path of a module. */
export interface Declared {
  readonly name: string;
  readonly what: string;
  /** True for a resource that another file makes. */
  readonly isExisting: boolean;
  readonly body: Expression;
}

/** What a name stands for. */
export type Lookup = (name: string) => unknown;
export type Expression = (lookup: Lookup) => unknown;
type Lambda = (value: unknown) => unknown;

/** @throws with the line where something is not understood */
export function readBicep(text: string): File {
  const reader = new Reader(text);
  return reader.file();
}

class Reader {
  readonly #text: string;
  #at = 0;
  readonly #used = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  file(): File {
    let targetScope = 'resourceGroup';
    const types: Record<string, Type> = {};
    const parameters: Parameter[] = [];
    const variables: Record<string, Expression> = {};
    const resources: Declared[] = [];
    const modules: Declared[] = [];
    const outputs: Record<string, { readonly description: string; readonly value: Expression }> = {};
    while (this.#hasMore()) {
      const { description = '', minLength = 0 } = this.#decorators();
      const keyword = this.#word();
      if (keyword === 'targetScope') {
        targetScope = String(this.#assigned()(nothing));
        continue;
      }
      const name = this.#word();
      if (keyword === 'type') types[name] = this.#type(types, true);
      else if (keyword === 'param') {
        const type = this.#type(types, false);
        const fallback = this.#next('=') ? this.#assigned() : null;
        parameters.push({ name, description: String(description), type, fallback, minLength: Number(minLength) });
      } else if (keyword === 'var') variables[name] = this.#assigned();
      else if (keyword === 'output') {
        this.#type(types, false);
        outputs[name] = { description: String(description), value: this.#assigned() };
      } else if (keyword === 'resource' || keyword === 'module') {
        const what = String(this.#string()(nothing));
        const isExisting = keyword === 'resource' && this.#take('existing');
        (keyword === 'module' ? modules : resources).push({ name, what, isExisting, body: this.#assigned() });
      } else this.#fail(`"${keyword}" is not known`);
      this.#lineEnds();
    }
    return { targetScope, parameters, variables, resources, modules, outputs, used: this.#used };
  }

  #decorators(): Readonly<Record<string, unknown>> {
    const found: Record<string, unknown> = {};
    while (this.#take('@')) {
      const name = this.#word();
      if (!['description', 'minLength'].includes(name)) this.#fail(`@${name} is not known`);
      this.#need('(');
      found[name] = this.#expression()(nothing);
      this.#need(')');
      this.#blank();
    }
    return found;
  }

  #type(types: Readonly<Record<string, Type>>, assigned: boolean): Type {
    if (assigned) this.#need('=');
    this.#spaces();
    if (this.#next("'")) {
      const values = [this.#string()(nothing)];
      while (this.#take('|')) values.push(this.#string()(nothing));
      return { kind: values.map(String), isArray: false };
    }
    const name = this.#word();
    const known = name === 'string' ? ({ kind: 'string', isArray: false } as const) : types[name];
    if (known === undefined) return this.#fail(`the type ${name} is not known`);
    this.#used.add(name);
    if (!this.#take('[')) return known;
    this.#need(']');
    return { ...known, isArray: true };
  }

  #assigned(): Expression {
    this.#need('=');
    return this.#expression();
  }

  #expression(): Expression {
    this.#spaces();
    let value = this.#primary();
    while (this.#take('.')) {
      const of = value;
      const name = this.#word();
      value = (lookup) => {
        const object = of(lookup);
        if (typeof object !== 'object' || object === null || !(name in object)) throw new Error(`There is no .${name}`);
        return (object as Readonly<Record<string, unknown>>)[name];
      };
    }
    return value;
  }

  #primary(): Expression {
    if (this.#next("'")) return this.#string();
    if (this.#next('[')) return this.#array();
    if (this.#next('{')) return this.#object();
    const number = /^\d+/u.exec(this.#rest())?.[0];
    if (number !== undefined) {
      this.#at += number.length;
      return () => Number(number);
    }
    const name = this.#word();
    if (this.#rest().startsWith('(')) return this.#call(name);
    if (this.#rest().startsWith(' =>')) return this.#lambda(name);
    this.#used.add(name);
    return (lookup) => lookup(name);
  }

  #call(name: string): Expression {
    const call = functions[name];
    if (call === undefined) return this.#fail(`the function ${name} is not known`);
    this.#need('(');
    const given: Expression[] = [];
    while (!this.#take(')')) {
      given.push(this.#expression());
      if (!this.#next(')')) this.#need(',');
    }
    return (lookup) => call(lookup, ...given.map((it) => it(lookup)));
  }

  #lambda(name: string): Expression {
    this.#need('=>');
    const body = this.#expression();
    this.#used.delete(name);
    return (lookup): Lambda =>
      (value) =>
        body((it) => (it === name ? value : lookup(it)));
  }

  #array(): Expression {
    this.#need('[');
    const items: Expression[] = [];
    while (!this.#ends(']')) {
      items.push(this.#expression());
      this.#between(']');
    }
    return (lookup) => items.map((it) => it(lookup));
  }

  #object(): Expression {
    this.#need('{');
    const values: (readonly [string, Expression])[] = [];
    while (!this.#ends('}')) {
      const key = this.#word();
      if (values.some(([other]) => other === key)) this.#fail(`${key} is there twice`);
      this.#need(':');
      values.push([key, this.#expression()]);
      this.#between('}');
    }
    return (lookup) => Object.fromEntries(values.map(([key, value]) => [key, value(lookup)]));
  }

  #hasMore(): boolean {
    this.#blank();
    return this.#at < this.#text.length;
  }

  #ends(end: string): boolean {
    this.#blank();
    return this.#take(end);
  }

  /** Items stand on lines of their own, or have commas between them. */
  #between(end: string): void {
    const from = this.#at;
    const comma = this.#take(',');
    this.#blank();
    if (!comma && !this.#next(end) && !this.#text.slice(from, this.#at).includes('\n')) this.#fail('no line end');
  }

  #string(): Expression {
    this.#spaces();
    if (this.#rest().startsWith("'''")) {
      const end = this.#text.indexOf("'''", this.#at + 3);
      if (end < 0) this.#fail('the text has no end');
      const text = this.#text.slice(this.#at + 3, end).replace(/^\n/u, '');
      this.#at = end + 3;
      return () => text;
    }
    this.#need("'");
    const parts: Expression[] = [];
    while (!this.#rest().startsWith("'")) {
      const plain = /^(?:[^'\\$\n]|\\['\\$nrt]|\$(?!\{))+/u.exec(this.#rest())?.[0];
      if (plain !== undefined) {
        this.#at += plain.length;
        const text = plain.replaceAll(/\\(?<it>.)/gu, (_, it: string) => escapes[it] ?? it);
        parts.push(() => text);
      } else {
        this.#need('${');
        parts.push(this.#expression());
        this.#need('}');
      }
    }
    this.#at += 1;
    return (lookup) => parts.map((it) => text(it(lookup))).join('');
  }

  #word(): string {
    this.#spaces();
    const found = /^[A-Za-z_]\w*/u.exec(this.#rest())?.[0];
    if (found === undefined) return this.#fail('no name');
    this.#at += found.length;
    return found;
  }

  #next(token: string): boolean {
    this.#spaces();
    return this.#rest().startsWith(token);
  }

  #take(token: string): boolean {
    if (!this.#next(token)) return false;
    this.#at += token.length;
    return true;
  }

  #need(token: string): void {
    if (!this.#take(token)) this.#fail(`"${token}" is missing`);
  }

  #rest(): string {
    return this.#text.slice(this.#at);
  }

  #spaces(): void {
    this.#at += /^ */u.exec(this.#rest())?.[0].length ?? 0;
  }

  /** Line ends and comments too. */
  #blank(): void {
    this.#at += /^(?:\s|\/\/.*)*/u.exec(this.#rest())?.[0].length ?? 0;
  }

  #lineEnds(): void {
    this.#spaces();
    if (this.#at < this.#text.length && !this.#rest().startsWith('\n')) this.#fail('no line end');
  }

  #fail(why: string): never {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    throw new Error(`Line ${line}: ${why}, at "${this.#rest().slice(0, 30)}"`);
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

const nothing: Lookup = (name) => {
  throw new Error(`${name} cannot be used here`);
};

/** Source: Bicep functions: array, lambda, string, deployment, scope. The `guid` of a test only has to tell names apart. */
const functions: Readonly<Record<string, (lookup: Lookup, ...given: readonly unknown[]) => unknown>> = {
  join: (_, values, between) => values instanceof Array && values.map(text).join(text(between)),
  map: (_, values, by) => values instanceof Array && values.map((it) => (by as Lambda)(it)),
  replace: (_, where, old, now) => text(where).replaceAll(text(old), text(now)),
  guid: (_, ...parts) => `guid of ${parts.map(text).join(' ')}`,
  subscription: (lookup) => lookup('subscription()'),
  deployment: (lookup) => lookup('deployment()'),
};

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`${JSON.stringify(value)} is no text`);
  return value;
}
