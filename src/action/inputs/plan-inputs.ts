import { resolve } from 'node:path';
import type { AnyCloud, Surroundings } from '#access/declaration';
import type { Fault, Remedy } from '#access/errors';
import type { CommonValues } from '#access/inputs';
import type { ExpectedPlan } from '#access/plan/document';
import { parsePlan } from '#access/plan/file';
import type { OperationName } from '#access/request';
import { noEffectWithout } from '#access/messages/values';
import { badPlan, notADigest, noPlanFile, noRegularFile, overwritesReviewed, planOfOther } from '../messages/inputs.ts';
import { exampleCaller } from './examples.ts';

type Around = Pick<Surroundings, 'variables' | 'file'>;

/** The inputs about plans. */
export interface PlanInputs {
  /** True if an input requests a plan's document. */
  readonly wanted: boolean;
  readonly expected: ExpectedPlan | null;
  /** The identity that will apply the plan, `null` where it is the one that makes it. */
  readonly planFor: string | null;
  /** Full path of the file to write, `null` where none was named. */
  readonly file: string | null;
}

/** Reads the inputs about plans, and the reviewed plan itself; what is wrong goes to `faults`. */
export function readPlanInputs(
  name: string,
  cloud: AnyCloud<unknown>,
  operation: OperationName | null,
  common: CommonValues,
  around: Around,
  faults: Fault[],
): PlanInputs {
  const file = common['plan-file'] === null ? null : inWorkspace(common['plan-file'], around);
  const given = common['expected-plan'];
  if (file !== null && given !== null && isSameFile(file, inWorkspace(given, around)))
    faults.push({ input: 'plan-file', problem: overwritesReviewed, example: 'plan-now.json' });
  const expected = given === null ? null : readExpected(given, name, operation, around);
  if (typeof expected === 'string') {
    faults.push({ input: 'expected-plan', problem: expected, example: examplePlan });
  }
  return {
    wanted: common['dry-run'] || file !== null || given !== null,
    expected: typeof expected === 'string' ? null : expected,
    planFor: readPlanFor(cloud, common, faults),
    file,
  };
}

/** Ignores letter case, as some file systems do; on others, this refuses one file too many. */
function isSameFile(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

const examplePlan = 'plan.json';

/** The reviewed plan, or what is wrong with it. */
function readExpected(
  given: string,
  cloud: string,
  operation: OperationName | null,
  around: Around,
): ExpectedPlan | string {
  if (/^sha256:/iu.test(given)) {
    return /^sha256:[0-9a-f]{64}$/iu.test(given) ? { kind: 'digest', digest: given.toLowerCase() } : notADigest(given);
  }
  const path = inWorkspace(given, around);
  const text = around.file(path);
  if (text === null) return noPlanFile(given, path === given ? '' : path);
  if (typeof text !== 'string') return noRegularFile(given, text.problem);
  const parsed = parsePlan(text);
  if (!parsed.ok) return badPlan(given, parsed.problem);
  const document = parsed.value;
  if (document.cloud !== cloud) return planOfOther(given, 'cloud', document.cloud, cloud);
  if (operation !== null && document.operation !== operation)
    return planOfOther(given, 'operation', document.operation, operation);
  return { kind: 'document', path: given, document };
}

/** Source: GitHub Docs, default environment variables. */
function inWorkspace(path: string, { variables }: Around): string {
  return resolve(variables.get('GITHUB_WORKSPACE') ?? process.cwd(), path);
}

function readPlanFor(cloud: AnyCloud<unknown>, common: CommonValues, faults: Fault[]): string | null {
  const given = common['plan-for'];
  if (given === null) return null;
  const fault = (problem: string, example: Remedy = exampleCaller(cloud)): null => {
    faults.push({ input: 'plan-for', problem, example });
    return null;
  };
  const parsed = cloud.parseCaller(given);
  if (!parsed.ok) return fault(parsed.problem);
  const known = faults.some(({ input }) => input === 'dry-run');
  return common['dry-run'] || known
    ? parsed.value
    : fault(noEffectWithout('dry-run: true'), { of: 'dry-run', value: 'true' });
}
