import { expect, it } from '@jest/globals';
import { azure } from './lease-azure.ts';
import { later, mains, posts, sweeps } from './lease-crash-azure.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { isWhole, killedAfter, patienceMs, someBlows, strikeEverywhere } from './lease-crash-runs.ts';
import { withHeir, withoutPost, type Story } from './lease-crash-stories.ts';
import { describeSignals } from './support.ts';

type Stories = Readonly<Record<string, Story>>;

/** Of the ordinary tests, where time counts: each signal and moment at every other request, and a kill at one in six. */
const sample = { most: { blows: someBlows, every: 2 }, rest: { blows: killedAfter, every: 6 } } as const;

/** @param thorough the story that is struck more than the others */
function strikeEach(title: string, stories: Stories, thorough = ''): void {
  describeSignals(`Azure: ${title}`, () => {
    it.each(Object.entries(stories))(
      '%s',
      async (name, story) => {
        const { blows, every } = name === thorough ? sample.most : sample.rest;
        expect(await strikeEverywhere(story, blows, every, azure)).toEqual([]);
      },
      patienceMs,
    );
  });
}

function each(stories: Stories, change: (story: Story) => Story): Stories {
  return Object.fromEntries(Object.entries(stories).map(([name, story]) => [name, change(story)]));
}

const [{ alone: main }, { alone: post }, { 'of an ended job': sweep }] = [mains, posts, sweeps];
const atOnce = 'that is struck when somebody else takes a lease at once';

strikeEach('a main step that takes a lease, struck at each of its requests', mains, 'alone');
strikeEach('a main step whose runner is lost', each(isWhole ? mains : { alone: main }, withoutPost));
strikeEach('a post step that gives back a lease, struck at each of its requests', posts, 'alone');
strikeEach('a sweep, struck at each of its requests', sweeps);
strikeEach('a step about a lease that is there, struck at each of its requests', later);
strikeEach(`a main step ${atOnce}`, each(isWhole ? mains : { alone: main }, withHeir));
strikeEach(`a post step ${atOnce}`, each(isWhole ? posts : { alone: post }, withHeir));
// Beside the heir, what does not count any more stays: it takes another sweep after that.
strikeEach(
  `a sweep ${atOnce}`,
  each(isWhole ? sweeps : { 'of an ended job': sweep }, (story) => ({ ...withHeir(story), gone: 'sweep' })),
);

expectStrikes('steps about leases on Azure', 65);
