import { expect, it } from '@jest/globals';
import type { LeaseCloud } from './lease-cloud.ts';
import { patienceMs, strikeEverywhere } from './lease-crash-runs.ts';
import type { Stories, Story } from './lease-crash-stories.ts';
import { describeSignals } from './support.ts';

type AnyStories = Stories<string>;

/** Tests that strike steps of one cloud. */
export function striking(name: string, cloud: LeaseCloud): (title: string, stories: AnyStories) => void {
  return (title, stories) => {
    describeSignals(`${name}: ${title}`, () => {
      it.each(Object.entries(stories))(
        '%s',
        async (_, story) => {
          expect(await strikeEverywhere(cloud, story)).toEqual([]);
        },
        patienceMs,
      );
    });
  };
}

export function each(stories: AnyStories, change: (story: Story) => Story): AnyStories {
  return Object.fromEntries(Object.entries(stories).map(([name, story]) => [name, change(story)]));
}
