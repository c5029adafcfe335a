import { describe, expect, test } from '@jest/globals';

import { inRealTime } from './aws/real-time.ts';
import { findings } from './check.ts';
import { play } from './play.ts';
import { tellStory } from './story.ts';

// Windows ends a process instead of sending a signal.
(process.platform === 'win32' ? describe.skip : describe)('histories of leases by the real clock', () => {
  test.concurrent.each(inRealTime)(
    '$name',
    async (history) => {
      const chronicle = await play(history);
      const found = findings(chronicle);
      expect(found.length === 0 ? '' : tellStory(chronicle, found)).toBe('');
      const mains = chronicle.runs.filter(
        ({ purpose, faultAt, trouble }) => purpose === 'main' && (trouble?.kind !== 'signal' || faultAt === null),
      );
      expect(mains.map(({ result }) => result.exitCode)).toEqual(mains.map(() => 0));
    },
    300_000,
  );
});
