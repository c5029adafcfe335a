import { describe, expect, it } from '@jest/globals';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';
import { azureByIds } from './azure-support.ts';
import { aws, azure, type TestCloud } from './clouds.ts';
import { expectBounded, expectClearlyRed, ownProcesses } from './hostile-ends.ts';
import { leased } from './lease-support.ts';
import { someOf } from './matrix.ts';
import { byIds, errors, inWorld } from './support.ts';

/** A list of a cloud: its operation, the member with its items, and a step that needs all of it. */
interface List {
  readonly cloud: TestCloud;
  readonly operation: string;
  readonly items: string;
  readonly inputs: Step['inputs'];
}

const lists: Readonly<Record<string, List>> = {
  'AWS: instances': { cloud: aws, operation: 'ListInstances', items: 'Instances', inputs: aws.byNames },
  'AWS: accounts': { cloud: aws, operation: 'ListAccounts', items: 'Accounts', inputs: aws.byNames },
  'AWS: assignments': { cloud: aws, operation: 'ListAccountAssignments', items: 'AccountAssignments', inputs: byIds },
  'AWS: schedules': { cloud: aws, operation: 'ListSchedules', items: 'Schedules', inputs: leased },
  'Azure: role assignments': { cloud: azure, operation: 'roleAssignments.list', items: 'value', inputs: azure.byIds },
  'Azure: role definitions': { cloud: azure, operation: 'roleDefinitions.list', items: 'value', inputs: azure.byNames },
  'Azure: groups': { cloud: azure, operation: 'groups.list', items: 'value', inputs: azure.byNames },
  'Azure: subscriptions': {
    cloud: azure,
    operation: 'subscriptions.list',
    items: 'value',
    inputs: { ...azureByIds, target: 'subscription:payments-prod' },
  },
};

/** The items are kept until the end is known: 100,000 long items at most. */
const mostMB = 450;

/** A way for a list to continue forever. */
interface Endlessness {
  readonly token: (page: number) => number;
  readonly length: number;
}

const full = 'has ever new full pages';

const ways: Readonly<Record<string, Endlessness>> = {
  'leads back to the same page': { token: () => 1, length: 1 },
  'has ever new empty pages': { token: (page) => page, length: 0 },
  [full]: { token: (page) => page, length: 1_000 },
};

describe('a list without an end (P9)', () => {
  const all = Object.entries(lists).flatMap(([name, list], row) =>
    someOf(row, Object.entries(ways)).map(([way, it]) => [name, way, list, it] as const),
  );
  // Full pages are long: of some lists they show the effect on time and memory.
  const shown = all.filter(
    ([name, way]) => way !== full || ['AWS: accounts', 'Azure: role definitions', 'Azure: groups'].includes(name),
  );

  it.each(shown)('%s, which %s: red, and reported, soon, in limited memory', (_name, _way, list, way) =>
    inWorld({ ...list.cloud.world, ...ownProcesses }, async (world) => {
      world.script.weather(endless(list, way));
      const result = await list.cloud.step(world, { ...list.inputs, timeout: '1m' });
      expectClearlyRed(result);
      expect(errors(result)).toContain('does not end: it names a page again, or is longer than any list.');
      expectBounded(result, 60_000, mostMB);
      expect(list.cloud.changes(world)).toBe(0);
    }),
  );
});

/** The first page unchanged, except for its next link; then pages that are made from it. */
function endless(
  { operation, items }: List,
  { token, length }: Endlessness,
): (entry: JournalEntry) => Effect | undefined {
  let pages = 0;
  let first: Readonly<Record<string, unknown>> = {};
  return (entry) => {
    if (entry.operation !== operation) return undefined;
    pages += 1;
    const next = nextOf(entry, token(pages));
    const alter = (text: string): string => {
      first = JSON.parse(text) as typeof first;
      return JSON.stringify({ ...first, ...next });
    };
    if (pages === 1) return { kind: 'altered', alter };
    const found = first[items] as readonly unknown[];
    const filled = Array.from({ length: found.length === 0 ? 0 : length }, (_, index) => found[index % found.length]);
    const body = JSON.stringify({ ...first, [items]: filled, ...next });
    return { kind: 'http', status: 200, body, contentType: 'application/json' };
  };
}

/** Next links in the form of each service. */
function nextOf({ service, host, url = '/' }: JournalEntry, token: number): Readonly<Record<string, string>> {
  if (service !== 'arm' && service !== 'graph') return { NextToken: `bmV4dA${token}` };
  const link = new URL(url, `https://${host}`);
  link.searchParams.set('$skiptoken', String(token));
  return { [service === 'arm' ? 'nextLink' : '@odata.nextLink']: link.href };
}
