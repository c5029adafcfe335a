import { createHash } from 'node:crypto';
import type { Words } from '../grant.ts';
import { documentPlan, type PlanDocument, type Planning } from '../plan/document.ts';
import type { Step } from '../plan/plan.ts';
import type { PlanContext } from '../cloud.ts';
import type { Leftover } from './leftovers.ts';
import type { Selection } from './port.ts';
import type { Said } from './reading-files.ts';
import type { FileRequest } from './request.ts';
import { grantKey, propertiesOf, type Wanted } from './wanted.ts';

/**
 * The document of a plan of access files. Its settings cover what the files own and ignore, by IDs, and the properties of
 * their rows: a review of the changes alone would not show that they mean something else now.
 *
 * @param staying assignments inside `owns` that are not removed, although no row has them
 */
export function documentFiles(
  steps: readonly Step[],
  staying: readonly Pick<Leftover, 'existing'>[],
  { operation, prune, lifetime }: Pick<FileRequest, 'operation' | 'prune' | 'lifetime'>,
  said: Pick<Said, 'owns' | 'ignore' | 'live'>,
  context: PlanContext,
  planning: Pick<Planning, 'cloud' | 'planFor'>,
  words: Words,
): PlanDocument {
  const settings = {
    ...context.settings,
    ...digestOf('owns', canonical(said.owns)),
    ...digestOf('ignore', canonical(said.ignore)),
    ...digestOf('properties', propertiesIn([...said.live.values()], words)),
    ...(operation === 'reconcile' ? { prune } : {}),
  };
  const all = [...steps, ...kept(steps, staying, words)];
  return documentPlan(all, { operation, targets: [], lifetime }, { ...context, settings }, planning);
}

function canonical(selections: readonly Selection[]): readonly string[] {
  return [...new Set(selections.map((it) => it.canonical))].toSorted();
}

function propertiesIn(wanted: readonly Wanted[], words: Words): readonly string[] {
  return wanted
    .flatMap((it) => {
      const { condition, description } = propertiesOf(it);
      return condition === null && description === null
        ? []
        : [JSON.stringify([grantKey(it.grant, words), condition, description])];
    })
    .toSorted();
}

/** Nothing where there are no texts. */
function digestOf(name: string, texts: readonly string[]): Readonly<Record<string, string>> {
  if (texts.length === 0) return {};
  const hash = createHash('sha256').update(JSON.stringify(texts)).digest('hex');
  return { [name]: `sha256:${hash.slice(0, 16)}` };
}

/** A grant is in a document once, although it can exist as more than one assignment. */
function kept(steps: readonly Step[], staying: readonly Pick<Leftover, 'existing'>[], words: Words): readonly Step[] {
  const known = new Set(steps.flatMap(({ grant }) => (grant.kind === 'assignment' ? [grantKey(grant, words)] : [])));
  return staying.flatMap(({ existing: { grant, seen } }): readonly Step[] => {
    const key = grantKey(grant, words);
    if (known.has(key)) return [];
    known.add(key);
    return [{ action: 'keep', grant, seen }];
  });
}
