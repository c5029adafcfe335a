import { describe, expect, it } from '@jest/globals';
import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import { expectNothingForged, hostile, oneLine } from './hostile-texts.ts';
import { someOf } from './matrix.ts';
import { byIds, byNames, errors, ids, inWorld, step } from './support.ts';

describe('a hostile text forges no command, no output and no cell', () => {
  it.each(someOf(0, hostile))('in the reason of a failure: %s (P10)', (_, text) =>
    inWorld({}, async (world) => {
      world.script.outcome({ kind: 'create' }, { status: 'FAILED', failureReason: `AWS says: ${text}` });
      const result = await step(world, byIds, { env: { RUNNER_DEBUG: '1' } });
      expect(result.exitCode).toBe(1);
      expect(result.outputs).toMatchObject({
        status: 'FAILED',
        changed: 'false',
        'failure-reason': `AWS says: ${text}`,
      });
      expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
      expectNothingForged(world, result);
    }),
  );

  it.each(someOf(1, hostile))('in the message of an error: %s', (_, text) =>
    inWorld({}, async (world) => {
      const refused = { kind: 'error', status: 400, code: 'AccessDeniedException', message: text } as const;
      world.script.fault({ operation: 'ListAccountAssignments', times: 9 }, refused);
      const result = await step(world, byIds, { env: { RUNNER_DEBUG: '1' } });
      expect(result.outputs['status']).toBe('FAILED');
      expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
      expectNothingForged(world, result);
    }),
  );

  it.each(someOf(2, hostile))('in names in the cloud: %s (P10)', (_, text) => {
    const estate = withNames(text);
    return inWorld({ estate }, async (world) => {
      const found = await step(world, { ...byNames, target: 'account:payments-prod', role: 'ReadOnlyAccess' });
      expect(found.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'target-id': ids.prod });
      expectNothingForged(world, found);
      // A wildcard, or a character that reverses the text around it, would be a fault before the search for similar
      // names.
      const typed = oneLine(text)
        .replaceAll('*', '+')
        .replaceAll(/\p{Bidi_Control}/gu, '');
      const near = await step(world, { ...byIds, target: `account:${typed}Q` });
      expect(near.exitCode).toBe(1);
      expect(errors(near)).toContain('Similar: ');
      expectNothingForged(world, near);
    });
  });

  it.each(someOf(3, hostile))('in inputs: %s', (_, text) =>
    inWorld({}, async (world) => {
      const line = oneLine(text);
      const named = await step(world, { ...byIds, principal: `group:${line}` });
      expect(named.exitCode).toBe(1);
      expectNothingForged(world, named);
      const value = text.replaceAll('\0', ''); // no environment variable has one
      const faulty = await step(world, {
        ...byIds,
        role: value,
        target: value,
        timeout: value,
        'aws-audience': value,
        operation: value,
      });
      expect(faulty.exitCode).toBe(1);
      expect(faulty.requests).toEqual([]);
      expectNothingForged(world, faulty);
    }),
  );
});

/** The hostile text as name of the instance and as display name of a principal; and as a similar name of an account. */
function withNames(text: string): Estate {
  const estate = loadEstate();
  const { organization } = estate;
  if (organization === undefined) throw new Error('the estate has an organization');
  return {
    ...estate,
    instances: estate.instances.map((instance) => ({ ...instance, name: text })),
    organization: {
      ...organization,
      accounts: [...organization.accounts, { id: '888800001111', name: text, parent: organization.root.id }],
    },
  };
}

describe('a hostile name', () => {
  it('of a granted group is shown unchanged, and harmless', () => {
    const name = '"evil | <b>x</b> ##[set-output name=status;]FAILED ::error::forged';
    const estate = loadEstate();
    const groups = [...estate.groups, { id: '84a8f408-6091-7017-9b2e-5d4c3b2a1f22', displayName: name }];
    return inWorld({ estate: { ...estate, groups } }, async (world) => {
      const result = await step(world, { ...byIds, principal: `group:${name}` });
      expect(result.outputs).toMatchObject({
        status: 'SUCCEEDED',
        'principal-id': '84a8f408-6091-7017-9b2e-5d4c3b2a1f22',
      });
      const [record] = JSON.parse(result.outputs['results'] ?? '[]') as readonly Readonly<Record<string, unknown>>[];
      expect(record?.['principal-name']).toBe(name);
      expect(result.log).toContain('"evil | <b>x</b>');
      expectNothingForged(world, result);
    });
  });

  it('of a workflow, a branch or an environment is shown in the claims of a refused token, and harmless', () =>
    inWorld({}, async (world) => {
      const text = 'x\n::error title=forged::forged ##[error]forged <b>';
      const result = await step(world, byIds, {
        context: { environment: text, workflow: text, ref: `refs/heads/${text}`, actor: text },
      });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('AccessDenied');
      expect(result.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
      expectNothingForged(world, result);
    }));

  it('of an error code or an HTML page of a proxy is not a command either', () =>
    inWorld({}, async (world) => {
      const code = 'x\n::error title=forged::forged';
      world.script.fault(
        { operation: 'ListAccountAssignments', times: 9 },
        { kind: 'error', status: 400, code: 'Bad ##[error]forged', message: code },
      );
      const coded = await step(world, byIds);
      expect(coded.exitCode).toBe(1);
      expectNothingForged(world, coded);
      const page = '<html>\n::set-output name=status::SUCCEEDED\n##[error]forged</html>';
      world.script.fault({ operation: 'ListAccountAssignments', times: 1 }, { kind: 'http', status: 400, body: page });
      const paged = await step(world, byIds, { env: { RUNNER_DEBUG: '1' } });
      expectNothingForged(world, paged);
    }));
});
