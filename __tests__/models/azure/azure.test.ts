import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Run } from '../explorer.ts';
import { mutatedSteps } from '../mutate.ts';
import { mutations } from './mutations.ts';
import type { Steps } from './rules.ts';
import { runAzureWorld } from './run.ts';
import { worlds } from './worlds.ts';

const most = 400_000;
const patience = 600_000;

/** What changes the steps changes these. */
const figures = JSON.parse(readFileSync(new URL('figures.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Pick<Run, 'states' | 'transitions' | 'depth' | 'exhausted' | 'fault'>>
>;

describe('the steps of a lease on Azure, in every order of events', () => {
  it.each(worlds.filter(({ isLong }) => !isLong))(
    'keep what they promise: $name',
    ({ name, options }) => {
      const { states, transitions, depth, exhausted, fault, trace } = runAzureWorld(name, options, most);
      expect(fault === null ? '' : [fault, ...trace].join('\n')).toBe('');
      expect(exhausted).toBe(true);
      expect({ states, transitions, depth, exhausted, fault }).toEqual(figures[name]);
    },
    patience,
  );
});

describe('the same steps without one of their rules', () => {
  it.each(mutations)(
    'break a promise: $rule',
    async ({ rule, edits, world, breaks }) => {
      const run = runAzureWorld(rule, world, most, await mutatedSteps<Steps>(edits, 'azure'));
      expect(run.fault).toEqual(expect.stringMatching(new RegExp(`^${breaks}`, 'u')));
    },
    patience,
  );
});
