import type { Declarations } from '#access/declaration';
import { takeOut, type Fault } from '#access/errors';
import type { AccessFile } from '#access/files/access-file';
import type { FileGrammar } from '#access/files/grammar';
import { commonInputs, type CommonValues } from '#access/inputs';
import { parts, type Line, type Lines, type OperationName } from '#access/request';
import { inventoryRemovesNothing, notBesideFile, nothingOwned, unboundedRemovals } from '../messages/access-files.ts';
import { fileGrammar } from './file-grammar.ts';
import type { FileReading, StepInputs } from './file-inputs.ts';

/** Reads the access files that lines name, and checks their form. */
export type ReadFiles = (
  lines: readonly string[],
  grammar: FileGrammar,
) => { readonly files: readonly AccessFile[]; readonly faults: readonly Fault[] };

/** What a step with access files does besides. */
export function fileReading(read: ReadFiles): FileReading {
  return {
    beside: besideFiles,
    read: (step, faults) => readFileInputs(step, read, faults),
    linesOf: linesOfFiles,
  };
}

/** Adds the faults of inputs that cannot be used beside access files, before anything else is read from them. */
function besideFiles({ cloud, operation, common, values }: StepInputs, faults: Fault[]): void {
  if (common['access-file'] === null) return;
  // A file is what is there for good. One whose review is proven can also be a request for a lease.
  const canLease = operation === 'assign' && common['require-approval'].includes('review');
  const beside = [
    ...parts.filter((part) => common[part] !== null),
    ...(canLease ? [] : leaseInputs(common)),
    ...ofOneGrant(cloud.inputs, values),
  ];
  const known = new Set(faults.map(({ input }) => input));
  const fresh = beside.filter((input) => !known.has(input));
  faults.push(...fresh.map((input) => ({ input, problem: notBesideFile, example: takeOut })));
}

function leaseInputs(common: CommonValues): readonly string[] {
  return [
    ...(typeof common.lifetime === 'number' ? ['lifetime'] : []),
    ...(common['keep-after-job'] ? ['keep-after-job'] : []),
    ...(common['on-existing'] === 'fail' ? ['on-existing'] : []),
  ];
}

function ofOneGrant(inputs: Declarations, values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(inputs)
    .filter(([name, { isOfOneGrant, absent }]) => isOfOneGrant === true && values[name] !== absent)
    .map(([name]) => name);
}

/** Reads the access files; what is wrong with them and with the inputs about them goes to `faults`. */
function readFileInputs(step: StepInputs, read: ReadFiles, faults: Fault[]): readonly AccessFile[] | null {
  const { name, cloud, operation, common, dialects } = step;
  const lines = common['access-file'];
  if (lines === null) return null;
  const known = new Set(faults.map(({ input }) => input));
  faults.push(...pruneFaults(operation, common).filter(({ input }) => !known.has(input)));
  const found = read(lines, fileGrammar(name, cloud, common, dialects));
  faults.push(...found.faults);
  const isOwnless = found.faults.length === 0 && found.files.every(({ owns }) => owns === null);
  if (operation === 'reconcile' && isOwnless) {
    const { role, target } = cloud.examples;
    const yaml = ['owns:', '  roles:', `    - '${role}'`, '  targets:', `    - '${target}'`].join('\n');
    faults.push({ input: 'access-file', problem: nothingOwned, example: { yaml } });
  }
  return found.files;
}

/**
 * The lines of all files for the cloud's rules about lines and other inputs. Places that are only owned or ignored are
 * among the exclusions: a rule about granted targets does not concern them.
 */
function linesOfFiles(files: readonly AccessFile[]): Lines {
  const granted = files.flatMap(({ grants }) => grants);
  const others = files.flatMap(({ owns, ignore }) => [...(owns === null ? [] : [owns]), ...ignore]);
  const distinct = (lines: readonly Line[]): readonly Line[] => [
    ...new Map(lines.map((line) => [line.text, line])).values(),
  ];
  return {
    principals: distinct(granted.flatMap(({ principals }) => principals)),
    roles: distinct(granted.flatMap(({ roles }) => roles)),
    targets: distinct(granted.flatMap(({ targets }) => targets)),
    exclusions: distinct([
      ...granted.flatMap(({ exclusions }) => exclusions),
      ...others.flatMap(({ targets, exclusions }) => [...(targets ?? []), ...exclusions]),
    ]),
  };
}

function pruneFaults(operation: OperationName | null, common: CommonValues): readonly Fault[] {
  const { prune, 'max-removals': maxRemovals, 'expected-plan': expected } = common;
  if (prune !== 'revoke') return [];
  if (operation === 'inventory') return [{ input: 'prune', problem: inventoryRemovesNothing, example: 'fail' }];
  // A dry run makes the plan that another step expects.
  if (operation !== 'reconcile' || common['dry-run'] || expected !== null || maxRemovals !== null) return [];
  return [{ input: 'max-removals', problem: unboundedRemovals, example: commonInputs['max-removals'].example }];
}
