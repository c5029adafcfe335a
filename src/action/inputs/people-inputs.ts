import { takeOut, type Fault } from '#access/errors';
import type { FileGrammar } from '#access/files/grammar';
import { commonInputs } from '#access/inputs';
import { nobodyCompared, requesterBesideType, requesterNeedsFile } from '../messages/inputs.ts';
import type { ApprovalInputs } from './approval-inputs.ts';
import { fileGrammar } from './file-grammar.ts';
import type { StepInputs } from './file-inputs.ts';
import { isForRequester } from './lines.ts';

/** The people-file that a step needs, and how its lines are read. */
export interface PeopleInputs {
  /** From the root of the repository. */
  readonly path: string;
  readonly grammar: FileGrammar;
  /** All clouds, by the names that `cloud` gives. */
  readonly clouds: readonly string[];
  /** True if the principal of the step is the person who started the workflow. */
  readonly isForRequester: boolean;
}

/** The people-file that the step needs; `null` for none. What is wrong goes to `faults`. */
export function readPeopleInputs(
  { name, cloud, common, operation, dialects }: StepInputs,
  approval: ApprovalInputs | null,
  faults: Fault[],
): PeopleInputs | null {
  const { 'people-file': path, 'principal-type': type, 'require-approval': kinds } = common;
  const asks = isForRequester(operation, common);
  const known = new Set(faults.map(({ input }) => input));
  const { example } = commonInputs['people-file'];
  const found: readonly Fault[] = [
    ...(asks && path === null && !known.has('people-file')
      ? [{ input: 'principal', problem: requesterNeedsFile, example: { of: 'people-file', value: example } }]
      : []),
    ...(asks && type !== null ? [{ input: 'principal-type', problem: requesterBesideType, example: takeOut }] : []),
    ...(path !== null && !asks && !kinds.includes('environment') && !known.has('require-approval')
      ? [{ input: 'people-file', problem: nobodyCompared, example: { of: 'require-approval', value: 'environment' } }]
      : []),
  ];
  faults.push(...found.filter(({ input }) => !known.has(input)));
  if (path === null || !(asks || approval?.kinds.includes('environment') === true)) return null;
  const clouds = [name, ...dialects.others.map((other) => other.name)];
  // A file is read the same by every step, so no input gives its lines a type.
  const grammar = fileGrammar(name, cloud, { ...common, 'principal-type': null }, dialects);
  return { path, grammar, clouds, isForRequester: asks };
}
