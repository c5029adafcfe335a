import type { Answer } from '../../../src/azure/leases/steps/asks.ts';
import type { Entry } from '../../../src/azure/leases/steps/entries.ts';
import { unit, type Rules } from './rules.ts';
import type { Assignment, World, Write } from './world.ts';

/** A write reaches the cloud: what it makes of the world, and what it is answered. */
export function landed(rules: Rules, world: World, ask: Write): { readonly world: World; readonly answer: Answer } {
  const { assignment } = world;
  const put = (name: number, entries: readonly Entry[] | null): { readonly world: World; readonly answer: Answer } => ({
    world: replaced(world, { name, entries: entries === null ? null : entries.map(({ holder }) => holder).sort() }),
    answer: { is: 'done' },
  });
  switch (ask.do) {
    case 'create':
      return assignment === null ? put(freshName(world), ask.entries) : { world, answer: { is: 'taken' } };
    case 'write':
      // Without one of that name it makes one: only another one of the same tuple is in its way.
      if (assignment !== null && assignment.name !== Number(ask.name)) return { world, answer: { is: 'taken' } };
      return put(Number(ask.name), ask.entries);
    case 'delete':
      if (assignment?.name !== Number(ask.name)) return { world, answer: { is: 'deleted', entries: null } };
      return {
        world: replaced(world, null),
        answer: { is: 'deleted', entries: (assignment.entries ?? []).map((name) => entryOf(rules, name)) },
      };
  }
}

function replaced(world: World, assignment: Assignment | null): World {
  return { ...world, assignment, before: [...world.before, { value: world.assignment, age: 0 }] };
}

/** One that stands nowhere, as random names do. */
function freshName(world: World): number {
  const used = JSON.stringify(world).match(/"name":"?\d+/gu) ?? [];
  return Math.max(0, ...used.map((it) => Number(/\d+/u.exec(it)?.[0]))) + 1;
}

function entryOf({ options }: Rules, name: string): Entry {
  const end = options.cast.find((member) => member.name === name)?.end ?? 0;
  return { holder: name, end: end * unit, keepAfterJob: false };
}

/**
 * What a read may show: what is there, and what was there as long as reads may lag.
 *
 * @param ended whose jobs are seen to have ended
 */
export function readable(
  rules: Rules,
  world: World,
  expected: 'there' | 'gone' | null,
  ended: readonly string[],
): readonly Answer[] {
  const values = [world.assignment, ...world.before.map(({ value }) => value)];
  const wanted = values.filter((value) => expected === null || (value !== null) === (expected === 'there'));
  const shown = wanted.length > 0 ? wanted : values;
  const answers = shown.map((value): Answer => {
    if (value === null) return { is: 'none' };
    if (value.entries === null) return { is: 'plain' };
    const entries = value.entries.map((name) => entryOf(rules, name));
    const over = value.entries.filter((name) => ended.includes(name));
    return { is: 'lease', name: String(value.name), entries, ended: over, fits: true };
  });
  return [...new Map(answers.map((it) => [JSON.stringify(it), it])).values()];
}
