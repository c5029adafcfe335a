import { describe, expect, it } from '@jest/globals';
import { alterationsOf, drawn, runAltered } from './altered-answers.ts';
import { azureCases, cases, type Case } from './boundary-cases.ts';
import { expectClearlyRed } from './hostile-ends.ts';
import { isWhole } from './matrix.ts';
import { byIds, inWorld, onCallAssignment, severalAtOnce, step } from './support.ts';

const changes: readonly (readonly [string, Case])[] = [
  ['AWS: assign', cases['assign by names']],
  ['AWS: revoke', cases.revoke],
  ['AWS: provision', cases['provision one account']],
  ['Azure: assign', azureCases['assign by names']],
  ['Azure: revoke', azureCases.revoke],
];

describe('responses with a member that is missing, null, of another type, or of an undocumented value', () => {
  it.each(changes)(
    '%s: reports nothing false, ends red with a hint, within its time (P1, P9)',
    async (_name, change) => {
      const all = await alterationsOf(change);
      expect(all.length).toBeGreaterThan(10);
      const problems = await severalAtOnce(drawn(all), (alteration) => runAltered(change, alteration));
      expect(problems.flat()).toEqual([]);
    },
    isWhole ? 1_800_000 : undefined,
  );

  it.each([
    ['AWS', cases.revoke, 'sso ListAccountAssignments', 'AccountAssignments[].PrincipalId'],
    ['Azure', azureCases.revoke, 'arm roleAssignments.list', 'value'],
    ['Azure', azureCases.revoke, 'arm roleAssignments.list', 'value[].properties.principalId'],
  ] as const)(
    '%s: a list of grants without the requested one does not prove its absence (%#) (P1)',
    async (_, change, operation, path) => {
      expect(await runAltered(change, { operation, path, to: 'is missing' })).toEqual([]);
    },
  );

  it('Azure: a name of another type is an invalid response, and not a bug of this action', async () => {
    const name = { operation: 'graph groups.list', path: 'value[].displayName', to: 'is of another type' } as const;
    expect(await runAltered(azureCases['assign by names'], name)).toEqual([]);
  });

  it('AWS: nor does a success without a list, which AWS never sends (P1)', async () => {
    await inWorld({}, async (world) => {
      world.aws.estate.add(onCallAssignment);
      const headers = { 'x-amzn-requestid': '' };
      const unlike = { kind: 'http', status: 200, body: '{}', contentType: 'application/json', headers } as const;
      world.script.fault({ operation: 'ListAccountAssignments', times: Infinity }, unlike);
      const result = await step(world, { ...byIds, operation: 'revoke', timeout: '30s' });
      expectClearlyRed(result);
      expect(world.aws.estate.has(onCallAssignment)).toBe(true);
    });
  });

  it('AWS: nor does a list with the principal as a new kind (P1)', async () => {
    const path = 'AccountAssignments[].PrincipalType';
    expect(await runAltered(cases.revoke, { operation: 'sso ListAccountAssignments', path, to: 'is unknown' })).toEqual(
      [],
    );
  });
});
