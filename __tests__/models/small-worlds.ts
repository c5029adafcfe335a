import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { figureOf, type Exploration, type Figure } from './exploration.ts';

const most = 400_000;
const patience = 600_000;

/** Explores what is small enough for that in this process. What changes the steps changes the figures. */
export function testSmallWorlds(what: string, exploration: Exploration): void {
  const figures = JSON.parse(readFileSync(exploration.figures, 'utf8')) as Readonly<Record<string, Figure>>;
  describe(`the steps of ${what}, in every order of events (P5)`, () => {
    it.each(exploration.worlds.filter(({ isLong }) => !isLong))(
      'keep what they promise: $name',
      ({ name }) => {
        const run = exploration.explore(name, most);
        expect(run.fault === null ? '' : [run.fault, ...run.trace].join('\n')).toBe('');
        expect(run.exhausted).toBe(true);
        expect(figureOf(run)).toEqual(figures[name]);
      },
      patience,
    );
  });
  describe('the same steps without one of their rules (P5)', () => {
    it.each(exploration.mutations)(
      'break a promise: $rule',
      async ({ rule, breaks }) => {
        const run = await exploration.exploreWithout(rule, most);
        expect(run.fault).toEqual(expect.stringMatching(new RegExp(`^${breaks}`, 'u')));
      },
      patience,
    );
  });
}
