import { expect, it } from '@jest/globals';
import type { LeaseCloud } from './lease-cloud.ts';
import { patienceMs, strikeEverywhere, type Strikes } from './lease-crash-runs.ts';
import type { Stories, Story } from './lease-crash-stories.ts';
import { describeSignals } from './support.ts';

type AnyStories = Stories<string>;

/**
 * Tests that strike steps of one cloud.
 *
 * @param usual by what, and where; `unusual` is for single stories, by their names
 */
export function striking(
  name: string,
  cloud: LeaseCloud,
  usual: Strikes,
): (title: string, stories: AnyStories, unusual?: Readonly<Record<string, Strikes>>) => void {
  return (title, stories, unusual = {}) => {
    describeSignals(`${name}: ${title}`, () => {
      it.each(Object.entries(stories).map(([storyName, story], nth) => [storyName, story, nth] as const))(
        '%s',
        async (storyName, story, nth) => {
          expect(await strikeEverywhere(cloud, story, unusual[storyName] ?? usual, nth)).toEqual([]);
        },
        patienceMs,
      );
    });
  };
}

export function each(stories: AnyStories, change: (story: Story) => Story): AnyStories {
  return Object.fromEntries(Object.entries(stories).map(([name, story]) => [name, change(story)]));
}
