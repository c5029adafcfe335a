import type { Budget } from '../clock.ts';
import type { Cloud, Resolution } from '../cloud.ts';
import { durationInWords } from '../durations.ts';
import { CloudError, hintOn, eachOf, Refusal, together } from '../errors.ts';
import { describeGrant, nameAndId, type Grant, type Identity, type Words } from '../grant.ts';
import { parts, type Part, type Request } from '../request.ts';
import { listed, several } from '../words.ts';

/** So many of what is not allowed are named in a sentence, and so many in the lines of evidence. */
const namedInSentence = 3;
const namedInDetails = 200;
/** So many violations are told in one text; a report has a line for each. */
const toldInFull = 5;

/**
 * Holds what a request came to against every ceiling, before any change (P10). Throws one `Refusal` with all that stands
 * against it; what could not be looked up counts as not allowed.
 */
export async function checkGuards(
  request: Request,
  resolution: Resolution,
  cloud: Cloud,
  budget: Budget,
): Promise<void> {
  const { grants } = resolution;
  const notAllowed = await Promise.all(parts.map((part) => checkAllowed(part, request, grants, cloud, budget)));
  const violations = [
    ...resolution.refusals,
    ...notAllowed.flat(),
    ...checkNumber(request, grants, cloud.words),
    ...checkLifetime(request, grants, cloud.words),
  ];
  if (violations.length > 0) throw asOne(violations);
}

async function checkAllowed(
  part: Part,
  { guards }: Request,
  grants: readonly Grant[],
  cloud: Cloud,
  budget: Budget,
): Promise<readonly Refusal[]> {
  const lines = guards.allowed[part];
  if (lines === null || grants.length === 0) return [];
  try {
    const uncovered = await cloud.uncovered(part, lines, grants, budget);
    return uncovered.length === 0 ? [] : [notCovered(part, uncovered, cloud.words)];
  } catch (error) {
    if (error instanceof Refusal) return eachOf(error).map((it) => inCeiling(part, it));
    if (!(error instanceof CloudError)) throw error;
    const message = `Whether allowed-${part}s covers the grants could not be looked up: ${error.message}`;
    return [new Refusal(message, hintOn(error))];
  }
}

/** What stands against a line of a ceiling is said of the ceiling: the same line of another input may be right. */
function inCeiling(part: Part, refusal: Refusal): Refusal {
  const { message, hint, details } = refusal;
  if (message.includes(`allowed-${part}s`)) return refusal;
  return new Refusal(`In allowed-${part}s: ${message}`, hint, details);
}

function notCovered(part: Part, uncovered: readonly Identity[], words: Words): Refusal {
  const named = uncovered.map((it) => nameAndId(it, words));
  return new Refusal(
    `allowed-${part}s does not cover ${several(uncovered.length, nounOf(part, words))}: ${listed(named, namedInSentence)}.`,
    `Look at what \`${part}\` says, and at what the names in it stand for now. Only if that is meant, add it to \`allowed-${part}s\`.`,
    [
      ...named.slice(0, namedInDetails).map((name) => `Not covered by allowed-${part}s: ${name}`),
      ...(named.length > namedInDetails ? [`and ${named.length - namedInDetails} more`] : []),
    ],
  );
}

/** More grants than one step was ever measured with; what is a mistake ends before it fills the memory. */
const mostGrants = 100_000;

/** Refuses a product that is too large before it is made. */
export function refuseTooMany(...counts: readonly number[]): void {
  const product = counts.reduce((one, other) => one * other, 1);
  if (product <= mostGrants) return;
  throw new Refusal(
    `The lines multiply to ${product} grants (${counts.join(' × ')}), and one step takes ${mostGrants} at most.`,
    'Narrow `target` and the others, or split it into several steps.',
  );
}

function checkNumber({ guards, operation }: Request, grants: readonly Grant[], words: Words): readonly Refusal[] {
  const { maxGrants } = guards;
  if (maxGrants === null || grants.length <= maxGrants) return [];
  const message = `This would ${operation} ${several(grants.length, 'grant')}${productOf(grants, words)}, and max-grants allows ${maxGrants}.`;
  return [new Refusal(message, 'Narrow `target` and the others. Only if all of them are meant, raise `max-grants`.')];
}

/** ` (2 principals × 2 roles × 300 targets)`, or how many there are of each where they do not multiply. */
function productOf(grants: readonly Grant[], words: Words): string {
  const counts = (['principal', 'role', 'target'] as const)
    // A role may have an id at each target: in a person's eyes it is one.
    .map((part) => ({ part, count: new Set(grants.map((grant) => words.brief(idOf(part, grant)))).size }))
    .filter(({ part }) => part !== 'principal' || grants.some(({ kind }) => kind === 'assignment'));
  const multiply = counts.reduce((product, { count }) => product * count, 1) === grants.length;
  const texts = counts.map(({ part, count }) => several(count, nounOf(part, words)));
  return multiply ? ` (${texts.join(' × ')})` : ` (among ${texts.join(', ')})`;
}

function idOf(part: Part, grant: Grant): string {
  switch (part) {
    case 'principal':
      return grant.kind === 'assignment' ? grant.principal.id : '';
    case 'target':
      return grant.target.id;
    case 'role':
      return grant.role.id;
  }
}

function checkLifetime(
  { guards, operation, lifetime }: Request,
  grants: readonly Grant[],
  words: Words,
): readonly Refusal[] {
  const { maxLifetimeMs } = guards;
  if (maxLifetimeMs === null || operation !== 'assign' || grants.length === 0) return [];
  const whom = listed(
    grants.map((grant) => describeGrant(grant, words)),
    namedInSentence,
  );
  const allowed = `max-lifetime allows ${durationInWords(maxLifetimeMs)}`;
  if (lifetime.kind === 'permanent') {
    const message = `${allowed}, and this would assign ${several(grants.length, 'permanent grant')}, and a permanent one exceeds every lifetime: ${whom}.`;
    return [
      new Refusal(message, 'Give a `lifetime`. Only if permanent grants are meant, leave `max-lifetime` at `none`.'),
    ];
  }
  if (lifetime.ms <= maxLifetimeMs) return [];
  const message = `${allowed}, and this would assign ${several(grants.length, 'grant')} for ${durationInWords(lifetime.ms)}: ${whom}.`;
  return [new Refusal(message, 'Give a shorter `lifetime`. Only if that long is meant, raise `max-lifetime`.')];
}

/** One is told as it is; of several it is said first how many they are, and one text does not have more than the first. */
function asOne(found: readonly Refusal[]): Refusal {
  const violations = found.flatMap(eachOf);
  if (violations.length === 1) return together(violations);
  const told = violations.slice(0, toldInFull).map(({ message }) => message);
  const more = violations.length - told.length;
  return new Refusal(
    [`${violations.length} faults:`, ...told, ...(more > 0 ? [`And ${more} more, in the log.`] : [])].join(' '),
    [...new Set(violations.map(({ hint }) => hint))].slice(0, toldInFull).join(' '),
    violations.flatMap(({ details }) => details),
    violations,
  );
}

function nounOf(part: Part, words: Words): string {
  return part === 'principal' ? part : words[part];
}
