import type { EndpointSetting } from './endpoints.ts';
import type { Fault, Remedy } from './errors.ts';
import type { GrantProperties } from './grant.ts';
import type { CloudWithLeases } from './leases/port.ts';
import { noEffectWithout } from './messages/values.ts';
import {
  isChanging,
  type LeaseId,
  type Lifetime,
  type Line,
  type Lines,
  type OperationName,
  type Part,
} from './request.ts';
import type { CloudTools } from './tools.ts';

/** A value that was understood, or what is wrong with it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly problem: string;
      /** The remedy of this case, where it is not the input's own. */
      readonly example?: Remedy;
    };

export function ok<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function wrong(problem: string, example?: Remedy): Parsed<never> & { readonly ok: false } {
  return { ok: false, problem, ...(example === undefined ? {} : { example }) };
}

/** The value of a text that was checked with all other inputs. @param what name of the text */
export function checkedBefore<T>(parsed: Parsed<T>, what: string): T {
  if (!parsed.ok) throw new TypeError(`${what} is checked before it is used`);
  return parsed.value;
}

/**
 * One input of the action, as data. `fallback` is its default in `action.yml`; an input whose default is not empty
 * cannot be empty: the runner cannot distinguish a missing input from an expression without a value, so the default does.
 * Where the default is itself an expression, it may be empty: an older runner gives nothing for it.
 */
export interface InputDeclaration<T> {
  readonly fallback: string;
  /** A correct value, shown beside every fault. */
  readonly example: string;
  /** The operations that it means something to; elsewhere it must be empty or its default. */
  readonly operations: readonly OperationName[];
  /** Understands a value that is neither empty nor only white space. */
  readonly parse: (text: string) => Parsed<T>;
  /** The meaning of an empty value where `fallback` is empty. */
  readonly absent: T;
  /** True if it names objects of a cloud, which can have any name there. */
  readonly isName?: true;
  /** The member of the cloud's settings that its value becomes, as it is. */
  readonly setting?: string;
  /** The input without which it means nothing. */
  readonly needs?: string;
  /** True if it is about the one grant of the inputs, so that access files cannot have it beside them. */
  readonly isOfOneGrant?: true;
}

export type Declarations = Readonly<Record<string, InputDeclaration<unknown>>>;

/** Names of inputs in other tools, and the names here. */
export type OtherNames = Readonly<Record<string, string>>;

/** The typed values of a set of declarations. */
export type Values<D extends Declarations> = {
  readonly [Name in keyof D]: D[Name] extends InputDeclaration<infer T> ? T : never;
};

/** The part of a cloud's settings that a set of declarations makes, by the members that they name. */
export type Settings<D extends Declarations> = {
  readonly [
    Name in keyof D as D[Name] extends { readonly setting: infer Member extends string } ? Member : never
  ]: D[Name] extends InputDeclaration<infer T> ? T : never;
};

export function settingsOf<D extends Declarations>(inputs: D, values: Values<D>): Settings<D> {
  const members = Object.entries(inputs).flatMap(([name, { setting }]) =>
    setting === undefined ? [] : [[setting, values[name]]],
  );
  return Object.fromEntries(members) as Settings<D>;
}

/** Faults of what was given without the input that it needs, for an operation that has that one. */
export function uselessInputs<D extends Declarations>(
  inputs: D,
  values: Values<D>,
  operation: OperationName | null,
): readonly Fault[] {
  return Object.entries(inputs).flatMap(([input, { needs, absent }]) => {
    const needed = needs === undefined ? undefined : inputs[needs];
    if (needs === undefined || needed === undefined) return [];
    if (values[input] === absent || values[needs] !== needed.absent) return [];
    if (operation !== null && !needed.operations.includes(operation)) return [];
    const example = { of: needs, value: needed.example };
    return [{ input, problem: noEffectWithout(needs), cause: needs, example }];
  });
}

/** The text of a file, `null` where none can be read; what is wrong with one that must not be read (`is a pipe`). */
export type FileText = string | null | { readonly problem: string };

/** Surroundings that a cloud can read besides its inputs. */
export interface Surroundings {
  /** The environment variables of the step that are set and not empty. */
  readonly variables: ReadonlyMap<string, string>;
  readonly file: (path: string) => FileText;
  readonly homeFolder: string;
  /** Hosts that endpoint settings may name besides loopback. */
  readonly allowedEndpoints: readonly string[];
  /** Names this very run in a cloud's audit log: repository id, run id and attempt. */
  readonly runName: string;
}

/** The request of the inputs that all clouds share, as far as they were understood. */
export interface Asked {
  /** `null` where it is unknown. */
  readonly operation: OperationName | null;
  readonly lines: Lines;
  /** True if access files name the grants. */
  readonly isOfFiles: boolean;
  readonly lifetime: Lifetime;
  readonly allowPrivileged: boolean;
  /** For `release` and `extend`, by the cloud's own grammar. */
  readonly leaseId: LeaseId | null;
}

/** True if a step takes a lease, or is about existing leases. */
export function isLeasing({ operation, lifetime }: Asked): boolean {
  return lifetime.kind === 'lease' || (operation !== null && !isChanging(operation));
}

/** The parsed `lease-id`, `null` where there is none, or one that is a fault. */
export function leaseNamed<T>({ leaseId }: Asked, parse: (text: string) => Parsed<T>): T | null {
  const parsed = leaseId === null ? null : parse(leaseId);
  return parsed?.ok === true ? parsed.value : null;
}

/** Result of reading a cloud's inputs: settings, or faults. */
export type Settled<S> =
  | {
      readonly ok: true;
      readonly settings: S;
      /** The audience of the ID token that signing in takes, `null` where it takes none. */
      readonly audience: string | null;
      /** Endpoints in force that were set from outside the step, for the log and the summary. */
      readonly endpoints: readonly EndpointSetting[];
    }
  | {
      readonly ok: false;
      readonly faults: readonly Fault[];
      /** True if signing in would require an ID token. */
      readonly needsIdToken: boolean;
    };

/** A way to write an id. */
interface Notation {
  readonly pattern: RegExp;
  /** Noun for it, with its article. */
  readonly what: string;
  /** The part where nothing else looks like it; every part where it is left out. */
  readonly only?: Part;
}

/** The part of the contract that one cloud adds: its inputs, operations, grammar and rules, all checked before any request. */
interface CloudDeclaration<D extends Declarations, S> {
  readonly operations: readonly OperationName[];
  readonly inputs: D;
  /** Other tools' words for inputs, its own and the common ones. */
  readonly otherNames?: OtherNames;
  readonly principalTypes: readonly string[];
  /** The types of principals that an access file owns where it names none; `null` for all. */
  readonly ownedPrincipalTypes: readonly string[] | null;
  /** Properties that a row of an access file can have besides those of every cloud. */
  readonly rowProperties: readonly (keyof GrantProperties)[];
  /** True if targets have others below them that a line does not name. */
  readonly belowTargets: boolean;
  /** The prefixes of the lines of each part, and what others call them. */
  readonly prefixes: Readonly<Record<Part, Readonly<Record<string, string>>>>;
  /** Notations of IDs that only this cloud has, so that no other takes them for names. */
  readonly notations: readonly Notation[];
  /** A correct line of each, shown beside faults that have no better one. */
  readonly examples: Readonly<Record<Part, string>>;
  /** Correct lines of `target`, some of which exclude. */
  readonly exampleExclusion: string;
  /** A line by id such as could stand for this one, which is by name. */
  readonly exampleById: (part: Part, line: Line) => string;
  /** Environment variables in which the cloud's own tools keep secrets. */
  readonly secretVariables: readonly string[];
  /** The most requests a second and operations in flight that its quotas allow: inputs may only lower them. */
  readonly quotas: { readonly requestsPerSecond: number; readonly inFlight: number };
  /** Parsers for one line each; `principalType` is the value of that input, `null` where it is empty. */
  readonly parsePrincipal: (line: string, principalType: string | null) => Parsed<Line>;
  readonly parseTarget: (line: string, operation: OperationName) => Parsed<Line>;
  /** A line of `target` that began with `!`, without it. */
  readonly parseExclusion: (line: string) => Parsed<Line>;
  readonly parseRole: (line: string, operation: OperationName) => Parsed<Line>;
  /** A line of `allowed-principals`, `allowed-targets` or `allowed-roles`: `*` is a wildcard inside names. */
  readonly parseAllowed: (part: Part, line: string) => Parsed<Line>;
  /** True if a line is an ID, which no renaming changes (`require-ids`). */
  readonly isById: (line: Line) => boolean;
  /** The identity that signs in, by the cloud's own name for it, as in `plan-for`. */
  readonly parseCaller: (text: string) => Parsed<string>;
  /** An output `lease-id` of an earlier step, or a text that another author wrote. */
  readonly parseLease: (text: string) => Parsed<LeaseId>;
  /** True if the request may need an approval: then `wait: false` is allowed. Without it, never. */
  readonly mayPend?: (values: Values<D>) => boolean;
  /** Rules that concern several inputs, or an input and its surroundings. */
  readonly settle: (values: Values<D>, surroundings: Surroundings, asked: Asked) => Settled<S>;
}

/** A cloud among others: its inputs' types are known only to itself. */
export type AnyCloud<S> = CloudDeclaration<Declarations, S>;

/** Loads a cloud's code and opens it: the other clouds' code is never loaded. */
export type OpenCloud = (tools: CloudTools) => Promise<CloudWithLeases>;

/** A declaration whose settings are kept to itself: what it settles on opens the cloud. */
export function opening<S>(
  cloud: AnyCloud<S>,
  open: (settings: S, tools: CloudTools) => Promise<CloudWithLeases>,
): AnyCloud<OpenCloud> {
  return {
    ...cloud,
    settle: (values, surroundings, asked) => {
      const settled = cloud.settle(values, surroundings, asked);
      if (!settled.ok) return settled;
      return { ...settled, settings: (tools) => open(settled.settings, tools) };
    },
  };
}

/** Forgets the types of a cloud's inputs: they are read by these very declarations. */
export function declareCloud<D extends Declarations, S>(cloud: CloudDeclaration<D, S>): AnyCloud<S> {
  return {
    ...cloud,
    mayPend: (values) => cloud.mayPend?.(values as Values<D>) ?? false,
    settle: (values, surroundings, asked) => cloud.settle(values as Values<D>, surroundings, asked),
  };
}
