import { describe, expect, test } from '@jest/globals';

import type { FileRequest } from '../../../src/access/files/request.ts';
import type { LeaseRequest, Line, Request } from '../../../src/access/request.ts';
import { announce } from '../../../src/action/report/announcement.ts';
import { useGitHub } from '../github/github.ts';

const github = useGitHub();

const lines = (...texts: readonly string[]): readonly Line[] => texts.map((text) => ({ text, kind: '', value: text }));
const many = (count: number): readonly Line[] => lines(...Array.from({ length: count }, (_, index) => `t-${index}`));

function said(over: Partial<Request>): readonly string[] {
  github.clear();
  const asked = { principals: lines('ann'), roles: lines('reader'), targets: lines('here'), exclusions: lines() };
  const request = { operation: 'assign', dryRun: false, ...asked, ...over } as Request;
  announce({ request, endpoints: [{ source: 'CLOUD_ENDPOINT', url: 'http://127.0.0.1:1' }] });
  return github.printed();
}

describe('announce', () => {
  test('names principal, role and target in a few lines, and the settings from outside', () => {
    const [asked, endpoint, ...others] = said({ exclusions: lines('there') });
    expect(asked).toBe('Requested: assign: principal ann, role reader, target here, target !there.');
    expect(endpoint).toContain('CLOUD_ENDPOINT');
    expect(others).toEqual([]);
  });

  test('of a dry run names it as one', () => {
    expect(said({ dryRun: true })[0]).toMatch(/^Requested: dry run of assign: principal ann,/u);
  });

  test('of a lease says how long, and why', () => {
    const lifetime = { kind: 'lease', ms: 7_200_000, keepAfterJob: true, onExisting: 'keep' } as const;
    const printed = said({ lifetime, reason: 'Incident 4711\u001b[31m' });
    expect(printed[0]).toMatch(/^Requested: assign for 2 h, kept after the job: principal ann,/u);
    expect(printed[1]).toBe('Reason: Incident 4711\\u{1b}[31m');
    expect(said({ lifetime, dryRun: true })[0]).toMatch(/dry run of assign for 2 h, kept after the job: /u);
  });

  test('of a lease that exists already says little', () => {
    const first = (request: LeaseRequest): string | undefined => {
      github.clear();
      announce({ request, endpoints: [] });
      return github.printed()[0];
    };
    const bounds = { timeoutMs: 1, maxInFlight: null, reason: null };
    const nothing = { principals: lines(), roles: lines(), targets: lines(), exclusions: lines() };
    const leaseId = 'lease-1';
    expect(first({ operation: 'release', leaseId, ...bounds })).toBe('Requested: release: the lease of lease-id.');
    expect(first({ operation: 'extend', leaseId, lifetimeMs: 5_400_000, allowPrivileged: false, ...bounds })).toBe(
      'Requested: extend for 1 h 30 min: the lease of lease-id.',
    );
    expect(first({ operation: 'list', ...nothing })).toBe('Requested: list: every lease.');
    expect(first({ operation: 'sweep', ...nothing, targets: lines('here'), dryRun: true, ...bounds })).toBe(
      'Requested: dry run of sweep: target here.',
    );
  });

  test('of access files names them, their rows, and the effect on access without a row', () => {
    const first = (over: object): string | undefined => {
      github.clear();
      announce({
        request: { operation: 'reconcile', dryRun: false, reason: null, ...over } as FileRequest,
        endpoints: [],
      });
      return github.printed()[0];
    };
    const files = [{ path: 'access/a.yml', grants: [1, 2] }];
    const bounds = { prune: 'revoke', maxRemovals: { count: 10, percent: 25 } };
    expect(first({ files, ...bounds })).toBe(
      'Requested: reconcile: access-file access/a.yml (2 rows), prune revoke, max-removals 10 25%.',
    );
    expect(first({ operation: 'assign', files, prune: 'report', maxRemovals: null })).toBe(
      'Requested: assign: access-file access/a.yml (2 rows).',
    );
    const nothing = { principals: lines(), roles: lines(), targets: lines(), exclusions: lines() };
    expect(first({ operation: 'inventory', files: [], prune: 'report', ...nothing })).toBe(
      'Requested: inventory: everything.',
    );
  });

  test('of many lines shows some, and how many more there are', () => {
    const printed = said({ targets: many(10), exclusions: lines('there') });
    expect(printed[0]).toBe('Requested: assign: 13 lines.');
    expect(printed).toContain('  target t-9');
    expect(printed).toContain('  target !there');
    const more = said({ targets: many(1_000) });
    expect(more.length).toBeLessThanOrEqual(20);
    expect(more).toContain('  and 987 more');
  });

  test('hostile lines stay text', () => {
    for (const line of said({ targets: lines('::error::x', 'a\n::error::y', ...many(6).map(({ text }) => text)) })) {
      expect(line).not.toMatch(/^\s*::/u);
    }
  });
});
