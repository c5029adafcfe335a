import { expect, it } from '@jest/globals';

import {
  alice,
  approvedRun,
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
import { changed, followedBy, workflow } from './workflows.ts';

const asAlice = 'aws: user:alice@example.com';
const inputs = { incident: 'INC-4711' };

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

  it('takes who started it and was approved, for an incident, and leaves the lease to its timer', () =>
    inActWorld({}, async (world) => {
      const run = await runAct(world, workflow('setup/workflows/aws/incident-access.yml', 'Incident access'), {
        inputs,
        ...approvedRun(world, asAlice),
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
      const ofAnotherRun = world.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
      const secrets = world.secrets().filter((it) => it !== ofAnotherRun);
      expect(told(run, 'add-mask')).toEqual(expect.arrayContaining(secrets));
    }));

  it('sends a notice of it by the workflow that it calls, where the variable is set', () =>
    inActWorld({}, async (world) => {
      const webhook = 'https://hooks.example/secret-path';
      const curl = `#!/bin/sh\nfor it; do test "$it" = ${webhook} && echo "sent: $(cat notice.json)"; done\n`;
      const run = await runAct(world, workflow('setup/workflows/aws/incident-access.yml', 'Incident access'), {
        inputs,
        ...approvedRun(world, asAlice),
        vars: { ACCESS_NOTICE: 'webhook' },
        secrets: { ACCESS_NOTICE_URL: webhook },
        programs: { curl },
      });
      expect(run.exitCode).toBe(0);
      expect(shownBy(run)).toMatch(
        /^sent: \{\s+"text": "alice@example\.com has IncidentAdmin on 123456789012 until .* \(job: success\) http/mu,
      );
    }));

  it('gives it back before its time by the workflow that releases it, and leaves the sweep nothing to do', () =>
    inActWorld({}, async (world) => {
      const printing = followedBy(workflow('setup/workflows/aws/incident-access.yml', 'Incident access'), 'access', {
        name: 'next',
        env: { LEASE: '${{ steps.access.outputs.lease-id }}' },
        run: 'echo "$LEASE"',
      });
      const taken = await runAct(world, printing, { inputs, ...approvedRun(world, asAlice) });
      const lease = printedBy(taken, 'Main', 'next').trim();
      const released = await runAct(world, workflow('setup/workflows/aws/release-a-lease.yml', 'Release a lease'), {
        inputs: { 'lease-id': lease },
      });
      expect([taken.exitCode, released.exitCode, world.aws.estate.has(alice)]).toEqual([0, 0, false]);
      const swept = await runAct(world, workflow('setup/workflows/aws/sweep-leases.yml', 'Sweep leases'));
      expect({ exitCode: swept.exitCode, end: jobEnd(swept, 'sweep') }).toEqual({ exitCode: 0, end: 'success' });
    }));

  it.each<[string, Parameters<typeof approvedRun>[2], RegExp]>([
    ['that nobody approved', { isApproved: false }, /An administrator may have bypassed them/u],
    ['that a bot started', { by: 'github-actions[bot]' }, /It is not a person's account/u],
    ['of a person without a row', { by: 'mallory' }, /has no row for mallory/u],
  ])('fails a run %s, red, before the cloud is asked (P10)', (_what, by, why) =>
    inActWorld({}, async (world) => {
      const run = await runAct(world, workflow('setup/workflows/aws/incident-access.yml', 'Incident access'), {
        inputs,
        ...approvedRun(world, asAlice, by),
      });
      expect({ exitCode: run.exitCode, end: jobEnd(run, 'access') }).toEqual({ exitCode: 1, end: 'failure' });
      expect(told(run, 'error').join('\n')).toMatch(why);
      expect(world.journal.since(0).filter(({ service }) => !['oidc', 'github'].includes(service))).toEqual([]);
    }),
  );

  it('refuses an expression that came out empty, by `uses: ./` as well (P10)', () =>
    inActWorld({}, async (world) => {
      const local = changed(
        workflow('setup/workflows/aws/incident-access.yml', 'Incident access'),
        'access',
        (job) => ({
          ...job,
          steps: [
            { uses: 'actions/checkout@v7' },
            ...(job.steps ?? []).map((step) => ({
              ...step,
              uses: './',
              with: { ...step.with, principal: 'user:${{ inputs.nobody }}', 'require-approval': 'none' },
            })),
          ],
        }),
      );
      const run = await runAct(world, local, { inputs });
      expect({ exitCode: run.exitCode, end: endOf(run, 'Main', './') }).toEqual({ exitCode: 1, end: 'failure' });
      expect(told(run, 'error').join('\n')).toMatch(/principal: .*Example: /u);
      // Only inputs were read: nobody was asked anything.
      expect(world.journal.since(0)).toEqual([]);
    }));

  it('masks every token, the debug log included, in all that act prints (P7)', () =>
    inActWorld({}, async (world) => {
      const printing = followedBy(workflow('setup/workflows/aws/incident-access.yml', 'Incident access'), 'access', {
        name: 'a later step that is careless',
        run: 'echo "token: $ACTIONS_ID_TOKEN_REQUEST_TOKEN"',
      });
      const approved = approvedRun(world, asAlice);
      const run = await runAct(world, printing, {
        inputs,
        ...approved,
        output: 'text',
        env: { ...approved.env, RUNNER_DEBUG: '1' },
      });
      expect(run.exitCode).toBe(0);
      // Request token, ID tokens, secret keys, session tokens; `runAct` has looked for each of them.
      expect(world.secrets().length).toBeGreaterThan(4);
      expect(run.text).toContain('token: ***');
      for (const secret of world.secrets()) expect(run.text).not.toContain(secret);
    }));
});
