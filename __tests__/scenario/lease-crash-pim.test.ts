import { expect, it } from '@jest/globals';
import { expectStrikes } from './lease-crash-figures.ts';
import { later, mains, posts } from './lease-crash-pim.ts';
import { isWhole, killedAfter, patienceMs, someBlows, strikeEverywhere } from './lease-crash-runs.ts';
import { withHeir, withoutPost, type Story } from './lease-crash-stories.ts';
import { pim } from './lease-pim.ts';
import { describeSignals } from './support.ts';

type Stories = Readonly<Record<string, Story>>;

/** Of the ordinary tests, where time counts: each signal and moment at one request in five, and a kill at one in eleven. */
const sample = { most: { blows: someBlows, every: 5 }, rest: { blows: killedAfter, every: 11 } } as const;

/** @param thorough the story that is struck more than the others */
function strikeEach(title: string, stories: Stories, thorough = ''): void {
  describeSignals(`Privileged Identity Management: ${title}`, () => {
    it.each(Object.entries(stories))(
      '%s',
      async (name, story) => {
        const { blows, every } = name === thorough ? sample.most : sample.rest;
        expect(await strikeEverywhere(story, blows, every, pim)).toEqual([]);
      },
      patienceMs,
    );
  });
}

function each(stories: Stories, change: (story: Story) => Story): Stories {
  return Object.fromEntries(Object.entries(stories).map(([name, story]) => [name, change(story)]));
}

/** Whoever comes last relies on it too. */
function besideHeir(story: Story): Story {
  return { ...withHeir(story), gone: story.gone === 'never' ? 'never' : 'clock' };
}

const [{ alone: main }, { alone: post }] = [mains, posts];
const atOnce = 'that is struck when somebody else takes a lease at once';

strikeEach('a main step that takes a lease, struck at each of its requests', mains, 'alone');
strikeEach('a main step whose runner is lost', each(isWhole ? mains : { alone: main }, withoutPost));
strikeEach('a post step that gives back a lease, struck at each of its requests', posts, 'alone');
strikeEach('a step about a lease that is there, struck at each of its requests', later);
strikeEach(`a main step ${atOnce}`, each(isWhole ? mains : { alone: main }, besideHeir));
strikeEach(`a post step ${atOnce}`, each(isWhole ? posts : { alone: post }, besideHeir));

expectStrikes('steps about leases through Privileged Identity Management', 60);
