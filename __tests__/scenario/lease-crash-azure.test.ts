import { expect, it } from '@jest/globals';
import { azure } from './lease-azure.ts';
import { later, mains, posts, sweeps } from './lease-crash-azure.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { isWhole, killedAfter, patienceMs, someBlows, strikeEverywhere, type Blows } from './lease-crash-runs.ts';
import { withHeir, withoutPost, type Story } from './lease-crash-stories.ts';
import { describeSignals } from './support.ts';

type Stories = Readonly<Record<string, Story>>;

function strikeEach(title: string, stories: Stories, blowsOf: (name: string) => Blows = () => killedAfter): void {
  describeSignals(`Azure: ${title}`, () => {
    it.each(Object.entries(stories))(
      '%s',
      async (name, story) => {
        const every = name === 'of four grants on two accounts' ? 3 : 1;
        expect(await strikeEverywhere(story, blowsOf(name), every, azure)).toEqual([]);
      },
      patienceMs,
    );
  });
}

const some = (names: readonly string[]) => (name: string) => (names.includes(name) ? someBlows : killedAfter);
const only = (stories: Stories, name: string): Stories =>
  isWhole ? stories : Object.fromEntries(Object.entries(stories).filter(([it]) => it === name));

strikeEach('a main step that takes a lease, struck at each of its requests', mains, some(['alone']));
strikeEach(
  'a main step whose runner is lost',
  Object.fromEntries(Object.entries<Story>(only(mains, 'alone')).map(([name, story]) => [name, withoutPost(story)])),
);
strikeEach('a post step that gives back a lease, struck at each of its requests', posts, some(['alone']));
strikeEach('a sweep, struck at each of its requests', sweeps, some(['of an ended job']));
strikeEach('a step about a lease that is there, struck at each of its requests', later);
for (const [title, stories, name] of [
  ['a main step', mains, 'alone'],
  ['a post step', posts, 'alone'],
  ['a sweep', sweeps, 'of an ended job'],
] as const)
  strikeEach(
    `${title} that is struck when somebody else takes a lease at once`,
    Object.fromEntries(Object.entries<Story>(only(stories, name)).map(([it, story]) => [it, withHeir(story)])),
  );

expectStrikes('steps about leases on Azure', 100);
