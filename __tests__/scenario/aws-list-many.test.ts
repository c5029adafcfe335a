import { describe, test } from '@jest/globals';

import { listMany } from '../aws/access/many.ts';

describe('500 accounts with 20 permission sets each', () => {
  test('need at most 1.1 times the fewest requests', () => listMany(500));
});
