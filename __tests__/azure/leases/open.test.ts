import { expect, test } from '@jest/globals';
import { textOf } from '../../../src/azure/leases/records/human-text.ts';
import { recordMark } from '../../../src/azure/leases/records/record-entry.ts';

test.each([
  [null, null, ''],
  ['Incident 4711', null, 'Incident 4711'],
  [null, 'on call', 'on call'],
  ['Incident 4711', 'on call', 'Incident 4711 on call'],
  ['Incident 4711', '😀'.repeat(200), `Incident 4711 ${'😀'.repeat(120)}`],
  [null, `${recordMark} v1`, '(cloud-access lease v1'],
  ['see [cloud-access', 'lease of today', 'see (cloud-access lease of today'],
])('description %j and reason %j are %j, and never look like a record', (description, reason, expected) => {
  expect(textOf(description, reason)).toBe(expected);
});
