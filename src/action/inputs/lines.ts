import { wrong, type AnyCloud, type Parsed } from '#access/declaration';
import type { Fault } from '#access/errors';
import type { CommonValues } from '#access/inputs';
import { splitLines } from '#access/list-shapes';
import { notOneOf } from '#access/messages/values';
import { parts, requester, type Line, type Lines, type OperationName, type Part } from '#access/request';
import { required, requesterAlone } from '../messages/inputs.ts';
import { emptyExclusion, exclusionsOnly } from '../messages/lines.ts';
import { exclusion, isNoLines, notExcluded, parseLines, type LineParser, type LineReader } from './line-reader.ts';
import { strangeTo, type Dialects } from './prefixes.ts';

/** True for a part that is required. */
export type Demands = (part: Part) => boolean;

/** The parts that an operation requires: other operations get them from a lease, or use them only as filters. */
export function demandsOf(operation: OperationName | null): Demands {
  switch (operation) {
    case 'assign':
    case 'revoke':
      return () => true;
    case 'provision':
      return (part) => part !== 'principal';
    // For an unknown operation this is unknown too.
    case null:
    case 'reconcile':
    case 'inventory':
    case 'release':
    case 'extend':
    case 'list':
    case 'sweep':
      return () => false;
  }
}

/** Reads who, where and what by the cloud's own grammar; what is wrong goes to `faults`. */
export function readLines(
  cloud: AnyCloud<unknown>,
  common: CommonValues,
  operation: OperationName | null,
  demands: Demands,
  dialects: Dialects,
  faults: Fault[],
): Lines {
  const type = common['principal-type'];
  if (type !== null && !cloud.principalTypes.includes(type)) {
    faults.push({
      input: 'principal-type',
      problem: notOneOf(type, cloud.principalTypes),
      example: cloud.principalTypes[0] ?? '',
    });
  }
  const asked = operation ?? 'provision';
  const parsers = {
    principal: guarded('principal', dialects, (line) => cloud.parsePrincipal(line, type)),
    target: guarded('target', dialects, (line) => cloud.parseTarget(line, asked)),
    role: guarded('role', dialects, (line) => cloud.parseRole(line, asked)),
  };
  const exclude = (line: string): Parsed<Line> =>
    parseExclusion(line, guarded('target', dialects, cloud.parseExclusion));
  const readerOf = (part: Part, parser: LineParser): LineReader => ({
    input: part,
    part,
    parser,
    example: cloud.examples[part],
    cloud,
  });
  const textsOf = (part: Part): readonly string[] => {
    // Their line is known once GitHub has named them.
    if (part === 'principal' && isForRequester(operation, common)) return [];
    // What means nothing here was reported already.
    if (faults.some(({ input }) => input === part)) return [];
    const either: LineParser = (line) =>
      part === 'target' && line.startsWith(exclusion) ? exclude(line.slice(1).trim()) : parsers[part](line);
    if (isNoLines(common[part] ?? '', readerOf(part, either), faults)) return [];
    return linesOf(part, common[part], cloud.examples[part], demands, faults);
  };
  const one = (part: Part): readonly Line[] =>
    parseLines(readerOf(part, notExcluded(parsers[part])), textsOf(part), faults);
  const { targets, exclusions } = splitExclusions(textsOf('target'));
  if (targets.length === 0 && exclusions.length > 0) {
    faults.push({ input: 'target', problem: exclusionsOnly, example: cloud.exampleExclusion });
  }
  return {
    principals: one('principal'),
    targets: parseLines(readerOf('target', parsers.target), targets, faults),
    exclusions: parseLines(
      { ...readerOf('target', exclude), mark: exclusion, example: cloud.exampleExclusion },
      exclusions,
      faults,
    ),
    roles: one('role'),
  };
}

/** True if the principal of a step is the person who started the workflow. */
export function isForRequester(operation: OperationName | null, { principal }: CommonValues): boolean {
  const lines = splitLines(principal ?? '');
  return operation === 'assign' && lines.length === 1 && lines[0] === requester;
}

/** Refuses a line of another cloud, or of another part, that would be taken for a name; and a word that is no name. */
export function guarded(part: Part, dialects: Dialects, parser: LineParser): LineParser {
  return (line) => {
    if (part === 'principal' && line === requester) return wrong(requesterAlone);
    return strangeTo(line, part, dialects) ?? parser(line);
  };
}

/** Faults of missing inputs, the only ones that can be found without a known cloud. */
export function checkPresence(
  common: CommonValues,
  examples: Readonly<Record<Part, string>>,
  demands: Demands,
  faults: Fault[],
): void {
  for (const part of parts) linesOf(part, common[part], examples[part], demands, faults);
}

/** The lines of an input, the same one once. */
function linesOf(
  input: Part,
  text: string | null,
  example: string,
  demands: Demands,
  faults: Fault[],
): readonly string[] {
  const lines = splitLines(text ?? '');
  if (lines.length === 0 && demands(input)) faults.push({ input, problem: required, example });
  return [...new Set(lines)];
}

function splitExclusions(lines: readonly string[]): {
  readonly targets: readonly string[];
  readonly exclusions: readonly string[];
} {
  return {
    targets: lines.filter((line) => !line.startsWith(exclusion)),
    exclusions: [...new Set(lines.filter((line) => line.startsWith(exclusion)).map((line) => line.slice(1).trim()))],
  };
}

/** A line without its `!`; what is wrong with it is said of the line as it was written. */
function parseExclusion(line: string, parser: LineParser): Parsed<Line> {
  if (line === '') return wrong(emptyExclusion);
  const parsed = parser(line);
  return parsed.ok ? parsed : wrong(parsed.problem.replace(`"${line}"`, () => `"${exclusion}${line}"`));
}
