import type { Budget } from '#access/clock';
import { Refusal } from '#access/errors';
import type { Identity } from '#access/grant';
import type { Line, Request } from '#access/request';
import { distinctBy } from '#access/distinct';
import { gather, type Gathered } from './gather.ts';
import { isWithin, holds, type Places } from './places.ts';
import { distinctLines } from './lines.ts';
import { resolveTarget } from './targets.ts';

interface Exclusion {
  readonly line: Line;
  readonly scope: string;
}

/** The scopes that the lines of `target` select, each once, without those that are excluded. */
export async function selectTargets(
  places: Places,
  lines: Pick<Request, 'targets' | 'exclusions' | 'operation'>,
  subscriptionId: string | null,
  budget: Budget,
): Promise<Gathered<Identity>> {
  const resolve = (line: Line): Promise<Identity> => resolveTarget(places, line, subscriptionId, budget);
  const [selected, excluded] = await Promise.all([
    gather(distinctLines(lines.targets).map(resolve)),
    gather(
      distinctLines(lines.exclusions).map(async (line): Promise<Exclusion> => ({
        line,
        scope: (await resolve(line)).id,
      })),
    ),
  ]);
  const refusals = [...selected.refusals, ...excluded.refusals];
  const targets = collapse(selected.found);
  // What an exclusion matches can only be said of the whole selection.
  if (refusals.length > 0 || excluded.found.length === 0) return { found: targets, refusals };
  const left = await exclude(places, targets, excluded.found, budget);
  // What is granted above holds there as well; what is taken away above is only what was granted above.
  if (lines.operation !== 'assign' || left.refusals.length > 0) return left;
  return { found: left.found, refusals: await guaranteeGaps(places, left.found, excluded.found, budget) };
}

/** A scope is the same in any letter case, and by name and id: one of them stays, with the name. */
function collapse(targets: readonly Identity[]): readonly Identity[] {
  const names = new Map(targets.flatMap(({ id, name }) => (name === null ? [] : [[id.toLowerCase(), name]])));
  return distinctBy(targets, ({ id }) => id.toLowerCase()).map(({ id, name }) => ({
    id,
    name: name ?? names.get(id.toLowerCase()) ?? null,
  }));
}

async function exclude(
  places: Places,
  targets: readonly Identity[],
  exclusions: readonly Exclusion[],
  budget: Budget,
): Promise<Gathered<Identity>> {
  const kept = new Set(targets);
  const refusals: Refusal[] = [];
  for (const exclusion of exclusions) {
    const gone = await matched(places, exclusion, targets, budget);
    if (gone.length === 0) refusals.push(matchesNothing(exclusion, targets));
    for (const target of gone) kept.delete(target);
  }
  if (kept.size === 0) refusals.push(nothingLeft(targets, exclusions));
  return { found: [...kept], refusals };
}

async function matched(
  places: Places,
  { scope }: Exclusion,
  targets: readonly Identity[],
  budget: Budget,
): Promise<readonly Identity[]> {
  const verdicts = await Promise.all(targets.map(({ id }) => holds(places, scope, id, budget)));
  return targets.filter((_, index) => verdicts[index]);
}

/** Exclusions that lie inside a target that stays: they would promise what Azure cannot keep. */
async function guaranteeGaps(
  places: Places,
  kept: readonly Identity[],
  exclusions: readonly Exclusion[],
  budget: Budget,
): Promise<readonly Refusal[]> {
  const all = await Promise.all(
    exclusions.map(async (exclusion) => {
      const above = await around(places, exclusion, kept, budget);
      return above === null ? null : liesInside(exclusion, above);
    }),
  );
  return all.filter((it) => it !== null);
}

async function around(
  places: Places,
  { scope }: Exclusion,
  targets: readonly Identity[],
  budget: Budget,
): Promise<Identity | null> {
  const verdicts = await Promise.all(targets.map(({ id }) => holds(places, id, scope, budget)));
  return targets.find((_, index) => verdicts[index]) ?? null;
}

function liesInside({ line }: Exclusion, above: Identity): Refusal {
  return new Refusal(
    `The exclusion !${line.text} lies inside the target ${above.id}: a role that is assigned there holds for all of it, and Azure leaves no part out.`,
    'Take the line out, or select the scopes below one by one.',
  );
}

function matchesNothing(exclusion: Exclusion, targets: readonly Identity[]): Refusal {
  const above = targets.find(({ id }) => isWithin(id, exclusion.scope) === true);
  if (above !== undefined) return liesInside(exclusion, above);
  return new Refusal(
    `The exclusion !${exclusion.line.text} matches none of the targets.`,
    'Correct the line of target, or take it out: an exclusion takes whole targets away, and never a part of one.',
  );
}

function nothingLeft(targets: readonly Identity[], exclusions: readonly Exclusion[]): Refusal {
  const lines = exclusions.map(({ line }) => `!${line.text}`).join(', ');
  return new Refusal(
    `Nothing is left of the selection: ${targets.length === 1 ? 'the one target is' : `all ${targets.length} targets are`} excluded by ${lines}.`,
    'Correct target: an exclusion covers its scope and everything below it.',
  );
}
