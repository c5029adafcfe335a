import { describe, expect, test } from '@jest/globals';

import type { MergeOptions } from '../../rehearsal/github/repository/pulls.ts';
import type { World } from '../../rehearsal/world.ts';
import { stepWithFiles } from './access-files.ts';
import type { Started } from '../../rehearsal/github/repository/world.ts';
import { expectUnproven, populate } from './approvals.ts';
import { withEnder } from './lease-support.ts';
import { fileOf } from './reports.ts';
import { errors, faultLines, ids, inWorld, onCallAssignment, signIn, step } from './support.ts';

const text = `version: 1
cloud: aws
owns:
  roles: [IncidentAdmin]
  targets: ['${ids.prod}']
grants:
  - principal: group:Payments On-Call
    role: IncidentAdmin
    target: '${ids.prod}'
`;
const path = 'access/payments.yml';
const assign = { ...signIn, operation: 'assign', 'access-file': path, 'require-approval': 'review' } as const;
const reconcile = { ...assign, operation: 'reconcile' } as const;

type Inputs = typeof assign | typeof reconcile;

/** A pull request of alice's that asks for access. */
function asked(world: World, files: Readonly<Record<string, string>> = { [path]: text }): number {
  populate(world);
  const { repository } = world.github;
  repository.push({ branch: 'ask', by: 'alice', commits: [{ files }] });
  return repository.pull({ from: 'ask', by: 'alice' });
}

/** The run of a merge that bob approved. */
function merged(world: World, options: Partial<MergeOptions> = {}): Started {
  const pull = asked(world);
  world.github.repository.review(pull, { by: 'bob', body: 'fine' });
  return world.github.repository.merge(pull, { by: 'alice', ...options }).run;
}

const run = (world: World, context: Started, inputs: Inputs = assign, file = text): ReturnType<typeof stepWithFiles> =>
  stepWithFiles(world, { [path]: file }, inputs, { context });

describe('require-approval: review', () => {
  test.each<readonly [string, Partial<MergeOptions>]>([
    ['a merge', {}],
    ['a squash', { method: 'squash' }],
    ['a rebase', { method: 'rebase' }],
    ['a merge queue', { queue: true }],
    ['a merge by the approver', { by: 'bob' }],
  ])('grants what a reviewer approved, by %s (P12)', (_, options) =>
    inWorld({}, async (world) => {
      const result = await run(world, merged(world, options));
      expect([errors(result), result.outputs['status']]).toEqual(['', 'SUCCEEDED']);
      expect(world.aws.estate.has(onCallAssignment)).toBe(true);
      expect(result.log).toMatch(
        /Approved by bob \(ID \d+\), by review of a request of alice, ID \d+, at .*pull\/1#pullrequestreview-\d+: "fine"/u,
      );
      expect(result.summary).toMatch(/bob \(ID \d+, review of a request of alice, ID \d+\)/u);
    }),
  );

  test('names all whose approval counts, and no other (P12)', () =>
    inWorld({}, async (world) => {
      const pull = asked(world);
      const { people, repository } = world.github;
      people.add('dave');
      for (const login of ['carol', 'dave']) repository.role(login, login === 'carol' ? 'write' : 'read');
      for (const by of ['dave', 'carol', 'bob']) repository.review(pull, { by });
      const result = await run(world, repository.merge(pull, { by: 'alice' }).run);
      expect(result.log.match(/Approved by \w+/gu)).toEqual(['Approved by carol', 'Approved by bob']);
      const ofAlice = expect.objectContaining({ requester: expect.objectContaining({ login: 'alice' }) as unknown });
      expect(fileOf(result)['approvals']).toEqual([ofAlice, ofAlice]);
    }));

  test('counts a branch that was brought up to date and approved again (P12)', () =>
    inWorld({}, async (world) => {
      const pull = asked(world);
      const { repository } = world.github;
      repository.review(pull, { by: 'bob' });
      repository.push({ by: 'bob', commits: [{ files: { 'other.md': 'x' } }] });
      repository.push({ branch: 'ask', by: 'alice', commits: [{ merges: [repository.tip()] }] });
      repository.review(pull, { by: 'bob' });
      const result = await run(world, repository.merge(pull, { by: 'alice' }).run);
      expect([errors(result), result.outputs['status']]).toEqual(['', 'SUCCEEDED']);
    }));

  test.each<readonly [string, (world: World) => Started, string]>([
    [
      'it has no review',
      (world) => world.github.repository.merge(asked(world), { by: 'bob' }).run,
      'was merged without a review',
    ],
    [
      'it was only commented',
      (world) => {
        const pull = asked(world);
        world.github.repository.review(pull, { by: 'bob', state: 'COMMENTED' });
        return world.github.repository.merge(pull, { by: 'bob' }).run;
      },
      'was merged without a review',
    ],
    [
      'its author approved it',
      (world) => {
        const pull = asked(world);
        world.github.repository.review(pull, { by: 'alice' });
        return world.github.repository.merge(pull, { by: 'bob' }).run;
      },
      'alice wrote or pushed a part of it',
    ],
    [
      'the approver pushed its last commit',
      (world) => {
        const pull = asked(world);
        const { repository } = world.github;
        repository.push({ branch: 'ask', by: 'bob', commits: [{ author: 'alice', files: { 'a.md': 'a' } }] });
        repository.review(pull, { by: 'bob' });
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'bob wrote or pushed a part of it',
    ],
    [
      'the approver pushed an earlier commit under the address of the author',
      (world) => {
        const pull = asked(world);
        const { repository } = world.github;
        repository.push({ branch: 'ask', by: 'bob', commits: [{ author: 'alice', files: { 'a.md': 'a' } }] });
        repository.push({ branch: 'ask', by: 'alice', commits: [{ files: { 'b.md': 'b' } }] });
        repository.review(pull, { by: 'bob' });
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'bob wrote or pushed a part of it',
    ],
    [
      'the approver wrote one of its commits',
      (world) => {
        populate(world);
        const { repository } = world.github;
        repository.push({ branch: 'ask', by: 'alice', commits: [{ author: 'bob', files: { [path]: text } }] });
        const pull = repository.pull({ from: 'ask', by: 'alice' });
        repository.review(pull, { by: 'bob' });
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'bob wrote or pushed a part of it',
    ],
    [
      'its branch was squashed before, and still has a commit of the approver',
      (world) => {
        populate(world);
        const { repository } = world.github;
        const ask = (by: string, reviewer: string, files: Readonly<Record<string, string>>): Started => {
          repository.push({ branch: 'ask', by, commits: [{ files }] });
          const pull = repository.pull({ from: 'ask', by });
          repository.review(pull, { by: reviewer });
          return repository.merge(pull, { by: reviewer, method: 'squash' }).run;
        };
        ask('bob', 'alice', { 'a.md': 'a' });
        return ask('alice', 'bob', { [path]: text });
      },
      'Open a new pull request from a new branch of the default branch',
    ],
    [
      'its branch has more pushes than are read',
      (world) => {
        const pull = asked(world);
        const { repository } = world.github;
        repository.review(pull, { by: 'bob' });
        const context = repository.merge(pull, { by: 'bob' }).run;
        for (let push = 0; push < 1_000; push += 1) repository.push({ branch: 'ask', by: 'alice' });
        return context;
      },
      'leave that branch in place until the run has ended',
    ],
    [
      'a commit is by an unknown address',
      (world) => {
        populate(world);
        const { repository } = world.github;
        repository.push({ branch: 'ask', by: 'alice', commits: [{ author: null, files: { [path]: text } }] });
        const pull = repository.pull({ from: 'ask', by: 'alice' });
        repository.review(pull, { by: 'bob' });
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'whose email belongs to no account',
    ],
    [
      'an unknown account pushed',
      (world) => {
        populate(world);
        const { repository } = world.github;
        repository.push({ branch: 'ask', by: 'alice', commits: [{ files: { [path]: text } }], isAttributed: false });
        const pull = repository.pull({ from: 'ask', by: 'alice' });
        repository.review(pull, { by: 'bob' });
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'does not show that a person pushed',
    ],
    [
      'a job pushed a commit in the name of the author',
      (world) => {
        const pull = asked(world);
        const { repository } = world.github;
        const commits = [{ author: 'alice', files: { 'a.md': 'a' } }];
        repository.push({ branch: 'ask', by: 'github-actions[bot]', commits });
        repository.review(pull, { by: 'bob' });
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'does not show that a person pushed',
    ],
    [
      'the branch was pushed back to the merge later',
      (world) => {
        const first = merged(world);
        const { repository } = world.github;
        repository.push({ by: 'bob', commits: [{ files: { [path]: null } }] });
        repository.delayActivity(3_600_000);
        return repository.push({ by: 'bob', to: first.sha ?? '' }).run;
      },
      "GitHub's activity",
    ],
    [
      'the pull request only changes the name of the file',
      (world) => {
        populate(world);
        const { repository } = world.github;
        repository.push({ by: 'bob', commits: [{ files: { 'access/old.yml': text } }] });
        const files = { 'access/old.yml': null, [path]: text };
        repository.push({ branch: 'ask', by: 'alice', commits: [{ files }] });
        const pull = repository.pull({ from: 'ask', by: 'alice' });
        repository.review(pull, { by: 'bob' });
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'not in pull request 1, which this push merged',
    ],
    [
      'a bot opened it, and who asked for it approved',
      (world) => {
        populate(world);
        const { people, repository } = world.github;
        people.add('helper[bot]');
        repository.push({ branch: 'ask', by: 'helper[bot]', commits: [{ files: { [path]: text } }] });
        const pull = repository.pull({ from: 'ask', by: 'helper[bot]' });
        repository.review(pull, { by: 'alice' });
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'helper[bot], is not a person',
    ],
    [
      'a deleted account opened it',
      (world) => {
        const context = merged(world, { by: 'bob' });
        world.github.people.delete('alice');
        return context;
      },
      'a deleted account, is not a person',
    ],
    [
      'the approver was deleted',
      (world) => {
        const context = merged(world);
        world.github.people.delete('bob');
        return context;
      },
      'was merged without a review',
    ],
    [
      'a bot approved it',
      (world) => {
        const pull = asked(world);
        world.github.repository.review(pull, { by: 'github-actions[bot]' });
        return world.github.repository.merge(pull, { by: 'alice' }).run;
      },
      'github-actions[bot] is a bot or an App',
    ],
    [
      'a reader approved it',
      (world) => {
        const pull = asked(world);
        world.github.repository.role('carol', 'read');
        world.github.repository.review(pull, { by: 'carol' });
        return world.github.repository.merge(pull, { by: 'alice' }).run;
      },
      'carol has no write access',
    ],
    [
      'the approver may not write any more',
      (world) => {
        const context = merged(world);
        world.github.repository.role('bob', 'triage');
        return context;
      },
      'bob has no write access',
    ],
    [
      'an account without access took the login of the approver',
      (world) => {
        const pull = asked(world);
        const { people, repository } = world.github;
        repository.review(pull, { by: 'bob' });
        const context = repository.merge(pull, { by: 'alice' }).run;
        repository.role('bob', 'none');
        people.rename('bob', 'robert');
        people.add('bob');
        repository.role('bob', 'admin');
        return context;
      },
      'robert has no write access',
    ],
    [
      'the approval is of an older commit',
      (world) => {
        const pull = asked(world);
        const { repository } = world.github;
        repository.review(pull, { by: 'bob' });
        repository.push({ branch: 'ask', by: 'alice', commits: [{ files: { 'later.md': 'x' } }] });
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'bob approved another commit than its last',
    ],
    [
      'the approval came after the merge',
      (world) => {
        const pull = asked(world);
        const { repository } = world.github;
        const { run: context } = repository.merge(pull, { by: 'alice' });
        repository.review(pull, { by: 'bob', at: world.clock.now() + 60_000 });
        return context;
      },
      'bob approved it after the merge',
    ],
    [
      'the approval was dismissed',
      (world) => {
        const pull = asked(world);
        const { repository } = world.github;
        const review = repository.review(pull, { by: 'bob' });
        repository.dismiss(pull, review, 'alice');
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'the review of bob was dismissed',
    ],
    [
      'the approver requested changes afterwards',
      (world) => {
        const pull = asked(world);
        const { repository } = world.github;
        repository.review(pull, { by: 'bob' });
        repository.review(pull, { by: 'bob', state: 'CHANGES_REQUESTED' });
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'bob requested changes',
    ],
    [
      'another writer requested changes beside the approval',
      (world) => {
        const pull = asked(world);
        const { repository } = world.github;
        repository.role('carol', 'write');
        repository.review(pull, { by: 'carol', state: 'CHANGES_REQUESTED' });
        repository.review(pull, { by: 'bob' });
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'carol requested changes',
    ],
    [
      'the base was changed after the approval',
      (world) => {
        populate(world);
        const { repository } = world.github;
        repository.push({ branch: 'harmless', by: 'alice', commits: [{ files: { [path]: text } }] });
        repository.push({ branch: 'ask', by: 'alice', to: repository.tip('harmless') });
        repository.push({ branch: 'ask', by: 'alice', commits: [{ files: { 'a.md': 'a' } }] });
        const pull = repository.pull({ from: 'ask', into: 'harmless', by: 'alice' });
        repository.review(pull, { by: 'bob', at: world.clock.now() - 60_000 });
        repository.retarget(pull, 'main', 'alice');
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'bob approved it before its base branch was changed',
    ],
    [
      'the head was pushed to the default branch by hand',
      (world) => {
        const pull = asked(world);
        const { repository } = world.github;
        repository.review(pull, { by: 'bob' });
        return repository.push({ by: 'alice', to: repository.tip('ask') }).run;
      },
      'came by "push", not by the merge of a pull request',
    ],
    [
      'a merge with something else in it was pushed by hand',
      (world) => {
        const pull = asked(world);
        const { repository } = world.github;
        repository.review(pull, { by: 'bob' });
        const files = { [path]: text, 'evil.yml': 'x' };
        return repository.push({ by: 'alice', commits: [{ files, merges: [repository.tip('ask')] }] }).run;
      },
      'came by "push", not by the merge of a pull request',
    ],
    [
      'it was pushed without a pull request',
      (world) => {
        populate(world);
        return world.github.repository.push({ by: 'alice', commits: [{ files: { [path]: text } }] }).run;
      },
      'came by "push", not by the merge of a pull request',
    ],
    [
      'the request was left in place, and another pull request was merged',
      (world) => {
        merged(world);
        const { repository } = world.github;
        repository.push({ branch: 'docs', by: 'alice', commits: [{ files: { 'readme.md': 'x' } }] });
        const pull = repository.pull({ from: 'docs', by: 'alice' });
        repository.review(pull, { by: 'bob' });
        return repository.merge(pull, { by: 'alice' }).run;
      },
      'not in pull request 2, which this push merged',
    ],
    [
      'it is from a fork',
      (world) => {
        populate(world);
        const { repository } = world.github;
        repository.push({ branch: 'carol:ask', by: 'carol', commits: [{ files: { [path]: text } }] });
        const pull = repository.pull({ from: 'carol:ask', by: 'carol' });
        repository.review(pull, { by: 'bob' });
        return repository.merge(pull, { by: 'bob' }).run;
      },
      'is from a fork',
    ],
    [
      'a branch was deleted',
      (world) => {
        merged(world);
        return world.github.repository.deleteBranch('ask', 'alice').run;
      },
      'it concerns refs/heads/ask',
    ],
    [
      'the run was dispatched on the reviewed commit',
      (world) => {
        merged(world);
        return world.github.repository.dispatch({ by: 'alice' });
      },
      '"workflow_dispatch" started this workflow',
    ],
    ['it is a second attempt', (world) => ({ ...merged(world), runAttempt: '2' }), 'This is attempt 2'],
  ])('is red where %s (P12)', (_, arrange, reason) =>
    inWorld({}, async (world) => {
      const context = arrange(world);
      expectUnproven(world, await run(world, context), reason);
    }),
  );

  test('of reconcile is red where a newer commit is there: it might take away what this one grants (P12)', () =>
    inWorld({}, async (world) => {
      const context = merged(world);
      world.github.repository.push({ by: 'bob' });
      expectUnproven(world, await run(world, context, reconcile), 'is no longer the head');
    }));

  test('waits for a pull request and an activity that GitHub does not list yet (P12)', () =>
    inWorld({}, async (world) => {
      const pull = asked(world);
      const { repository } = world.github;
      repository.review(pull, { by: 'bob' });
      await world.advance(600_000);
      repository.delayActivity(5_000);
      const { run: context } = repository.merge(pull, { by: 'alice' });
      const none = { kind: 'answer', body: [] } as const;
      world.script.fault({ operation: 'listPullRequestsAssociatedWithCommit', times: 2 }, none);
      const result = await run(world, context);
      expect([errors(result), result.outputs['status']]).toEqual(['', 'SUCCEEDED']);
    }));

  test('is red where an earlier step altered the file (P12)', () =>
    inWorld({}, async (world) => {
      const context = merged(world);
      const altered = text.replace('Payments On-Call', 'Auditors');
      expectUnproven(world, await run(world, context, assign, altered), `${path}: not as approved in pull request 1`);
    }));

  test('is red where a merge put the file together anew (P12)', () =>
    inWorld({}, async (world) => {
      const pull = asked(world);
      const { repository } = world.github;
      repository.review(pull, { by: 'bob' });
      const whole = `${text}# and a line of the other branch\n`;
      repository.push({ by: 'bob', commits: [{ files: { [path]: whole } }] });
      const { run: context } = repository.merge(pull, { by: 'alice' });
      expectUnproven(world, await run(world, context, assign, whole), 'not as approved');
    }));

  describe('of a file that the push left as it was', () => {
    /** The run of another merge, which bob approved too. */
    const later = (world: World, files: Readonly<Record<string, string>> = { 'readme.md': 'x' }): Started => {
      merged(world);
      const { repository } = world.github;
      repository.push({ branch: 'docs', by: 'alice', commits: [{ files }] });
      const pull = repository.pull({ from: 'docs', by: 'alice' });
      repository.review(pull, { by: 'bob' });
      return repository.merge(pull, { by: 'alice' }).run;
    };

    test('reconcile carries it out at the head of a branch whose rules require an approval (P12)', () =>
      inWorld({}, async (world) => {
        const context = later(world);
        world.github.repository.rule('pull_request', { required_approving_review_count: 1 });
        const result = await run(world, context, reconcile);
        expect([errors(result), result.outputs['status']]).toEqual(['', 'SUCCEEDED']);
      }));

    test.each<readonly [string, (world: World, context: Started) => Started, string]>([
      ['no rule requires an approval', (_, context) => context, 'No active ruleset requires an approval'],
      [
        'the rule requires none',
        (world, context) => {
          world.github.repository.rule('pull_request', { required_approving_review_count: 0 });
          return context;
        },
        'No active ruleset requires an approval',
      ],
      [
        'there is a newer commit',
        (world, context) => {
          world.github.repository.rule('pull_request', { required_approving_review_count: 1 });
          world.github.repository.push({ by: 'bob' });
          return context;
        },
        'is no longer the head',
      ],
    ])('reconcile is red where %s (P12)', (_, arrange, reason) =>
      inWorld({}, async (world) => {
        const context = arrange(world, later(world));
        expectUnproven(world, await run(world, context, reconcile), reason);
      }),
    );

    test('reconcile is red where an earlier step altered it (P12)', () =>
      inWorld({}, async (world) => {
        const context = later(world);
        world.github.repository.rule('pull_request', { required_approving_review_count: 1 });
        const altered = text.replace('Payments On-Call', 'Auditors');
        expectUnproven(world, await run(world, context, reconcile, altered), 'not as the branch had it');
      }));

    test('reconcile is red where another pull request of the same queue changed it (P12)', () =>
      inWorld({}, async (world) => {
        const first = asked(world);
        const { repository } = world.github;
        repository.rule('pull_request', { required_approving_review_count: 1 });
        repository.push({ branch: 'docs', by: 'alice', commits: [{ files: { 'readme.md': 'x' } }] });
        const second = repository.pull({ from: 'docs', by: 'alice' });
        repository.review(second, { by: 'bob' });
        const { run: context } = repository.merge([first, second], { by: 'alice', queue: true });
        expectUnproven(world, await run(world, context, reconcile), 'not as the branch had it');
      }));
  });

  test.each<readonly [string, (world: World) => void, string]>([
    [
      'contents: read',
      ({ github }) => {
        github.allow({ contents: 'none' });
      },
      'permissions: contents: read',
    ],
    [
      'pull-requests: read',
      ({ github }) => {
        github.allow({ 'pull-requests': 'none' });
      },
      'permissions: pull-requests: read',
    ],
    [
      'the activity',
      ({ github }) => {
        github.lack('listActivities');
      },
      'the activity of the branch "main": it answered 404',
    ],
  ])('without %s is red, and says so (P12)', (_, arrange, reason) =>
    inWorld({}, async (world) => {
      const context = merged(world);
      arrange(world);
      expectUnproven(world, await run(world, context), reason);
    }),
  );

  test('grants a lease that ends by itself (P5, P12)', () =>
    inWorld({}, async (world) => {
      const lease = { ...assign, lifetime: '2h', 'keep-after-job': 'true', ...withEnder };
      const result = await stepWithFiles(world, { [path]: text }, lease, { context: merged(world) });
      expect([errors(result), result.outputs['lease-state']]).toEqual(['', 'leased']);
      expect(result.outputs['expiry-guarantee']).toBe('scheduler');
      await world.advance(2 * 3_600_000 + 120_000);
      expect(world.aws.estate.has(onCallAssignment)).toBe(false);
    }));

  test('and environment both have to hold (P12)', () =>
    inWorld({}, async (world) => {
      const context = merged(world);
      const both = { ...assign, 'require-approval': 'environment\nreview' };
      const files = { [path]: text };
      const half = await stepWithFiles(world, files, both, { context });
      expectUnproven(world, half, 'may have bypassed them');
      world.github.repository.approve({ by: 'bob', runId: context.runId });
      const whole = await stepWithFiles(world, files, both, { context });
      expect([errors(whole), whole.outputs['status']]).toEqual(['', 'SUCCEEDED']);
      expect(whole.log.match(/Approved by bob/gu)).toHaveLength(2);
    }));

  test('of grants that no file names is a fault (P6, P12)', () =>
    inWorld({}, async (world) => {
      const result = await step(world, {
        ...signIn,
        operation: 'provision',
        role: ids.readOnly,
        target: ids.prod,
        'require-approval': 'review',
      });
      expect(faultLines(result).join()).toContain('A review approves the rows of access files');
    }));
});
