import { wrong, type AnyCloud } from '#access/declaration';
import type { Fault } from '#access/errors';
import { anything, type CommonValues } from '#access/inputs';
import { splitLines } from '#access/list-shapes';
import { parts, type Guards, type Line, type Lines, type Part } from '#access/request';
import { aboveQuota, anyBesideOthers, leftByExpression, notById } from '../messages/inputs.ts';
import { isNoLines, notExcluded, parseLines } from './line-reader.ts';
import { guarded } from './lines.ts';
import type { Dialects } from './prefixes.ts';

/** Reads what a request is held against once it is resolved; what is wrong goes to `faults`. */
export function readGuards(
  cloud: AnyCloud<unknown>,
  common: CommonValues,
  lines: Lines,
  dialects: Dialects,
  faults: Fault[],
): Guards {
  const allowed = {
    principal: readAllowed('principal', cloud, common, dialects, faults),
    target: readAllowed('target', cloud, common, dialects, faults),
    role: readAllowed('role', cloud, common, dialects, faults),
  };
  if (common['require-ids']) faults.push(...nameFaults(cloud, lines, allowed));
  return { allowed, maxGrants: common['max-grants'], maxLifetimeMs: common['max-lifetime'] };
}

function readAllowed(
  part: Part,
  cloud: AnyCloud<unknown>,
  common: CommonValues,
  dialects: Dialects,
  faults: Fault[],
): readonly Line[] | null {
  const input = `allowed-${part}s` as const;
  const texts = [...new Set(splitLines(common[input] ?? anything))];
  if (texts.length === 1 && texts[0] === anything) return null;
  const own = guarded(part, dialects, (line) => cloud.parseAllowed(part, line));
  const parser = notExcluded((line) => {
    // Brought in by an expression it would switch off what the other lines say.
    if (line === anything) return wrong(anyBesideOthers(anything));
    // The rest of `group:${{ inputs.team }}*` would allow everybody, so it is never an example.
    return /^(?:[a-z-]+:\s*)?\*$/u.test(line) ? wrong(leftByExpression(line, part)) : own(line);
  });
  const reader = { input, part, parser, example: cloud.examples[part], cloud };
  return isNoLines(common[input] ?? anything, reader, faults) ? [] : parseLines(reader, texts, faults);
}

/** Faults of names: a name can mean another object in the next run, an ID cannot. */
function nameFaults(
  cloud: AnyCloud<unknown>,
  { principals, targets, exclusions, roles }: Lines,
  allowed: Guards['allowed'],
): readonly Fault[] {
  const asked: readonly (readonly [input: string, part: Part, lines: readonly Line[]])[] = [
    ['principal', 'principal', principals],
    ['target', 'target', [...targets, ...exclusions]],
    ['role', 'role', roles],
    ...parts.map((part) => [`allowed-${part}s`, part, allowed[part] ?? []] as const),
  ];
  return asked.flatMap(([input, part, lines]) =>
    lines
      .filter((line) => !cloud.isById(line))
      .map((line) => ({
        input,
        problem: notById(`${exclusions.includes(line) ? '!' : ''}${line.text}`),
        example: exclusions.includes(line) ? cloud.exampleExclusion : cloud.exampleById(part, line),
      })),
  );
}

/** The cloud's quotas are the most: a step with more would only be throttled. */
export function quotaFaults(cloud: AnyCloud<unknown>, common: CommonValues): readonly Fault[] {
  const { requestsPerSecond, inFlight } = cloud.quotas;
  return [
    ...quotaFault('max-requests-per-second', common['max-requests-per-second'], requestsPerSecond),
    ...quotaFault('max-in-flight', common['max-in-flight'], inFlight),
  ];
}

function quotaFault(input: string, value: number | null, quota: number): readonly Fault[] {
  if (value === null || value <= quota) return [];
  return [{ input, problem: aboveQuota(value, quota), example: String(quota) }];
}
