import { describe, expect, it } from '@jest/globals';
import type { Assignment } from '../../../../../src/access/grant.ts';
import {
  readJustification,
  writeJustification,
  type PimRecord,
} from '../../../../../src/azure/leases/pim/service/record.ts';

const now = Date.parse('2026-11-21T20:00:30Z');
const grant: Assignment = {
  kind: 'assignment',
  principal: { id: '96000000-0000-4000-8000-000000000001', type: 'Group', name: null },
  role: {
    id: '/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    name: null,
  },
  target: { id: '/subscriptions/s/resourceGroups/payments-prod', name: null },
};
const origin = {
  repository: 'octo-org/infra',
  repositoryId: '74901',
  runId: '16011000001',
  attempt: '1',
  checkRunId: '45180000001',
  job: 'access',
  step: 'access',
  actor: 'octocat',
};
const record: PimRecord = {
  holder: '1lsl.7csjao1.1.kr70741.tqm52ton',
  end: Date.parse('2026-11-21T21:00:00Z'),
  keepAfterJob: false,
  replaces: null,
};

describe('the justification of a request', () => {
  it.each([
    record,
    { ...record, keepAfterJob: true },
    { ...record, replaces: '1lsl.7csjao1.1.kr70741.aaaaaaaa' },
    { ...record, keepAfterJob: true, replaces: '1lsl.7csjao1.1.kr70741.aaaaaaaa' },
  ])('names its holder, and is read back', (it) => {
    for (const reason of [null, 'INC-1', 'with [cloud-access lease in it'])
      expect(readJustification(writeJustification(grant, it, origin, reason), grant, now)).toEqual(it);
  });

  it('is the same for the same IDs in any letter case', () => {
    const text = writeJustification(grant, record, origin, null);
    const same = { ...grant, target: { ...grant.target, id: grant.target.id.toUpperCase() } };
    expect(readJustification(text, same, now)).toEqual(record);
  });

  it.each([
    ['copied to another grant', (text: string) => text, { ...grant, target: { id: '/subscriptions/t', name: null } }],
    ['cut off', (text: string) => text.slice(0, -1), grant],
    ['doubled', (text: string) => `${text} ${text}`, grant],
    ['a text by a person', () => 'because I want it', grant],
  ])('proves nothing where it is %s', (_, change, of) => {
    expect(readJustification(change(writeJustification(grant, record, origin, null)), of, now)).toBe(null);
  });

  it('proves nothing with an end that a lease cannot have', () => {
    const text = writeJustification(grant, { ...record, end: now + 31 * 86_400_000 }, origin, null);
    expect(readJustification(text, grant, now)).toBe(null);
  });
});
