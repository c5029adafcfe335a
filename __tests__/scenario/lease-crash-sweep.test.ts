import { expect, it } from '@jest/globals';
import { isWhole, killedAfter, patienceMs, someBlows, strikeEverywhere } from './lease-crash-runs.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { later, sweeps } from './lease-crash-aws.ts';
import { withHeir, type Story } from './lease-crash-stories.ts';
import { describeSignals } from './support.ts';

describeSignals('a sweep, struck at each of its requests', () => {
  it.each(Object.entries<Story>(sweeps))(
    '%s',
    async (title, story) => {
      expect(await strikeEverywhere(story, title === 'of an ended job' ? someBlows : killedAfter)).toEqual([]);
    },
    patienceMs,
  );
});

describeSignals('a sweep that is struck when somebody else takes a lease at once', () => {
  it.each(Object.entries<Story>(isWhole ? sweeps : { 'of an ended job': sweeps['of an ended job'] }))(
    '%s',
    async (_title, story) => {
      expect(await strikeEverywhere(withHeir(story), killedAfter)).toEqual([]);
    },
    patienceMs,
  );
});

describeSignals('a step about a lease that is there, struck at each of its requests', () => {
  it.each(Object.entries<Story>(later))(
    '%s',
    async (_title, story) => {
      expect(await strikeEverywhere(story, killedAfter)).toEqual([]);
    },
    patienceMs,
  );
});

expectStrikes('sweeps, and steps about leases that are there', 190);
