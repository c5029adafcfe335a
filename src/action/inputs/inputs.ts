import type {
  AnyCloud,
  Asked,
  Declarations,
  InputDeclaration,
  Parsed,
  Settled,
  Surroundings,
  Values,
} from '../../access/declaration.ts';
import type { EndpointSetting } from '../../access/endpoints.ts';
import { InputFaults, takeOut, type Fault } from '../../access/errors.ts';
import { commonInputs } from '../../access/inputs.ts';
import type { AnyRequest, OperationName, Part } from '../../access/request.ts';
import { enumerated } from '../../access/words.ts';
import { quotaFaults, readGuards } from './ceilings.ts';
import { readLease } from './lease-inputs.ts';
import { checkPresence, demandsOf, readLines } from './lines.ts';
import { exampleCaller, readPlanInputs, type PlanInputs } from './plan-inputs.ts';
import { proxyFaults } from '../proxies.ts';
import { requestOf } from './requests.ts';
import { eventFaults, tlsFaults } from './safe-defaults.ts';
import { strangerFaults, variableOf } from './strangers.ts';

type CommonValues = Values<typeof commonInputs>;

/** Everything a step was told, typed and checked. */
export interface Inputs<S> {
  readonly cloud: string;
  readonly request: AnyRequest;
  readonly settings: S;
  /** The audience of the ID token that signing in takes, `null` where it takes none. */
  readonly audience: string | null;
  readonly endpoints: readonly EndpointSetting[];
  readonly planning: PlanInputs;
  /** The most requests a second, `null` for the cloud's quota. */
  readonly requestsPerSecond: number | null;
  readonly github: JobInputs;
}

/** Used only where GitHub is asked whether a job has ended; `null` where this runner gives none. */
export interface JobInputs {
  /** A secret. */
  readonly token: string | null;
  /** The check run of this very job. */
  readonly checkRunId: string | null;
}

export interface InputTools {
  readonly surroundings: Omit<Surroundings, 'allowedEndpoints'>;
  /** The event that started the workflow. */
  readonly event: string;
  /** What is wrong with asking for an ID token, `null` where one can be had. */
  readonly tokenFault: Fault | null;
}

/**
 * Reads all inputs from the `INPUT_…` variables: the only place that does. Throws every fault at once (P6).
 *
 * @param clouds what each cloud adds to the contract, by the name that `cloud` gives
 */
export function readInputs<S>(clouds: Readonly<Record<string, AnyCloud<S>>>, tools: InputTools): Inputs<S> {
  const faults: Fault[] = [];
  const raw = (name: string): string | null => inputVariable(name, tools.surroundings.variables);
  const asked = readOperation(raw('operation'));
  const cloudName = raw('cloud') ?? '';
  const cloud = Object.hasOwn(clouds, cloudName) ? clouds[cloudName] : undefined;
  // Of an operation that the cloud does not have nobody can know which inputs it would take.
  const foreign = asked !== null && cloud?.operations.includes(asked) === false;
  const operation = foreign ? null : asked;
  const examples = examplesOf(cloud ?? Object.values(clouds)[0]);
  const common = readValues(withExamples(commonInputs, examples), raw, operation, faults) as CommonValues;
  const { variables } = tools.surroundings;
  faults.push(
    ...strangerFaults(variables, examplesOfAll(clouds, examples)),
    ...eventFaults(tools.event, common['allow-event']),
    ...tlsFaults(variables),
    ...proxyFaults(variables, process.versions.node),
  );
  if (cloud === undefined) {
    checkPresence(common, examples, demandsOf(operation), faults);
    throw new InputFaults([cloudFault(cloudName, Object.keys(clouds)), ...faults]);
  }

  if (foreign) {
    const problem = `is ${asked}, which cloud: ${cloudName} does not have; it has ${cloud.operations.join(', ')}`;
    faults.push({ input: 'operation', problem, example: cloud.operations[0] ?? '' });
  }
  const values = readValues(cloud.inputs, raw, operation, faults);
  faults.push(...foreignInputs(clouds, cloudName, raw));
  const lines = readLines(cloud, common, operation, demandsOf(asked), faults);
  const lease = readLease(cloud, operation, common, cloud.mayPend?.(values) ?? false, faults);
  const guards = readGuards(cloud, common, lines, faults);
  const planning = readPlanInputs(cloudName, cloud, operation, common, tools.surroundings, faults);
  faults.push(...quotaFaults(cloud, common));
  const surroundings = { ...tools.surroundings, allowedEndpoints: common['allowed-endpoints'] };
  const settled = settle(cloud, values, surroundings, { operation, lines, ...lease }, faults);
  if (tools.tokenFault !== null && needsIdToken(settled)) faults.push(tools.tokenFault);
  if (faults.length > 0 || !settled.ok || operation === null) throw new InputFaults(faults);

  const request = requestOf(operation, common, { lines, ...lease, guards, perTarget: planning.wanted });
  const { settings, audience, endpoints } = settled;
  const requestsPerSecond = common['max-requests-per-second'];
  const github = { token: common['github-token'], checkRunId: common['job-check-run-id'] };
  return { cloud: cloudName, request, settings, audience, endpoints, planning, requestsPerSecond, github };
}

/** An input as the runner hands it over, trimmed; `null` where the runner set none. */
function inputVariable(name: string, variables: ReadonlyMap<string, string>): string | null {
  return variables.get(variableOf(name))?.trim() ?? null;
}

/** `null` where nobody can know which inputs it would take; its own fault is told with the others. */
function readOperation(value: string | null): OperationName | null {
  const parsed = commonInputs.operation.parse(value ?? '');
  return parsed.ok ? parsed.value : null;
}

function cloudFault(name: string, known: readonly string[]): Fault {
  const problem = name === '' ? 'is missing' : `is "${name}", which is none of ${known.join(', ')}`;
  return { input: 'cloud', problem, example: known[0] ?? '' };
}

/** The examples of the inputs whose grammar is the cloud's own. */
function examplesOf(cloud: AnyCloud<unknown> | undefined): Examples {
  const { examples, principalTypes } = cloud ?? {};
  return {
    principal: examples?.principal ?? '',
    'principal-type': principalTypes?.[0] ?? '',
    target: examples?.target ?? '',
    role: examples?.role ?? '',
    'allowed-principals': examples?.principal ?? '',
    'allowed-targets': examples?.target ?? '',
    'allowed-roles': examples?.role ?? '',
    'plan-for': cloud === undefined ? '' : exampleCaller(cloud),
  };
}

/** Of every input that there is, of whichever cloud. */
function examplesOfAll(
  clouds: Readonly<Record<string, AnyCloud<unknown>>>,
  examples: Examples,
): Readonly<Record<string, string>> {
  const declared: readonly Declarations[] = [
    withExamples(commonInputs, { ...examples, cloud: Object.keys(clouds)[0] ?? '' }),
    ...Object.values(clouds).map(({ inputs }) => inputs),
  ];
  return Object.fromEntries(
    declared.flatMap((inputs) => Object.entries(inputs).map(([name, { example }]) => [name, example] as const)),
  );
}

type Examples = Readonly<Record<'principal-type' | 'plan-for' | Part | `allowed-${Part}s`, string>>;

function withExamples(declarations: Declarations, examples: Readonly<Record<string, string>>): Declarations {
  const entries = Object.entries(declarations);
  return Object.fromEntries(entries.map(([name, it]) => [name, { ...it, example: examples[name] ?? it.example }]));
}

/** Reads declared inputs; an input with a fault gets its absent value, so that the others are checked as well. */
function readValues(
  declarations: Declarations,
  raw: (name: string) => string | null,
  operation: OperationName | null,
  faults: Fault[],
): Readonly<Record<string, unknown>> {
  const read = (name: string, declaration: InputDeclaration<unknown>): unknown => {
    const parsed = readValue(declaration, raw(name) ?? '', operation);
    if (parsed.ok) return parsed.value;
    faults.push({ input: name, problem: parsed.problem, example: parsed.example ?? declaration.example });
    return declaration.absent;
  };
  return Object.fromEntries(Object.entries(declarations).map(([name, it]) => [name, read(name, it)]));
}

function readValue(
  declaration: InputDeclaration<unknown>,
  text: string,
  operation: OperationName | null,
): Parsed<unknown> {
  const { fallback, operations, absent } = declaration;
  if (text === '') {
    if (fallback === '' || fallback.startsWith('${{')) return { ok: true, value: absent };
    const problem = `is empty: the expression gave nothing. Leave the input out to get its default (${fallback})`;
    return { ok: false, problem };
  }
  if (operation !== null && text !== fallback && !operations.includes(operation)) {
    return {
      ok: false,
      problem: `means nothing to operation: ${operation}, only to ${enumerated(operations)}`,
      example: takeOut,
    };
  }
  return declaration.parse(text);
}

/** An input of another cloud is a fault if it is neither empty nor its default. */
function foreignInputs(
  clouds: Readonly<Record<string, AnyCloud<unknown>>>,
  chosen: string,
  raw: (name: string) => string | null,
): readonly Fault[] {
  return Object.entries(clouds)
    .filter(([name]) => name !== chosen)
    .flatMap(([name, { inputs }]) =>
      Object.entries(inputs)
        .filter(([input, { fallback }]) => !['', fallback].includes(raw(input) ?? ''))
        .map(([input]) => ({
          input,
          problem: `is an input of cloud: ${name}, not of ${chosen}`,
          example: { advice: 'Take it out, or correct cloud.' },
        })),
    );
}

/** A rule may stumble over an input whose own fault was already found: that one is told once. */
function settle<S>(
  cloud: AnyCloud<S>,
  values: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
  asked: Asked,
  faults: Fault[],
): Settled<S> {
  const settled = cloud.settle(values, surroundings, asked);
  if (settled.ok) return settled;
  const known = new Set(faults.map(({ input }) => input));
  faults.push(...settled.faults.filter(({ input, cause }) => !known.has(input) && !known.has(cause ?? '')));
  return settled;
}

function needsIdToken(settled: Settled<unknown>): boolean {
  return settled.ok ? settled.audience !== null : settled.needsIdToken;
}
