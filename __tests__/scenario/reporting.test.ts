import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import type { World, WorldOptions } from '../../rehearsal/world.ts';
import { declaredOutputs, facts, fileOf, headline, places, resultsOf, uuid } from './reports.ts';
import { byIds, byNames, ids, inWorld, onCallAssignment, pushAll, pushOne, step } from './support.ts';

const failureReason = 'Received a 404 status error: Not supported policy arn:aws:iam::123456789012:policy/x.';
const slow: WorldOptions = { aws: { operations: { durationMs: 600_000 } } };

/** A step for each status, and its outputs. */
const endings: readonly {
  readonly name: string;
  readonly inputs: Step['inputs'];
  readonly options?: WorldOptions;
  readonly prepare?: (world: World) => void;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly exitCode: number;
}[] = [
  {
    name: 'SUCCEEDED with a change',
    inputs: byIds,
    outputs: { status: 'SUCCEEDED', changed: 'true', 'request-id': expect.stringMatching(uuid), 'failure-reason': '' },
    exitCode: 0,
  },
  {
    name: 'SUCCEEDED without one',
    inputs: byIds,
    prepare: ({ aws: { estate } }) => {
      estate.add(onCallAssignment);
    },
    outputs: { status: 'SUCCEEDED', changed: 'false', 'request-id': '', 'failure-reason': '' },
    exitCode: 0,
  },
  {
    name: 'FAILED',
    inputs: byIds,
    prepare: ({ script }) => {
      script.outcome({}, { status: 'FAILED', failureReason });
    },
    outputs: {
      status: 'FAILED',
      changed: 'false',
      'request-id': expect.stringMatching(uuid),
      'failure-reason': failureReason,
    },
    exitCode: 1,
  },
  {
    name: 'IN_PROGRESS at the time limit',
    inputs: { ...byIds, timeout: '20s' },
    options: slow,
    outputs: {
      status: 'IN_PROGRESS',
      changed: 'true',
      'request-id': expect.stringMatching(uuid),
      'failure-reason': expect.stringContaining('time limit'),
    },
    exitCode: 1,
  },
  {
    name: 'IN_PROGRESS with wait: false',
    inputs: { ...byIds, wait: 'false' },
    options: slow,
    outputs: { status: 'IN_PROGRESS', changed: 'true', 'request-id': expect.stringMatching(uuid) },
    exitCode: 0,
  },
];

const grantOutputs = {
  'assignment-id': '',
  'principal-id': ids.onCall,
  'principal-type': 'GROUP',
  'role-id': ids.incidentAdmin,
  'target-id': ids.prod,
};

describe('outputs, results and results-file', () => {
  it.each(endings)(
    'of a step that ends $name, with at most one annotation for the grant (P1)',
    async ({ inputs, options, prepare, outputs, exitCode }) => {
      await inWorld(options ?? {}, async (world) => {
        prepare?.(world);
        const result = await step(world, inputs);
        expect(result.exitCode).toBe(exitCode);
        expect(Object.keys(result.outputs).sort()).toEqual(declaredOutputs());
        expect(result.outputs).toMatchObject({ ...outputs, ...grantOutputs });
        // That the access is permanent is a notice about the step.
        const levels = result.annotations.map(({ level }) => level).filter((level) => level !== 'notice');
        expect(levels).toEqual(exitCode === 0 ? [] : ['error']);

        const [record, ...others] = resultsOf(result);
        expect(others).toEqual([]);
        const { status, changed, 'request-id': id, 'failure-reason': reason } = result.outputs;
        expect(record).toMatchObject({
          ...grantOutputs,
          status,
          changed: changed === 'true',
          'request-id': id,
          'failure-reason': reason,
        });
        expect(Date.parse(String(record?.['ended-at']))).toBeGreaterThanOrEqual(
          Date.parse(String(record?.['started-at'])),
        );
        expect(fileOf(result)['results']).toEqual([record]);
      });
    },
  );

  it('have only the known values of a provision: no principal', async () => {
    await inWorld({}, async (world) => {
      for (const [inputs, target] of [
        [pushOne, ids.prod],
        [pushAll, 'all'],
      ] as const) {
        const result = await step(world, inputs);
        expect(result.outputs).toMatchObject({
          'principal-id': '',
          'principal-type': '',
          'role-id': ids.readOnly,
          'target-id': target,
        });
      }
    });
  });

  it('have names with their IDs where they were looked up', async () => {
    await inWorld({}, async (world) => {
      const [record] = resultsOf(await step(world, byNames));
      expect(record).toMatchObject({
        'principal-name': 'Payments On-Call',
        'role-name': 'IncidentAdmin',
        'target-name': 'payments-prod',
      });
    });
  });

  it('of a refusal, where no grant was known, report the reason and that nothing was changed (P9)', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, { ...byNames, role: 'NoSuchRole' });
      expect(result.outputs).toMatchObject({ status: 'FAILED', changed: 'false', results: '[]' });
      expect(result.outputs['request-id']).toBeUndefined();
      const file = JSON.parse(result.file(result.outputs['results-file'] ?? '') ?? '') as object;
      expect(file).toMatchObject({ schema: 2, actor: 'octocat', results: [] });
      expect(result.outputs['failure-reason']).toContain('NoSuchRole');
    });
  });
});

describe('the job summary', () => {
  it('begins with the change and the principal, then shows one table: principal, permission set, account, request ID, time', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, byNames);
      expect(headline(result.summary)).toBe(
        '✅ Granted: group "Payments On-Call" with permission set "IncidentAdmin" on account "payments-prod"',
      );
      expect(facts(result.summary)).toEqual({
        Principal: `group Payments On-Call ${ids.onCall}`,
        'Permission set': `IncidentAdmin ${ids.incidentAdmin}`,
        Account: `payments-prod ${ids.prod}`,
        'Sign in': `https://${ids.store}.awsapps.com/start (default address)`,
        'Started by': 'octocat (ID 583231)',
        Environment: 'production-access',
        Run: '#42, attempt 1',
        'Request ID': result.outputs['request-id'],
        Took: expect.stringMatching(/^\d+(\.\d)? s$/u),
      });
      expect(result.summary).toContain('<summary>Request to AWS IAM Identity Center</summary>');
    });
  });

  it.each([
    [
      '✅ Unchanged',
      byIds,
      ({ aws: { estate } }: World) => {
        estate.add(onCallAssignment);
      },
    ],
    [
      '✅ Revoked',
      { ...byIds, operation: 'revoke' },
      ({ aws: { estate } }: World) => {
        estate.add(onCallAssignment);
      },
    ],
    ['✅ Provisioned', pushOne, () => undefined],
    [
      '❌ FAILED',
      byIds,
      ({ script }: World) => {
        script.outcome({}, { status: 'FAILED', failureReason });
      },
    ],
    [
      '⏳ IN_PROGRESS',
      { ...byIds, timeout: '5s' },
      ({ script }: World) => {
        script.outcome({}, { durationMs: 60_000 });
      },
    ],
  ] satisfies [string, Step['inputs'], (world: World) => unknown][])(
    'describes the result in plain words: %s',
    async (verdict, inputs, prepare) => {
      await inWorld({}, async (world) => {
        prepare(world);
        const result = await step(world, inputs);
        expect(headline(result.summary).split(':')[0]).toBe(verdict);
        if (result.outputs['failure-reason'] !== '')
          expect(result.summary).toContain(result.outputs['failure-reason']?.slice(0, 20));
      });
    },
  );

  it('after a revoke shows how long open sessions can last, and so does the log', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const result = await step(world, { ...byIds, operation: 'revoke' });
      const remark = 'This does not end sessions that are already open. They can last up to 2 h more.';
      expect(result.summary).toContain(remark);
      expect(result.log).toContain(remark);
    });
  });
});

describe('the log', () => {
  it('has the steps for a person: signed in, instance, IDs and names, plan, started with request ID, ended, verified, result', async () => {
    await inWorld({}, async (world) => {
      const result = await step(world, byNames);
      const id = result.outputs['request-id'] ?? '';
      const grant = 'group "Payments On-Call" with permission set "IncidentAdmin" on account "payments-prod"';
      const landmarks = [
        'Signed in as arn:aws:sts::111122223333:assumed-role/access-broker/',
        `Using the instance ${ids.instance}`,
        `Group "Payments On-Call" (${ids.onCall}).`,
        `Permission set "IncidentAdmin" (${ids.incidentAdmin}).`,
        `Account "payments-prod" (${ids.prod}).`,
        `Plan: create ${grant}.`,
        `Started CreateAccountAssignment: request ID ${id}.`,
        'CreateAccountAssignment SUCCEEDED after',
        `Verified by reading back: ${grant} is there.`,
        `SUCCEEDED: ${grant}. Changed. The access is permanent. Request ID: ${id}.`,
      ];
      const found = places(result.log, landmarks);
      expect(found).not.toContain(-1);
      expect(found).toEqual([...found].sort((a, b) => a - b));
    });
  });

  it('of a long wait has a line every quarter of a minute', async () => {
    await inWorld({ aws: { operations: { durationMs: 100_000 } } }, async (world) => {
      const { log } = await step(world, byIds);
      const many = log.match(/CreateAccountAssignment is IN_PROGRESS after/gu)?.length ?? 0;
      expect(many).toBeGreaterThanOrEqual(5);
      expect(many).toBeLessThanOrEqual(7);
    });
  });
});
