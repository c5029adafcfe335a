import type { AnyCloud } from '#access/declaration';
import type { Fault } from '#access/errors';
import type { AccessFile } from '#access/files/access-file';
import { commonInputs, type CommonValues } from '#access/inputs';
import type { Lines, OperationName } from '#access/request';
import { fileRequired, onlyWithFile } from '../messages/inputs.ts';
import type { Dialects } from './prefixes.ts';

/** The inputs of a step, as far as they were read. */
export interface StepInputs {
  /** Input `cloud`. */
  readonly name: string;
  readonly cloud: AnyCloud<unknown>;
  /** `null` where it is unknown. */
  readonly operation: OperationName | null;
  readonly common: CommonValues;
  /** Values of the cloud's own inputs. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly dialects: Dialects;
}

/** Reading of access files: loaded only by a step that has some. */
export interface FileReading {
  /** Adds the faults of inputs that cannot be used beside access files, before lines are read. */
  beside(step: StepInputs, faults: Fault[]): void;
  /** Reads the files and checks the rules about them; `null` where their input has a fault. */
  read(step: StepInputs, faults: Fault[]): readonly AccessFile[] | null;
  /** The lines of all files for the cloud's rules about lines and other inputs. */
  linesOf(files: readonly AccessFile[]): Lines;
}

/** Faults of inputs about access files in a step without any. */
export function faultsWithoutFiles(
  operation: OperationName | null,
  { 'access-file': lines, prune, 'max-removals': maxRemovals }: CommonValues,
  faults: readonly Fault[],
): readonly Fault[] {
  const known = new Set(faults.map(({ input }) => input));
  if (lines !== null || known.has('access-file')) return [];
  const { example } = commonInputs['access-file'];
  if (operation === 'reconcile') return [{ input: 'access-file', problem: fileRequired, example }];
  const useless = [...(prune === 'report' ? [] : ['prune']), ...(maxRemovals === null ? [] : ['max-removals'])];
  const remedy = { of: 'access-file', value: example };
  return useless
    .filter((input) => !known.has(input))
    .map((input) => ({ input, problem: onlyWithFile, example: remedy }));
}
