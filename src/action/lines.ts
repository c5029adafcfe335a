import { wrong, type AnyCloud, type Parsed, type Values } from '../access/declaration.ts';
import type { Fault } from '../access/errors.ts';
import { splitLines, type commonInputs } from '../access/inputs.ts';
import type { Line, Lines, OperationName, Part } from '../access/request.ts';

type CommonValues = Values<typeof commonInputs>;

/** Reads who, where and what by the cloud's own grammar; what is wrong goes to `faults`. */
export function readLines(
  cloud: AnyCloud<unknown>,
  common: CommonValues,
  operation: OperationName | null,
  faults: Fault[],
): Lines {
  const type = common['principal-type'];
  if (type !== null && !cloud.principalTypes.includes(type)) {
    const problem = `is "${type}", which is none of ${cloud.principalTypes.join(', ')}`;
    faults.push({ input: 'principal-type', problem, example: cloud.principalTypes[0] ?? '' });
  }
  const known = faults.some(({ input }) => input === 'principal');
  const given = splitLines(common.principal ?? '').length > 0;
  // Of an unknown operation nobody can know whether it takes a principal; one that is given is checked.
  const taken = operation === null ? given : takesPrincipal(operation);
  const asked = operation ?? 'provision';
  const one = (part: Part, parser: (line: string) => Parsed<Line>): readonly Line[] =>
    parseLines(part, linesOf(part, common[part], cloud.examples[part], faults), parser, cloud.examples[part], faults);
  const { targets, exclusions } = splitExclusions(linesOf('target', common.target, cloud.examples.target, faults));
  if (targets.length === 0 && exclusions.length > 0) {
    const problem = 'has exclusions only: there is nothing to exclude from';
    faults.push({ input: 'target', problem, example: cloud.examples.target });
  }
  return {
    principals:
      known || !taken
        ? []
        : one(
            'principal',
            notExcluded((line) => cloud.parsePrincipal(line, type)),
          ),
    targets: parseLines('target', targets, (line) => cloud.parseTarget(line, asked), cloud.examples.target, faults),
    exclusions: parseLines(
      'target',
      exclusions,
      (line) => parseExclusion(line, cloud, asked),
      `!${bare(cloud.examples.target)}`,
      faults,
    ),
    roles: one(
      'role',
      notExcluded((line) => cloud.parseRole(line, asked)),
    ),
  };
}

/** Of an unknown cloud only what is missing can be told. */
export function checkPresence(
  common: CommonValues,
  operation: OperationName | null,
  examples: Readonly<Record<Part, string>>,
  faults: Fault[],
): void {
  const asked = (['principal', 'target', 'role'] as const).filter(
    (part) => part !== 'principal' || (operation !== null && takesPrincipal(operation)),
  );
  for (const part of asked) linesOf(part, common[part], examples[part], faults);
}

function takesPrincipal(operation: OperationName): boolean {
  return operation === 'assign' || operation === 'revoke';
}

/** The lines of an input, the same one once. */
function linesOf(input: Part, text: string | null, example: string, faults: Fault[]): readonly string[] {
  const lines = splitLines(text ?? '');
  if (lines.length === 0) faults.push({ input, problem: 'is missing or empty', example });
  return [...new Set(lines)];
}

const exclusion = '!';

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
function parseExclusion(line: string, cloud: AnyCloud<unknown>, operation: OperationName): Parsed<Line> {
  if (line === '') return wrong('has a "!" that excludes nothing');
  const parsed = cloud.parseExclusion(line, operation);
  return parsed.ok ? parsed : wrong(parsed.problem.replace(`"${line}"`, `"${exclusion}${line}"`));
}

/** An example as a line of its own, without the quotes that a single value needs in YAML. */
function bare(example: string): string {
  return example.replaceAll('"', '');
}

/** A parser of lines among which there are no exclusions. */
export function notExcluded(parser: (line: string) => Parsed<Line>): (line: string) => Parsed<Line> {
  return (line) =>
    line.startsWith(exclusion) ? wrong(`has "${line}", and only target takes lines that exclude`) : parser(line);
}

export function parseLines(
  input: string,
  lines: readonly string[],
  parser: (line: string) => Parsed<Line>,
  example: string,
  faults: Fault[],
): readonly Line[] {
  return lines.flatMap((line) => {
    const parsed = parser(line);
    if (parsed.ok) return [parsed.value];
    faults.push({ input, problem: parsed.problem, example });
    return [];
  });
}
