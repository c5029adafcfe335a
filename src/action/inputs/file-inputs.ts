import type { AnyCloud, Declarations } from '#access/declaration';
import { takeOut, type Fault } from '#access/errors';
import type { AccessFile } from '#access/files/access-file';
import type { FileGrammar } from '#access/files/grammar';
import { commonInputs, type CommonValues } from '#access/inputs';
import { parts, type Line, type Lines, type OperationName } from '#access/request';
import {
  fileRequired,
  inventoryRemovesNothing,
  notBesideFile,
  nothingOwned,
  onlyWithFile,
  unboundedRemovals,
} from '../messages/access-files.ts';
import { fileGrammar } from './file-grammar.ts';
import type { Dialects } from './prefixes.ts';

/** Reads the access files that lines name, and checks their form. */
export type ReadFiles = (
  lines: readonly string[],
  grammar: FileGrammar,
) => { readonly files: readonly AccessFile[]; readonly faults: readonly Fault[] };

/** Adds the faults of inputs that cannot be used beside access files, before anything else is read from them. */
export function besideFiles(
  cloud: AnyCloud<unknown>,
  common: CommonValues,
  values: Readonly<Record<string, unknown>>,
  faults: Fault[],
): void {
  if (common['access-file'] === null) return;
  const beside = [
    ...parts.filter((part) => common[part] !== null),
    ...(typeof common.lifetime === 'number' ? ['lifetime'] : []),
    ...(common['keep-after-job'] ? ['keep-after-job'] : []),
    ...(common['on-existing'] === 'fail' ? ['on-existing'] : []),
    ...ofOneGrant(cloud.inputs, values),
  ];
  const known = new Set(faults.map(({ input }) => input));
  const fresh = beside.filter((input) => !known.has(input));
  faults.push(...fresh.map((input) => ({ input, problem: notBesideFile, example: takeOut })));
}

function ofOneGrant(inputs: Declarations, values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(inputs)
    .filter(([name, { isOfOneGrant, absent }]) => isOfOneGrant === true && values[name] !== absent)
    .map(([name]) => name);
}

/**
 * Reads the access files; what is wrong with them and with the inputs about them goes to `faults`.
 *
 * @param read `null` where no input names a file
 * @returns `null` without access files
 */
export function readFileInputs(
  name: string,
  cloud: AnyCloud<unknown>,
  operation: OperationName | null,
  common: CommonValues,
  dialects: Dialects,
  read: ReadFiles | null,
  faults: Fault[],
): readonly AccessFile[] | null {
  const known = new Set(faults.map(({ input }) => input));
  const rules = ruleFaults(operation, common, known.has('access-file'));
  faults.push(...rules.filter(({ input }) => !known.has(input)));
  const lines = common['access-file'];
  if (lines === null) return null;
  if (read === null) throw new TypeError('a step with access files has a reader of them');
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

/** Faults of inputs about access files. @param isFaulty true if the input that names them has a fault of its own */
function ruleFaults(operation: OperationName | null, common: CommonValues, isFaulty: boolean): readonly Fault[] {
  const { 'access-file': lines, prune, 'max-removals': maxRemovals, 'expected-plan': expected } = common;
  const { example } = commonInputs['access-file'];
  if (lines === null) {
    if (isFaulty) return [];
    if (operation === 'reconcile') return [{ input: 'access-file', problem: fileRequired, example }];
    const useless = [...(prune === 'report' ? [] : ['prune']), ...(maxRemovals === null ? [] : ['max-removals'])];
    const remedy = { of: 'access-file', value: example };
    return useless.map((input) => ({ input, problem: onlyWithFile, example: remedy }));
  }
  if (prune !== 'revoke') return [];
  if (operation === 'inventory') return [{ input: 'prune', problem: inventoryRemovesNothing, example: 'fail' }];
  // A dry run makes the plan that another step expects.
  if (operation !== 'reconcile' || common['dry-run'] || expected !== null || maxRemovals !== null) return [];
  return [{ input: 'max-removals', problem: unboundedRemovals, example: commonInputs['max-removals'].example }];
}

/**
 * The lines of all files for the cloud's rules about lines and other inputs. Places that are only owned or ignored are
 * among the exclusions: a rule about granted targets does not concern them.
 */
export function linesOfFiles(files: readonly AccessFile[]): Lines {
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
