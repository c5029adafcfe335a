import { describe, expect, test } from '@jest/globals';

import type { Grant } from '../../../src/access/grant.ts';
import type { LeaseReport, Result } from '../../../src/access/outcome.ts';
import type { OperationName } from '../../../src/access/request.ts';
import type { Approval } from '../../../src/action/approval/approval.ts';
import { messageOf } from '../../../src/action/report/message.ts';
import { failureMessage } from '../../../src/action/report/sentence.ts';
import {
  assignment,
  failed,
  inProgress,
  lease,
  provisioning,
  resultOf,
  succeeded,
  unchanged,
  unknown,
  words,
} from './results.ts';

const who = { ...assignment.principal, name: 'alice@example.com' };
const role = { id: 'ps-1', name: 'IncidentAdmin' };
const grant: Grant = { ...assignment, principal: who, role, target: { id: '123456789012', name: 'payments-prod' } };
const elsewhere: Grant = { ...grant, target: { id: '777788889999', name: 'payments-test' } };
const approvalBy = (login: string): Approval => ({
  kind: 'environment',
  requester: { login: 'alice', id: '7', isUser: true },
  approver: { login, id: '583231', isUser: true },
  comment: '',
  approvedAt: null,
  seenAt: 0,
  url: 'https://github.com/octo-org/infra/actions/runs/1',
});
const bare = { operation: 'assign', words, dryRun: false, reason: null, approvals: [], lack: null } as const;
const why = { reason: 'INC-4711', approvals: [approvalBy('octocat')] };
const kept: LeaseReport = { ...lease, keepAfterJob: true };
const of = (over: Partial<Result>, outcome: Result['outcome'] = succeeded): Result =>
  resultOf(outcome, { grant, ...over });
const say = (results: readonly Result[], over: Partial<Parameters<typeof messageOf>[1]> = {}): string =>
  messageOf(results, { ...bare, ...over });

describe('the message of one grant', () => {
  test('names principal, role, target, end, reason and approver (P1)', () => {
    expect(say([of({ lease: kept })], why)).toBe(
      'alice@example.com has IncidentAdmin on payments-prod until 07:06 UTC, INC-4711, approved by octocat',
    );
    const approvals = ['octocat', 'octocat', 'hubot', 'monalisa'].map(approvalBy);
    expect(say([of({})], { approvals })).toMatch(/ permanently, approved by octocat and 2 more$/u);
  });

  test.each<[string, Partial<LeaseReport>]>([
    [' until 07:06 UTC', { keepAfterJob: true }],
    [' until 2026-03-05 07:06 UTC', { keepAfterJob: true, expiresAt: Date.parse('2026-03-05T07:06:00Z') }],
    [' until the job ends, 07:06 UTC at the latest', {}],
    [' until the job ends', { guarantee: 'post-step', endsAtLatest: null }],
    [' until the first sweep after 07:06 UTC', { guarantee: 'sweep', endsAtLatest: null, keepAfterJob: true }],
    [' until the job ends, or else the first sweep after 07:06 UTC', { guarantee: 'sweep', endsAtLatest: null }],
    [' until 07:06 UTC', { did: 'neither', id: null }],
    ['', { did: 'neither', guarantee: null, expiresAt: null, endsAtLatest: null }],
  ])('describes an end: "%s" (P1)', (end, over) => {
    expect(say([of({ lease: { ...lease, ...over } })])).toBe(
      `alice@example.com has IncidentAdmin on payments-prod${end}`,
    );
  });

  const named = 'alice@example.com with IncidentAdmin on payments-prod';
  test.each<[string, Result, OperationName]>([
    [`The assignment of ${named} was updated`, of({ action: 'update' }), 'assign'],
    [`The access of ${named} was revoked`, of({ action: 'remove' }), 'revoke'],
    [`The access of ${named} has ended`, of({ action: 'remove' }), 'release'],
    [`Sweep: The access of ${named} has ended`, of({ action: 'remove' }), 'sweep'],
    [
      `The lease of ${named} was released, the access continues until 09:00 UTC`,
      of({ action: 'keep', lease: { ...lease, did: 'left', endsAtLatest: Date.parse('2026-03-04T09:00:00Z') } }),
      'release',
    ],
    [`No change was necessary: ${named}`, of({ action: 'keep' }, unchanged), 'assign'],
    [
      'payments-prod has the latest version of IncidentAdmin',
      of({ action: 'provision', grant: { ...provisioning, role, target: grant.target } }),
      'provision',
    ],
    [`Failed: ${named}: the USER assignee was not found`, of({}, failed), 'assign'],
    [`Still in progress: ${named}: the time limit passed`, of({}, inProgress), 'assign'],
    [`Still in progress: ${named}: socket hang up`, of({}, unknown), 'assign'],
    [
      `Waiting for approval: ${named}: a person decides`,
      of({}, { status: 'PENDING_APPROVAL', changed: true, requestId: 'r', reason: 'a person decides', hint: 'Wait.' }),
      'assign',
    ],
  ])('is "%s" (P1)', (message, result, operation) => {
    expect(say([result], { operation })).toBe(message);
  });

  test('of a dry run names the planned changes, and calls it a dry run (P1)', () => {
    expect(say([of({ lease })], { dryRun: true })).toBe(`Dry run: ${named} would be leased`);
    expect(say([of({ action: 'keep' }, unchanged)], { dryRun: true })).toBe(`Dry run: ${named} unchanged`);
  });
});

describe('the message of other numbers of grants', () => {
  test('counts the grants, and names their common parts (P1)', () => {
    const both = [of({ lease: kept }), of({ lease: kept, grant: elsewhere })];
    expect(say(both, why)).toBe(
      '2 leased: group alice@example.com with permission set IncidentAdmin on 2 accounts until 07:06 UTC, INC-4711, approved by octocat',
    );
    expect(say([of({ lease: kept }), of({ grant: elsewhere }, failed)])).toMatch(
      /^Failed: 1 leased, 1 failed: group /u,
    );
    expect(say(both, { dryRun: true })).toMatch(/^Dry run: 2 would be leased: /u);
  });

  test('of none reports that there is nothing to do (P1)', () => {
    expect(say([], { operation: 'sweep' })).toBe('Sweep: Nothing to do');
    const lack = { title: 'Part of the leases is unread', reason: 'The account is closed.', hint: 'Look.' };
    expect(say([], { operation: 'sweep', lack })).toBe(
      'Failed: Sweep: Part of the leases is unread: Nothing to do: The account is closed.',
    );
    expect(say([of({ action: 'remove' })], { operation: 'sweep', lack })).toMatch(
      /^Failed: Sweep: Part of the leases is unread: The access .+ has ended: The account is closed\.$/u,
    );
  });
});

describe('the message of a step that changed nothing', () => {
  test('gives the reason (P1)', () => {
    expect(failureMessage('nothing was changed', 'No group is named "x".', why)).toBe(
      'Failed, nothing was changed, INC-4711, approved by octocat: No group is named "x".',
    );
  });
});

/** A small generator with a fixed seed: the same texts in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const hostile = [
  ...['<!channel>', '<!here|here>', '@here', '@channel', '@everyone', '<@U012AB3CD>', '<#C024BE7LR>', '#general'],
  ...[
    '<https://evil.example|safe>',
    'https://evil.example/x',
    'evil.example',
    'mailto:a@evil.example',
    '[a](b.example)',
  ],
  ...['*bold*', '_italic_', '~struck~', '`code`', '**', '__', ':tada:', '- ', '1. ', '# ', '> ', '| a |', '\\'],
  ...[
    '<at>all</at>',
    '<img src=x onerror=alert(1)>',
    '&lt;b&gt;',
    '&#60;',
    '${x}',
    '@{triggerBody()}',
    '{{DATE(2026)}}',
  ],
  ...['\n', '\r\n', '\t', '\u2028', '\u202e', '\u2066', '\u200b', '\u{e0041}', '\0', '\ud800', '\u00a0', '::error::'],
  ...[
    'alice@example.com',
    '_a@x.example',
    'b_@y.example',
    'payments-prod',
    'a_b',
    'Ünïcode',
    '😀',
    ' ',
    '"',
    "'",
    '.',
    ':',
    '_',
  ],
];

describe('with any names and reasons', () => {
  const random = seeded(4711);
  const text = (): string =>
    Array.from(
      { length: 1 + Math.floor(random() * (random() < 0.2 ? 200 : 5)) },
      () => hostile[Math.floor(random() * hostile.length)] ?? '',
    ).join(random() < 0.5 ? ' ' : '');
  const outcomes = [succeeded, unchanged, failed, inProgress, unknown];
  const actions = ['create', 'update', 'remove', 'keep', 'provision'] as const;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const anyResult = (): Result => {
    const outcome = pick(outcomes);
    const names = { role: { id: 'r', name: text() }, target: { id: String(random()), name: text() } };
    return resultOf(outcome.status === 'SUCCEEDED' ? outcome : { ...outcome, reason: text() }, {
      grant: { ...assignment, principal: { ...who, name: text() }, ...names },
      action: pick(actions),
      lease: pick([null, lease, kept, { ...kept, did: 'left' as const }]),
    });
  };

  test('the message is one short line that mentions, links and marks up nothing, and keeps its status (P7)', () => {
    for (let count = 0; count < 2_000; count += 1) {
      const results = Array.from({ length: pick([1, 1, 1, 2, 5]) }, anyResult);
      const approvals = random() < 0.3 ? [approvalBy('a'.repeat(39)), approvalBy('octocat')] : [];
      const reason = random() < 0.7 ? text() : null;
      const dryRun = random() < 0.2;
      const message = say(results, { reason, approvals, dryRun });
      expect(Array.from(message).length).toBeLessThanOrEqual(280);
      expect(message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|[<>&*~`|[\](){}#\\]/u);
      // Addresses alone have a sign or a domain: without them, nothing is a mention or a link.
      const rest = message.replaceAll(
        /(?<=^|[\s"',])[\p{L}\p{N}][\p{L}\p{N}._+-]*@[\p{L}\p{N}.-]*(?=$|[\s"',:…])/gu,
        '',
      );
      expect(rest).not.toMatch(/@|:\/\/|\.\p{L}{2}|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|(?<![\p{L}\p{N}]):\w+:/u);
      expect(message).not.toMatch(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/u);
      const statuses = results.map(({ outcome }) => outcome.status);
      expect(message.startsWith('Failed: ')).toBe(statuses.includes('FAILED'));
      if (!statuses.includes('FAILED')) expect(message.startsWith('Still in ')).toBe(statuses.includes('IN_PROGRESS'));
      if (approvals.length > 0 && statuses.every((it) => it === 'SUCCEEDED'))
        expect(message).toContain('approved by aaa');
    }
  });

  test('the end of a lease survives names of any length (P1)', () => {
    const long = 'very-long-name '.repeat(40);
    const names = { role: { id: 'r', name: long }, target: { id: 't', name: long } };
    const result = of({ grant: { ...assignment, principal: { ...who, name: long }, ...names }, lease });
    const message = say([result], { reason: long, approvals: [approvalBy('a'.repeat(39))] });
    expect(message).toMatch(/ has .+ on .+ until the job ends, 07:06 UTC at the latest/u);
    expect(Array.from(message).length).toBeLessThanOrEqual(280);
    expect(message).toMatch(/very-long-name…/u);
  });
});
