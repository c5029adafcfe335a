import type { Budget } from '#access/clock';
import type { Refusal } from '#access/errors';
import type { Identity } from '#access/grant';
import type { Line, Request } from '#access/request';
import { distinctBy } from '#access/distinct';
import { exclusionInside, exclusionMatchesNothing, nothingLeft } from '../messages/targets.ts';
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
  resolve = (line: Line): Promise<Identity> => resolveTarget(places, line, subscriptionId, budget),
): Promise<Gathered<Identity>> {
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
  // Whether an exclusion matches anything is known only of the whole selection.
  if (refusals.length > 0 || excluded.found.length === 0) return { found: targets, refusals };
  const left = await exclude(places, targets, excluded.found, budget);
  // A grant above applies to excluded scopes as well; a revocation above ends only what was granted above.
  if (lines.operation !== 'assign' || left.refusals.length > 0) return left;
  return { found: left.found, refusals: await guaranteeGaps(places, left.found, excluded.found, budget) };
}

/** Merges equal scopes, in any letter case, by name and ID; the name is kept. */
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
  if (kept.size === 0) {
    const lines = exclusions.map(({ line }) => `!${line.text}`);
    refusals.push(nothingLeft(targets.length, lines));
  }
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

/** Refuses exclusions inside a remaining target: Azure cannot exclude a part of a scope. */
async function guaranteeGaps(
  places: Places,
  kept: readonly Identity[],
  exclusions: readonly Exclusion[],
  budget: Budget,
): Promise<readonly Refusal[]> {
  const all = await Promise.all(
    exclusions.map(async (exclusion) => {
      const above = await around(places, exclusion, kept, budget);
      return above === null ? null : exclusionInside(exclusion.line.text, above.id);
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

function matchesNothing(exclusion: Exclusion, targets: readonly Identity[]): Refusal {
  const { text } = exclusion.line;
  const above = targets.find(({ id }) => isWithin(id, exclusion.scope) === true);
  return above === undefined ? exclusionMatchesNothing(text) : exclusionInside(text, above.id);
}
