import { expect, test } from '@jest/globals';

import { ended, running, unknown, unknownNotices } from '../../../src/access/leases/liveness.ts';

test('of jobs whose end is unknown a sweep reports each reason once, with the number of leases that end by time only', () => {
  expect(unknownNotices([running, ended])).toEqual([]);
  expect(unknownNotices([unknown('no answer'), running, unknown('not found'), unknown('no answer')])).toEqual([
    '2 leases end only at their end times, because it is unknown whether their jobs have ended: no answer.',
    '1 lease ends only at its end time, because it is unknown whether its job has ended: not found.',
  ]);
});
