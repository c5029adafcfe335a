import {
  uselessInputs,
  type AnyCloud,
  type Asked,
  type OtherNames,
  type Settled,
  type Surroundings,
} from '#access/declaration';
import type { EndpointSetting } from '#access/endpoints';
import { InputFaults, type Fault } from '#access/errors';
import { commonInputs, otherNames, type CommonValues } from '#access/inputs';
import { notOneOf } from '#access/messages/values';
import type { AnyRequest } from '#access/any-request';
import type { OperationName } from '#access/request';
import { noSuchOperation, required } from '../messages/inputs.ts';
import { readApproval, unprovenFaults, type ApprovalInputs } from './approval-inputs.ts';
import { quotaFaults, readGuards } from './ceilings.ts';
import { readLease } from './lease-inputs.ts';
import { checkPresence, demandsOf, isForRequester, readLines, type Demands } from './lines.ts';
import { declaredByAll, examplesOf, withExamples } from './examples.ts';
import { faultsWithoutFiles, type FileReading } from './file-inputs.ts';
import { readPeopleInputs, type PeopleInputs } from './people-inputs.ts';
import { readPlanInputs, type PlanInputs } from './plan-inputs.ts';
import { proxyFaults } from '../proxies.ts';
import { dialectsOf } from './prefixes.ts';
import type { RunEvent } from '../github/event.ts';
import { requestOf } from './requests.ts';
import { readSweeps, type SweepInputs } from './sweep-inputs.ts';
import { eventFaults, tlsFaults } from './safe-defaults.ts';
import { strangerFaults } from './strangers.ts';
import { foreignInputs, inputVariable, readValues } from './values.ts';

/** All inputs of a step, typed and checked. */
export interface Inputs<S> {
  readonly cloud: string;
  readonly request: AnyRequest;
  readonly settings: S;
  /** The audience of the ID token that signing in takes, `null` where it takes none. */
  readonly audience: string | null;
  readonly endpoints: readonly EndpointSetting[];
  readonly planning: PlanInputs;
  /** `null` where the step requires none. */
  readonly approval: ApprovalInputs | null;
  /** `null` where the step needs none. With `isForRequester`, the request has no principals yet. */
  readonly people: PeopleInputs | null;
  /** `null` where no sweep has to be looked for. */
  readonly sweeps: SweepInputs | null;
  /** The most requests a second, `null` for the cloud's quota. */
  readonly requestsPerSecond: number | null;
  readonly github: JobInputs;
}

/** Used only where GitHub is asked whether a job has ended; `null` where this runner gives none. */
interface JobInputs {
  /** A secret. */
  readonly token: string | null;
  /** The check run of this very job. */
  readonly checkRunId: string | null;
}

interface InputTools {
  readonly surroundings: Omit<Surroundings, 'allowedEndpoints'>;
  /** The event that started the workflow. */
  readonly event: RunEvent;
  /** The fault that prevents an ID token, `null` where one is available. */
  readonly tokenFault: Fault | null;
  /** The principal of the person who started the workflow; left out until GitHub has named them. */
  readonly requester?: string;
  /** `null`, or left out, where no input names access files. */
  readonly files?: FileReading | null;
}

/**
 * Reads all inputs, by the variables that `values.ts` alone knows. Throws every fault at once (P6).
 *
 * @param clouds what each cloud adds to the contract, by the name that `cloud` gives
 */
export function readInputs<S>(clouds: Readonly<Record<string, AnyCloud<S>>>, tools: InputTools): Inputs<S> {
  const faults: Fault[] = [];
  const raw = (name: string): string | null => inputVariable(name, tools.surroundings.variables);
  const asked = readOperation(raw('operation'));
  const given = raw('cloud') ?? '';
  const cloudName = meantBy(given, Object.keys(clouds));
  const cloud = cloudName === null ? undefined : clouds[cloudName];
  // An operation that the cloud does not have could take any inputs.
  const foreign = asked !== null && cloud?.operations.includes(asked) === false;
  const operation = foreign ? null : asked;
  const examples = examplesOf(cloud ?? Object.values(clouds)[0]);
  const declared = withExamples(commonInputs, { ...examples, cloud: Object.keys(clouds)[0] ?? '' });
  const common = readValues(declared, raw, operation, faults) as CommonValues;
  const { variables } = tools.surroundings;
  faults.push(
    ...strangerFaults(variables, declaredByAll(clouds, examples), otherNamesIn(clouds)),
    ...eventFaults(tools.event, common['allow-event']),
    ...tlsFaults(variables),
    ...proxyFaults(variables, process.versions.node),
  );
  // Files name the grants then, also where that input has a fault.
  const isOfFiles = (raw('access-file') ?? '') !== '';
  const demands = (of: OperationName | null): Demands => (isOfFiles ? () => false : demandsOf(of));
  const isTold = faults.some(({ input }) => input === 'cloud');
  if (cloudName !== given && !isTold) faults.unshift(cloudFault(given, cloudName, Object.keys(clouds)));
  if (cloudName === null || cloud === undefined) {
    checkPresence(common, examples, demands(operation), faults);
    throw new InputFaults(faults);
  }

  if (foreign) {
    const problem = noSuchOperation(asked, cloudName, cloud.operations);
    faults.push({ input: 'operation', problem, example: cloud.operations[0] ?? '' });
  }
  const values = readValues(cloud.inputs, raw, operation, faults);
  faults.push(...foreignInputs(clouds, cloudName, raw));
  const dialects = dialectsOf(clouds, cloudName, cloud);
  const step = { name: cloudName, cloud, operation, common, values, dialects };
  tools.files?.beside(step, faults);
  const isNamed = tools.requester !== undefined && isForRequester(operation, common);
  const asNamed = isNamed ? { ...common, principal: tools.requester } : common;
  const lines = readLines(cloud, asNamed, operation, demands(asked), dialects, faults);
  const lease = readLease(cloud, operation, common, cloud.mayPend?.(values) ?? false, faults);
  const sweeps = readSweeps(operation, lease.lifetime, common, faults);
  const guards = readGuards(cloud, common, lines, dialects, faults);
  const planning = readPlanInputs(cloudName, cloud, operation, common, tools.surroundings, faults);
  faults.push(...faultsWithoutFiles(operation, common, faults));
  const files = tools.files?.read(step, faults) ?? null;
  const approval = readApproval(operation, common, isOfFiles, faults);
  const people = readPeopleInputs(step, approval, faults);
  addFresh(uselessInputs(commonInputs, common, operation), faults);
  faults.push(...quotaFaults(cloud, common));
  const surroundings = { ...tools.surroundings, allowedEndpoints: common['allowed-endpoints'] };
  const allowPrivileged = common['allow-privileged'];
  const named = files === null ? lines : (tools.files?.linesOf(files) ?? lines);
  const told = { operation, lines: named, isOfFiles, allowPrivileged, ...lease };
  const settled = settle(cloud, values, surroundings, told, faults);
  if (tools.tokenFault !== null && needsIdToken(settled)) faults.push(tools.tokenFault);
  if (settled.ok) faults.push(...unprovenFaults(approval, people, settled.audience));
  if (faults.length > 0 || !settled.ok || operation === null) throw new InputFaults(faults);

  const request = requestOf(operation, common, { lines, ...lease, guards, perTarget: planning.wanted, files });
  const { settings, audience, endpoints } = settled;
  const requestsPerSecond = common['max-requests-per-second'];
  const github = { token: common['github-token'], checkRunId: common['job-check-run-id'] };
  const proofs = { approval, people, sweeps };
  return { cloud: cloudName, request, settings, audience, endpoints, planning, ...proofs, requestsPerSecond, github };
}

function otherNamesIn(clouds: Readonly<Record<string, AnyCloud<unknown>>>): OtherNames {
  return Object.assign({}, otherNames, ...Object.values(clouds).map((it) => it.otherNames ?? {})) as OtherNames;
}

/** `null` for an unknown operation, which could take any inputs; its own fault is reported with the others. */
function readOperation(value: string | null): OperationName | null {
  const parsed = commonInputs.operation.parse(value ?? '');
  return parsed.ok ? parsed.value : null;
}

/** The cloud whose grammar the other inputs are read by, so that their faults are reported at once: one in capitals. */
function meantBy(given: string, known: readonly string[]): string | null {
  return known.find((it) => it === given) ?? known.find((it) => given.toLowerCase().startsWith(it)) ?? null;
}

function cloudFault(given: string, meant: string | null, known: readonly string[]): Fault {
  const problem = given === '' ? required : notOneOf(given, known);
  return { input: 'cloud', problem, example: meant ?? known[0] ?? '' };
}

/** A rule may stumble over an input whose own fault was already found: that one is reported once. */
function settle<S>(
  cloud: AnyCloud<S>,
  values: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
  asked: Asked,
  faults: Fault[],
): Settled<S> {
  const settled = cloud.settle(values, surroundings, asked);
  if (settled.ok) return settled;
  addFresh(settled.faults, faults);
  return settled;
}

/** Adds the faults that no fault before them explains. */
function addFresh(found: readonly Fault[], faults: Fault[]): void {
  const known = new Set(faults.map(({ input }) => input));
  faults.push(...found.filter(({ input, cause }) => !known.has(input) && !known.has(cause ?? '')));
}

function needsIdToken(settled: Settled<unknown>): boolean {
  return settled.ok ? settled.audience !== null : settled.needsIdToken;
}
