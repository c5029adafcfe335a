import { describe, expect, test } from '@jest/globals';

import { drive, type Driving } from '../../../../src/access/leases/protocol/drive.ts';
import { createProtocol } from '../../../../src/access/leases/protocol/protocol.ts';

/** Counts the answers that it was given, and ends with the third. */
const counting = createProtocol<number, 'more', 'yes', 'counted' | 'broken'>({
  count: {
    ask: () => 'more',
    then: (memory) => (memory === 2 ? { end: 'counted', memory: 3 } : { to: 'count', memory: memory + 1 }),
  },
});

type Counting = Driving<number, 'more', 'yes', 'counted' | 'broken'>;

function counted(over: Partial<Counting>): ReturnType<typeof drive<number, 'more', 'yes', 'counted' | 'broken'>> {
  const driving: Counting = { perform: () => Promise.resolve('yes'), now: () => ({ mono: 0, date: 0 }), ...over };
  return drive(counting, { to: 'count', memory: 0 }, driving);
}

describe('drive', () => {
  test('goes from request to request until the protocol has ended', async () => {
    expect(await counted({})).toMatchObject({ outcome: 'counted', memory: 3 });
  });

  test('ends where its plan ends, with what is known then, and requests nothing more', async () => {
    let asked = 0;
    const perform = (): Promise<'yes'> => {
      asked += 1;
      return Promise.resolve('yes');
    };
    const redirect: Counting['redirect'] = ({ memory }) => (memory === 1 ? { end: 'broken', memory } : null);
    expect(await counted({ perform, redirect })).toMatchObject({ outcome: 'broken', memory: 1 });
    expect(asked).toBe(1);
  });

  test('continues in the other protocol that a step names', async () => {
    const redirect: Counting['redirect'] = ({ memory }) => (memory === 1 ? { to: 'count', memory: 2 } : null);
    expect(await counted({ redirect })).toMatchObject({ outcome: 'counted', memory: 3 });
  });

  test('does not report an interrupted request to the protocol', async () => {
    const redirect: Counting['redirect'] = ({ memory }) => ({ end: 'broken', memory });
    expect(await counted({ perform: () => Promise.resolve(null), redirect })).toMatchObject({
      outcome: 'broken',
      memory: 0,
    });
  });
});
