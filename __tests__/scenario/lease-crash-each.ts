import { expect, it } from '@jest/globals';
import type { LeaseCloud } from './lease-cloud.ts';
import { patienceMs, strikeEverywhere, type Blows } from './lease-crash-runs.ts';
import type { Story } from './lease-crash-stories.ts';
import { describeSignals } from './support.ts';

export type Stories = Readonly<Record<string, Story>>;

/** By what a step is struck, and at every how many-th of its requests. */
interface Strikes {
  readonly blows: Blows;
  readonly every: number;
}

/** @param sample of the ordinary tests, where time counts: `most` is for the story that is struck more than the others */
export function striking(
  name: string,
  cloud: LeaseCloud,
  sample: Readonly<Record<'most' | 'rest', Strikes>>,
): (title: string, stories: Stories, thorough?: string) => void {
  return (title, stories, thorough = '') => {
    describeSignals(`${name}: ${title}`, () => {
      it.each(Object.entries(stories))(
        '%s',
        async (storyName, story) => {
          const { blows, every } = storyName === thorough ? sample.most : sample.rest;
          expect(await strikeEverywhere(story, blows, every, cloud)).toEqual([]);
        },
        patienceMs,
      );
    });
  };
}

export function each(stories: Stories, change: (story: Story) => Story): Stories {
  return Object.fromEntries(Object.entries(stories).map(([name, story]) => [name, change(story)]));
}
