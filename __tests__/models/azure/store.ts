import { isFound, shows, type Answer, type Expected } from '../../../src/azure/leases/steps/asks.ts';
import type { Entry } from '../../../src/azure/leases/steps/entries.ts';
import { unit, type Rules } from './rules.ts';
import type { Assignment, World, Write } from './world.ts';

/** A write reaches the cloud: the new world, and the response. */
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
      // Without one of that name it makes one: only another one of the same tuple prevents it.
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

/** A name that exists nowhere, like random names. */
function freshName(world: World): number {
  const used = JSON.stringify(world).match(/"name":"?\d+/gu) ?? [];
  return Math.max(0, ...used.map((it) => Number(/\d+/u.exec(it)?.[0]))) + 1;
}

function entryOf({ options }: Rules, name: string): Entry {
  const end = options.cast.find((member) => member.name === name)?.end ?? 0;
  return { holder: name, end: end * unit, keepAfterJob: false };
}

/** A state that a read has shown is shown from then on, except during the assumed lag. */
export function shown({ options, constants }: Rules, world: World, answer: Answer): World {
  const isIt = (value: Assignment | null): boolean =>
    answer.is === 'none' ? value === null : isShownBy(answer, value);
  if (options.lag <= constants.readLag || !isIt(world.assignment)) return world;
  return {
    ...world,
    before: world.before.map((it) => ({ ...it, over: true as const })).filter(({ age }) => age <= constants.readLag),
  };
}

function isShownBy(answer: Answer, value: Assignment | null): boolean {
  if (value === null || (answer.is !== 'lease' && answer.is !== 'plain')) return false;
  if (answer.is === 'plain') return value.entries === null;
  const names = answer.entries.map(({ holder }) => holder);
  return answer.name === String(value.name) && String(names) === String(value.entries);
}

/** A read is sent now: time before its response makes results of it younger than they can be, never older. */
const asOf = 0;

/**
 * Results that a read can have: the present state, and earlier ones within the lag of reads.
 *
 * @param ended holders whose jobs are reported as ended
 */
export function readable(rules: Rules, world: World, expected: Expected, ended: readonly string[]): readonly Answer[] {
  const values = [world.assignment, ...world.before.map(({ value }) => value)];
  const all = values.map((value): Answer => {
    if (value === null) return { is: 'none', asOf };
    if (value.entries === null) return { is: 'plain', asOf };
    const entries = value.entries.map((name) => entryOf(rules, name));
    const over = value.entries.filter((name) => ended.includes(name));
    return { is: 'lease', name: String(value.name), entries, ended: over, fits: true, asOf };
  });
  const wanted = all.filter((answer) => isFound(answer) && shows(answer, expected));
  const answers = wanted.length > 0 ? wanted : all;
  return [...new Map(answers.map((it) => [JSON.stringify(it), it])).values()];
}
