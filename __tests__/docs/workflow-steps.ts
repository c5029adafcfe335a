import { resolve } from 'node:path';
import { opening } from '../../src/access/declaration.ts';
import { readAccessFiles } from '../../src/access/files/read.ts';
import { InputFaults } from '../../src/access/errors.ts';
import { documentPlan } from '../../src/access/plan/document.ts';
import { renderPlan } from '../../src/access/plan/file.ts';
import { permanent, type ChangingOperation } from '../../src/access/request.ts';
import { fileReading } from '../../src/action/inputs/file-rules.ts';
import { readInputs } from '../../src/action/inputs/inputs.ts';
import { awsDeclaration } from '../../src/aws/declaration.ts';
import { writeLeaseId } from '../../src/aws/leases/lease-id.ts';
import { writeLeaseId as writeAzureLeaseId } from '../../src/azure/leases/lease-id.ts';
import { azureDeclaration } from '../../src/azure/declaration.ts';
import { blocks } from './markdown.ts';
import { action, readText } from './repository.ts';
import { isAccessFile } from './yaml-examples.ts';
import { eventOf } from '../action/github/event-of.ts';

/** The `with:` of a step. */
export type With = Readonly<Record<string, unknown>>;

/** Every step in a YAML document that uses this action, wherever it stands. */
export function ownSteps(node: unknown): readonly With[] {
  if (typeof node !== 'object' || node === null) return [];
  const nested = Object.values(node).flatMap(ownSteps);
  const step = node as { readonly uses?: unknown; readonly with?: With };
  return typeof step.uses === 'string' && step.uses.startsWith('OWNER/cloud-access@')
    ? [step.with ?? {}, ...nested]
    : nested;
}

/**
 * What is wrong with a step's inputs: by action.yml, then by the action's own checks.
 *
 * @param accessFile what each path of access-file has; otherwise the example of docs/access-as-code.md for the step's cloud
 */
export function faultsOf(inputs: With, accessFile?: string): readonly string[] {
  const unknown = Object.keys(inputs).filter((name) => !(name in action.inputs));
  const missing = Object.entries(action.inputs)
    .filter(([name, { required }]) => required === true && !(name in inputs))
    .map(([name]) => name);
  const notTexts = Object.entries(inputs).filter(([, value]) => typeof value === 'number' || value === null);
  return [
    ...unknown.map((name) => `${name} is no input`),
    ...missing.map((name) => `${name} is required`),
    ...notTexts.map(([name, value]) => `${name} is ${String(value)}, unquoted`),
    ...ownFaults(inputs, accessFile ?? exampleFile(inputs)),
  ];
}

const neverOpened = (): Promise<never> => Promise.reject(new TypeError('an example is read, not run'));
const clouds = { aws: opening(awsDeclaration, neverOpened), azure: opening(azureDeclaration, neverOpened) };

/** As a step of the examples gives it out. */
const awsLease = writeLeaseId({
  region: 'us-east-1',
  group: 'cloud-access',
  instanceArn: 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f',
  roleArn: 'arn:aws:iam::111122223333:role/access-ender',
  deadLetterQueueArn: null,
  holder: '6kggkg664oljt11afrfi',
  keepAfterJob: true,
  grants: ['vdc78t4iq4k5hk0ahjfuaghs'],
  count: 1,
});

const azureLease = writeAzureLeaseId({
  holder: '1lsl.7csjao1.1.kr70741.jkknpbov',
  keepAfterJob: true,
  pim: false,
  where: { kind: 'places', scopes: ['/subscriptions/11111111-2222-4333-8444-555555555501'], count: 24 },
});

/** What stands in the expressions of examples, as the documents have it: settings, outputs, what a person typed. */
const expressions: ReadonlyMap<string, string> = new Map([
  ['vars.AZURE_CLIENT_ID', 'a9900000-0000-4000-8000-0000000000b0'],
  ['vars.AZURE_TENANT_ID', '72f988bf-0000-4000-8000-000000000001'],
  ['vars.AZURE_SUBSCRIPTION_ID', '11111111-2222-4333-8444-555555555501'],
  ['vars.AZURE_PLANNER_CLIENT_ID', 'a9900000-0000-4000-8000-0000000000b1'],
  ['needs.plan.outputs.digest', `sha256:${'4f'.repeat(32)}`],
  ['inputs.team', 'Payments On-Call'],
  ['inputs.incident', 'INC-4711'],
  ['inputs.lease-id', awsLease],
  ['needs.access.outputs.lease-id', awsLease],
  ['inputs.account', '123456789012'],
]);

/** A value as the runner evaluates it; an expression that nobody set gives nothing. */
export function evaluated(value: unknown): string {
  return String(value).replaceAll(
    /\$\{\{ (?<name>[\w.-]+) \}\}/gu,
    (_whole, name: string) => expressions.get(name) ?? '',
  );
}

/** Where the examples keep the plan that was reviewed. */
export const planPath = 'access/plan.json';
/** Where a job puts the plan that the job before it made. */
export const planArtifact = 'reviewed/plan.json';
const workspace = '/home/runner/work/infra/infra';

/** The plan that is there: of the step's own cloud and operation. Which changes it holds, a step's inputs do not tell. */
function reviewedPlan(inputs: With): string {
  const operation = (inputs['operation'] ?? 'assign') as ChangingOperation;
  const context = { caller: 'access-broker', directory: 'd-90679a1b2c', settings: {} };
  return renderPlan(
    documentPlan([], { operation, targets: [], lifetime: permanent }, context, {
      cloud: String(inputs['cloud']),
      planFor: null,
    }),
  );
}

function exampleFile(inputs: With): string {
  const files = blocks(readText('docs/access-as-code.md')).map(({ text }) => text);
  return files.find((text) => isAccessFile(text) && text.includes(`cloud: ${String(inputs['cloud'])}\n`)) ?? '';
}

/** Hands the inputs over as the runner does, defaults included, to the code that reads them. */
function ownFaults(inputs: With, accessFile: string): readonly string[] {
  const defaults = Object.entries(action.inputs).map(([name, it]) => [name, it.default ?? ''] as const);
  const all = { ...Object.fromEntries(defaults), ...inputs };
  // Leases of both clouds come out of outputs of the same name.
  const ofCloud = (text: string): string => (inputs['cloud'] === 'azure' && text === awsLease ? azureLease : text);
  const given = Object.entries(all).map(
    ([name, it]) => [`INPUT_${name.toUpperCase()}`, ofCloud(evaluated(it))] as const,
  );
  const variables = new Map([...given, ['GITHUB_WORKSPACE', workspace] as const]);
  const file = (path: string): string | null =>
    [planPath, planArtifact].some((it) => path === resolve(workspace, it)) ? reviewedPlan(inputs) : null;
  try {
    readInputs(clouds, {
      surroundings: { variables, file, homeFolder: '/home/runner', runName: '1-2-3' },
      event: eventOf('workflow_dispatch'),
      tokenFault: null,
      files: fileReading((paths, grammar) =>
        readAccessFiles(
          paths.map((path) => ({ path, blob: '', bytes: Buffer.from(accessFile) })),
          grammar,
        ),
      ),
    });
    return [];
  } catch (error) {
    if (!(error instanceof InputFaults)) throw error;
    return error.faults.map(({ input, problem }) => `${input} ${problem}`);
  }
}
