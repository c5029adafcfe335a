import { expect, it } from '@jest/globals';
import {
  isWhole,
  killedAfter,
  killedOrCancelled,
  patienceMs,
  someBlows,
  strikeEverywhere,
} from './lease-crash-runs.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { posts } from './lease-crash-aws.ts';
import { withHeir, type Story } from './lease-crash-stories.ts';
import { describeSignals } from './support.ts';

const many = 'of four grants on two accounts';

describeSignals('a post step that gives back a lease, struck at each of its requests', () => {
  it.each(Object.entries<Story>(posts))(
    '%s',
    async (title, story) => {
      const rest = title === 'beside one that ends earlier' ? killedOrCancelled : killedAfter;
      const blows = title === 'alone' ? someBlows : rest;
      expect(await strikeEverywhere(story, blows, title === many ? 3 : 1)).toEqual([]);
    },
    patienceMs,
  );
});

describeSignals('a post step that is struck when somebody else takes a lease at once', () => {
  it.each(Object.entries<Story>(isWhole ? posts : { alone: posts.alone }))(
    '%s',
    async (_title, story) => {
      expect(await strikeEverywhere(withHeir(story), killedAfter)).toEqual([]);
    },
    patienceMs,
  );
});

expectStrikes('post steps', 120);
