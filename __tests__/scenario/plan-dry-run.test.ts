import { describe, expect, it } from '@jest/globals';
import { azurePlacesOf } from '../../rehearsal/azure/estates.ts';
import type { Estate } from '../../rehearsal/estate.ts';
import { makeEstate, placesOf } from '../../rehearsal/estates.ts';
import type { Step } from '../../rehearsal/runner/step.ts';
import { eight, groupIds, held, manyByIds, manyByNames, manyClouds, renamed, starts } from './many.ts';
import { cells, fileOf, places, resultsOf, seen } from './reports.ts';
import { errors, inWorld } from './support.ts';

/** 120 grants: three groups or roles with forty targets. */
function large(estate: Estate, cloud: string): Step['inputs'] {
  if (cloud === 'AWS') {
    const { groups, permissionSets, accounts } = placesOf(estate);
    return {
      principal: groups
        .slice(0, 3)
        .map((id) => `group:${id}`)
        .join('\n'),
      role: permissionSets[0] ?? '',
      target: accounts.slice(0, 40).join('\n'),
    };
  }
  if (estate.azure === undefined) throw new Error('The estate has no Azure.');
  const { groups, roles, resourceGroups } = azurePlacesOf(estate.azure);
  return {
    principal: `group:${groups[0] ?? ''}`,
    role: roles.slice(0, 3).join('\n'),
    target: resourceGroups.slice(0, 40).join('\n'),
  };
}

describe.each(manyClouds)('dry-run on %s', (_, cloud) => {
  const byNames = { ...manyByNames(cloud), 'dry-run': 'true' };
  const byIds = { ...manyByIds(cloud), 'dry-run': 'true' };

  it('plans with an identity with read access only: counts first, IDs and names, and changes nothing (P3)', async () => {
    await inWorld({ ...cloud.world, ...cloud.readOnly }, async (world) => {
      cloud.addNth(world, 0);
      const before = cloud.total(world);
      const result = await cloud.step(world, byNames);
      expect(errors(result)).toBe('');
      expect(result.exitCode).toBe(0);
      expect(result.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true', 'request-id': '' });
      expect(result.requests.filter(({ denied }) => denied !== undefined)).toEqual([]);
      expect(starts(cloud, result)).toEqual([]);
      expect(cloud.total(world)).toBe(before);

      const { log } = result;
      const [counts = -1, ...rest] = places(log, ['8 grants: 7 create, 1 keep', ': create.', ': keep.']);
      expect(counts).toBeGreaterThan(0);
      for (const place of rest) expect(place).toBeGreaterThan(counts);
      for (const lines of [cloud.nameLines, cloud.idLines]) {
        for (const line of [...lines.principal, ...lines.role, ...lines.target]) {
          expect(log).toContain(line.replace(/^[a-z-]+:/u, ''));
        }
      }
      expect(log).toContain('Nothing was changed');

      const [head = [], ...rows] = cells(result.summary);
      expect(head[0]).toBe('Plan');
      expect(rows.map(([verdict]) => verdict)).toEqual(expect.arrayContaining(['would be granted', 'unchanged']));
      expect(rows.filter(([verdict]) => verdict === 'would be granted')).toHaveLength(7);
      expect(places(result.summary, ['7 would be granted', '<table>'])).toEqual(
        places(result.summary, ['7 would be granted', '<table>']).toSorted((a, b) => a - b),
      );
      expect(result.summary).toContain('Nothing was changed');
      expect(result.summary).toContain(result.outputs['plan-digest']);

      const records = resultsOf(result);
      expect(records).toHaveLength(8);
      expect(records.filter((it) => it['changed'] === true && it['action'] === 'create')).toHaveLength(7);
      expect(records.every((it) => it['status'] === 'SUCCEEDED')).toBe(true);
      expect(fileOf(result)).toMatchObject({ 'dry-run': true, results: records });

      const applied = await cloud.step(world, manyByNames(cloud));
      expect(applied.exitCode).toBe(1);
      expect(held(cloud, world)).toBe(1);
    });
  });

  it('reports changed: false where all grants exist, and plans removals for revoke (P3)', async () => {
    await inWorld(cloud.world, async (world) => {
      for (const nth of eight) cloud.addNth(world, nth);
      const kept = await cloud.step(world, byIds);
      expect(kept).toMatchObject({ exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'false' } });
      const removed = await cloud.step(world, { ...byIds, operation: 'revoke' });
      expect(removed).toMatchObject({ exitCode: 0, outputs: { status: 'SUCCEEDED', changed: 'true' } });
      expect(removed.log).toContain('8 grants: 8 remove');
      expect(removed.summary).toContain('8 would be revoked');
      expect(held(cloud, world)).toBe(8);
    });
  });

  it('makes the same digest for any order and spelling of the lines, and another for another change (Many)', async () => {
    await inWorld(cloud.world, async (world) => {
      const turned = Object.fromEntries(
        Object.entries(byIds).map(([name, text]) => [name, text.split('\n').toReversed().join('\r\n')]),
      );
      const fewer = { ...byIds, target: cloud.idLines.target[0] };
      const digests: string[] = [];
      for (const inputs of [byIds, byNames, turned, fewer, { ...fewer, operation: 'revoke' }]) {
        const { outputs } = await cloud.step(world, inputs);
        expect(outputs['status']).toBe('SUCCEEDED');
        digests.push(outputs['plan-digest'] ?? '');
      }
      expect(digests[0]).toMatch(/^sha256:[0-9a-f]{64}$/u);
      expect(digests.slice(1, 3)).toEqual([digests[0], digests[0]]);
      expect(new Set(digests).size).toBe(3);
    });
  });

  it('escapes names: in the log, in the summary, and in the plan (P10)', async () => {
    const name = 'evil | <b>x</b> ::set-output name=status::"FAILED", "changes": []';
    const estate = renamed({ [groupIds(cloud).first]: name });
    await inWorld({ ...cloud.world, estate }, async (world) => {
      const result = await cloud.step(world, { ...byNames, principal: `group:${name}` });
      expect(errors(result)).toBe('');
      expect(result.outputs['status']).toBe('SUCCEEDED');
      expect(result.commands.map((it) => it.name)).not.toContain('set-output');
      expect(result.summary).not.toContain('<b>');
      expect(seen(result.summary)).toContain(name);
      const plan = JSON.parse(result.file(result.outputs['plan-file'] ?? '') ?? '') as { changes: object[] };
      expect(plan.changes).toHaveLength(4);
      expect(plan.changes).toEqual(plan.changes.map(() => expect.objectContaining({ 'principal-name': name })));
    });
  });

  it('folds a long plan in log and summary, and shows its counts before (Many)', async () => {
    const estate = makeEstate({ accounts: 40, permissionSets: 2, azure: { resourceGroups: 40, groups: 2 } });
    await inWorld({ ...cloud.world, estate }, async (world) => {
      const result = await cloud.step(world, { ...cloud.signIn, ...large(estate, _), 'dry-run': 'true' });
      expect(errors(result)).toBe('');
      expect(resultsOf(result)).toHaveLength(120);
      expect(result.log).toContain('Plan for 120 grants: 120 create.');
      expect(result.log).toContain('Plan for each grant (120 lines)');
      const open = result.stdout.replaceAll(/^::group::[^]*?^::endgroup::|^::(?:debug|add-mask)::.*\n/gmu, '');
      expect(open.split('\n').length).toBeLessThan(40);
      const [before = '', inside = ''] = result.summary.split('<details>');
      expect(before).toContain('120 would be granted');
      expect(before).not.toContain('<th>');
      expect(inside.match(/<tr>/gu)).toHaveLength(121);
      expect(starts(cloud, result)).toEqual([]);
    });
  });
});

describe.each(manyClouds)('a failing dry run on %s (P9)', (_, cloud) => {
  it('is red where a read is denied, and names the missing permission', async () => {
    await inWorld({ ...cloud.world, ...cloud.readOnly }, async (world) => {
      world.script.fault(
        { operation: cloud.readBack, times: 50 },
        cloud === manyClouds[0]?.[1]
          ? { kind: 'error', status: 400, code: 'AccessDeniedException', message: 'no' }
          : { kind: 'error', status: 403, code: 'AuthorizationFailed', message: 'no' },
      );
      const result = await cloud.step(world, { ...manyByIds(cloud), 'dry-run': 'true' });
      expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'FAILED', changed: 'false' } });
      expect(errors(result)).toMatch(/What to do: .*(?:sso:ListAccountAssignments|roleAssignments\/read)/u);
      expect(result.outputs['plan-digest'] ?? '').toBe('');
    });
  });
});
