import { expect, it } from '@jest/globals';

import {
  alice,
  describeAct,
  endOf,
  inActWorld,
  jobEnd,
  onCall,
  ours,
  printedBy,
  runAct,
  shownBy,
  told,
} from './support.ts';
import type { ActOptions } from './run.ts';
import { changed, followedBy, workflow } from './workflows.ts';

const aliceId = '9067642c1a-6b1e2f3a-0c4d-4e5f-8a6b-7c8d9e0f1a2b';

describeAct('setup/workflows and docs/setup-by-hand.md under act', () => {
  it('gives access by names, hands its outputs to the next step, and has nothing to do in post', () =>
    inActWorld({}, async (world) => {
      const shown = followedBy(workflow('docs/setup-by-hand.md', 'Payments on call'), 'assign', {
        name: 'next',
        env: { STATUS: '${{ steps.access.outputs.status }}', RESULTS: '${{ steps.access.outputs.results }}' },
        run: 'echo "$STATUS"; echo "$RESULTS"; cat "${{ steps.access.outputs.results-file }}"',
      });
      const run = await runAct(world, shown);
      expect({ exitCode: run.exitCode, end: jobEnd(run, 'assign') }).toEqual({ exitCode: 0, end: 'success' });
      expect(world.aws.estate.has(onCall)).toBe(true);
      const [status, results, ...file] = printedBy(run, 'Main', 'next').trim().split('\n');
      expect(status).toBe('SUCCEEDED');
      const [result] = JSON.parse(results ?? '') as readonly Readonly<Record<string, string>>[];
      expect(result).toMatchObject({ status: 'SUCCEEDED', changed: true, 'principal-name': 'Payments On-Call' });
      expect(world.aws.estate.operations().map(({ requestId }) => requestId)).toEqual([result?.['request-id']]);
      expect(JSON.parse(file.join('\n'))).toMatchObject({ environment: 'production-access', results: [result] });
      expect(endOf(run, 'Post', ours)).toBe('success');
      expect(printedBy(run, 'Post', ours)).toBe('');
      // act shows summaries as they come; on GitHub they are pages.
      expect(shownBy(run)).toContain('✅ Granted');
    }));

  it('takes one person for an incident, as it was typed, and leaves the lease to its timer', () =>
    inActWorld({}, async (world) => {
      const inputs = { who: 'alice@example.com', incident: 'INC-4711' };
      const run = await runAct(world, workflow('setup/workflows/aws/incident-access.yml', 'Incident access'), {
        inputs,
      });
      expect(run.exitCode).toBe(0);
      expect(world.aws.estate.has(alice)).toBe(true);
      expect(
        world.aws.schedules
          .all()
          .map(({ state }) => state)
          .toSorted(),
      ).toEqual(['DISABLED', 'ENABLED']);
      expect(endOf(run, 'Post', ours)).toBe('success');
      // Whatever is secret was masked, shown or not: request token, ID tokens, secret keys, session tokens.
      expect(told(run, 'add-mask')).toEqual(expect.arrayContaining([...world.secrets()]));
    }));

  it('gives it back before its time by the workflow that releases it, and leaves the sweep nothing to do', () =>
    inActWorld({}, async (world) => {
      const inputs = { who: 'alice@example.com', incident: 'INC-4711' };
      const printing = followedBy(workflow('setup/workflows/aws/incident-access.yml', 'Incident access'), 'access', {
        name: 'next',
        env: { LEASE: '${{ steps.access.outputs.lease-id }}' },
        run: 'echo "$LEASE"',
      });
      const taken = await runAct(world, printing, { inputs });
      const lease = printedBy(taken, 'Main', 'next').trim();
      const released = await runAct(world, workflow('setup/workflows/aws/release-a-lease.yml', 'Release a lease'), {
        inputs: { 'lease-id': lease },
      });
      expect([taken.exitCode, released.exitCode, world.aws.estate.has(alice)]).toEqual([0, 0, false]);
      const swept = await runAct(world, workflow('setup/workflows/aws/sweep-leases.yml', 'Sweep leases'));
      expect({ exitCode: swept.exitCode, end: jobEnd(swept, 'sweep') }).toEqual({ exitCode: 0, end: 'success' });
    }));

  it.each<[string, ActOptions, RegExp]>([
    ['that a bot started', { actor: 'github-actions[bot]' }, /^A bot started this run, or another person re-ran it/u],
    ['that somebody else runs again', { triggeringActor: 'mallory' }, /^A bot started this run, or another person/u],
    ['for an id, which no reviewer can read', { inputs: { who: aliceId, incident: 'INC-4711' } }, /email address/u],
  ])('fails a run %s, red, before the action is asked', (_what, options, why) =>
    inActWorld({}, async (world) => {
      const inputs = { who: 'alice@example.com', incident: 'INC-4711' };
      const run = await runAct(world, workflow('setup/workflows/aws/incident-access.yml', 'Incident access'), {
        inputs,
        ...options,
      });
      expect({ exitCode: run.exitCode, end: jobEnd(run, 'access') }).toEqual({ exitCode: 1, end: 'failure' });
      expect(told(run, 'error')).toEqual([expect.stringMatching(why)]);
      expect(world.journal.since(0)).toEqual([]);
    }),
  );

  it('refuses a second person in the input of one, red, before any change, in words (P10)', () =>
    inActWorld({}, async (world) => {
      const inputs = { who: 'alice@example.com\nuser:bob@example.com', incident: 'INC-4711' };
      const run = await runAct(world, workflow('setup/workflows/aws/incident-access.yml', 'Incident access'), {
        inputs,
      });
      expect({ exitCode: run.exitCode, end: endOf(run, 'Main', ours) }).toEqual({ exitCode: 1, end: 'failure' });
      expect(told(run, 'error').join('\n')).toMatch(/max-grants/u);
      expect(world.aws.estate.effectiveChanges()).toEqual([]);
      expect(world.aws.schedules.all()).toEqual([]);
    }));

  it('refuses an expression that came out empty, by `uses: ./` as well (P10)', () =>
    inActWorld({}, async (world) => {
      const local = changed(
        workflow('setup/workflows/aws/incident-access.yml', 'Incident access'),
        'access',
        (job) => ({
          ...job,
          steps: [
            { uses: 'actions/checkout@v7' },
            // Without the steps that refuse: this is about the action.
            ...job.steps.flatMap((step) => (step.uses === undefined ? [] : [{ ...step, uses: './' }])),
          ],
        }),
      );
      const run = await runAct(world, local, { inputs: { incident: 'INC-4711', who: '' } });
      expect({ exitCode: run.exitCode, end: endOf(run, 'Main', './') }).toEqual({ exitCode: 1, end: 'failure' });
      expect(told(run, 'error').join('\n')).toMatch(/principal: .*Example: /u);
      // Only inputs were read: nobody was asked anything.
      expect(world.journal.since(0)).toEqual([]);
    }));

  it('masks every token, the debug log included, in all that act prints (P7)', () =>
    inActWorld({}, async (world) => {
      const inputs = { who: 'alice@example.com', incident: 'INC-4711' };
      const printing = followedBy(workflow('setup/workflows/aws/incident-access.yml', 'Incident access'), 'access', {
        name: 'a later step that is careless',
        run: 'echo "token: $ACTIONS_ID_TOKEN_REQUEST_TOKEN"',
      });
      const run = await runAct(world, printing, {
        inputs,
        output: 'text',
        env: { RUNNER_DEBUG: '1' },
      });
      expect(run.exitCode).toBe(0);
      // Request token, ID tokens, secret keys, session tokens; `runAct` has looked for each of them.
      expect(world.secrets().length).toBeGreaterThan(4);
      expect(run.text).toContain('token: ***');
      for (const secret of world.secrets()) expect(run.text).not.toContain(secret);
    }));
});
