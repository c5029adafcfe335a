import * as messages from '../messages/plans.ts';
import type { Budget } from '../clock.ts';
import type { Cloud, Resolution } from '../cloud.ts';
import { durationInWords } from '../durations.ts';
import { CloudError, hintOn, eachOf, Refusal, together } from '../errors.ts';
import { describeGrant, nameAndId, type Grant, type Identity, type Words } from '../grant.ts';
import { parts, type Approver, type Part, type Request } from '../request.ts';
import { several } from '../words.ts';

/** What the guards look at. */
type Guarded = Pick<Request, 'guards' | 'operation' | 'lifetime'>;

/** Maximum number of identities in the lines of evidence. */
const namedInDetails = 200;
/** Maximum number of violations in one text; a report has a line for each. */
const toldInFull = 5;

/**
 * Checks the grants of a request against every guard, before any change (P10). Throws one `Refusal` with all violations;
 * an identity that could not be looked up counts as not allowed.
 *
 * @param resolution.removals grants that no line names: only their roles and targets have to be allowed
 */
export async function checkGuards(
  request: Guarded,
  {
    grants,
    refusals,
    removals = [],
  }: Pick<Resolution, 'grants' | 'refusals'> & { readonly removals?: readonly Grant[] },
  cloud: Cloud,
  budget: Budget,
): Promise<void> {
  const reached = [...grants, ...removals];
  const notAllowed = await Promise.all(
    parts.map((part) => checkAllowed(part, request, part === 'principal' ? grants : reached, cloud, budget)),
  );
  const violations = [
    ...refusals,
    ...notAllowed.flat(),
    ...(await checkApprovers(request.guards.approvers, grants, cloud, budget)),
    ...checkNumber(request, grants, cloud.words),
    ...checkLifetime(request, grants, cloud.words),
  ];
  if (violations.length > 0) throw asOne(violations);
}

async function checkAllowed(
  part: Part,
  { guards }: Guarded,
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
    return [new Refusal(messages.coverageUnknown(part, error.message), hintOn(error))];
  }
}

/**
 * Refuses a grant to a person who approved it, whichever name or ID its line has. Groups are not looked into. A person whose
 * principal cannot be looked up cannot be compared, so that is a refusal too.
 */
export async function checkApprovers(
  approvers: readonly Approver[] = [],
  grants: readonly Grant[],
  cloud: Pick<Cloud, 'principals'>,
  budget: Budget,
): Promise<readonly Refusal[]> {
  const ids = new Set(grants.flatMap((it) => (it.kind === 'assignment' ? [it.principal.id.toLowerCase()] : [])));
  if (ids.size === 0) return [];
  return (await Promise.all(approvers.map((it) => gainsOf(it)))).flat();

  async function gainsOf({ login, line }: Approver): Promise<readonly Refusal[]> {
    try {
      const own = await cloud.principals([line], budget);
      return own
        .filter(({ id }) => ids.has(id.toLowerCase()))
        .map((it) => messages.approverGains(login, nameAndId(it)));
    } catch (error) {
      if (error instanceof Refusal)
        return eachOf(error).map((it) => messages.approverUnknown(login, it.message, it.hint));
      if (!(error instanceof CloudError)) throw error;
      return [messages.approverUnknown(login, error.message, hintOn(error))];
    }
  }
}

/** A fault in a line of a guard names the guard: the same line of another input may be correct. */
function inCeiling(part: Part, refusal: Refusal): Refusal {
  const { message, hint, details } = refusal;
  if (message.includes(`allowed-${part}s`)) return refusal;
  return new Refusal(messages.inCeiling(part, message), hint, details);
}

function notCovered(part: Part, uncovered: readonly Identity[], words: Words): Refusal {
  const named = uncovered.map((it) => nameAndId(it, words));
  return messages.notCovered(part, nounOf(part, words), named, [
    ...named.slice(0, namedInDetails).map((name) => messages.uncovered(part, name)),
    ...(named.length > namedInDetails ? [messages.andMore(named.length - namedInDetails)] : []),
  ]);
}

/** Maximum number of grants of one step: more than was ever measured. A mistake ends before it fills the memory. */
const mostGrants = 100_000;

/** Refuses a product that is too large before it is made. */
export function refuseTooMany(...counts: readonly number[]): void {
  const product = counts.reduce((one, other) => one * other, 1);
  if (product > mostGrants) throw messages.tooManyGrants(product, counts, mostGrants);
}

function checkNumber({ guards, operation }: Guarded, grants: readonly Grant[], words: Words): readonly Refusal[] {
  const { maxGrants } = guards;
  if (maxGrants === null || grants.length <= maxGrants) return [];
  return [messages.aboveMaxGrants(operation, grants.length, productOf(grants, words), maxGrants)];
}

/** ` (2 principals × 2 roles × 300 targets)`, or the numbers of each where they do not multiply. */
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
  { guards, operation, lifetime }: Guarded,
  grants: readonly Grant[],
  words: Words,
): readonly Refusal[] {
  const { maxLifetimeMs } = guards;
  if (maxLifetimeMs === null || operation !== 'assign' || grants.length === 0) return [];
  const longest = durationInWords(maxLifetimeMs);
  const whom = grants.map((grant) => describeGrant(grant, words));
  if (lifetime.kind === 'permanent') return [messages.permanentAboveMax(longest, whom)];
  if (lifetime.ms <= maxLifetimeMs) return [];
  return [messages.lifetimeAboveMax(longest, durationInWords(lifetime.ms), whom)];
}

/** One violation as it is; several as one text, which begins with their number and has only the first of them. */
export function asOne(found: readonly Refusal[]): Refusal {
  const violations = found.flatMap(eachOf);
  if (violations.length === 1) return together(violations);
  const told = violations.slice(0, toldInFull).map(({ message }) => message);
  const more = violations.length - told.length;
  return new Refusal(
    [`${violations.length} faults:`, ...told, ...(more > 0 ? [messages.moreInLog(more)] : [])].join(' '),
    [...new Set(violations.map(({ hint }) => hint))].slice(0, toldInFull).join(' '),
    violations.flatMap(({ details }) => details),
    violations,
  );
}

function nounOf(part: Part, words: Words): string {
  return part === 'principal' ? part : words[part];
}
