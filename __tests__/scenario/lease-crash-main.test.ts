import { expect, it } from '@jest/globals';
import { isWhole, killedAfter, patienceMs, someBlows, strikeEverywhere } from './lease-crash-runs.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { mains, unrecorded } from './lease-crash-aws.ts';
import { withHeir, withoutPost, type Story } from './lease-crash-stories.ts';
import { describeSignals } from './support.ts';

const everyThird = 3;
const many = 'of four grants on two accounts';

describeSignals('a main step that takes a lease, struck at each of its requests', () => {
  it.each(Object.entries<Story>({ ...mains, 'without records': unrecorded }))(
    '%s',
    async (title, story) => {
      const blows = title === 'alone' ? someBlows : killedAfter;
      expect(await strikeEverywhere(story, blows, title === many ? everyThird : 1)).toEqual([]);
    },
    patienceMs,
  );
});

describeSignals('a main step whose runner is lost', () => {
  it.each(Object.entries<Story>(isWhole ? mains : { alone: mains.alone, [many]: mains[many] }))(
    '%s',
    async (title, story) => {
      const problems = await strikeEverywhere(withoutPost(story), killedAfter, title === many ? everyThird : 1);
      expect(problems).toEqual([]);
    },
    patienceMs,
  );
});

describeSignals('a main step that is struck when somebody else takes a lease at once', () => {
  it.each(Object.entries<Story>(isWhole ? mains : { alone: mains.alone }))(
    '%s',
    async (_title, story) => {
      expect(await strikeEverywhere(withHeir(story), killedAfter)).toEqual([]);
    },
    patienceMs,
  );
});

expectStrikes('main steps that take leases', 175);
