import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import { held, inFolder, manyAws, manyByIds, manyClouds } from './many.ts';
import { reviewed } from './reviewed-plans.ts';
import { errors, inWorld, severalAtOnce } from './support.ts';

/** Only the fault of one input: no other message, no request, and no result. */
function expectFault(result: StepResult, problem: string | RegExp): void {
  expect(result.exitCode).toBe(1);
  if (typeof problem === 'string') expect(errors(result)).toContain(problem);
  else expect(errors(result)).toMatch(problem);
  expect(errors(result)).toMatch(/Example: (?:expected-plan|plan-for): /u);
  expect(result.requests).toEqual([]);
  expect(result.outputs['status']).toBe('FAILED');
  expect(result.outputs['results-file']).toBeUndefined();
}

interface Plan {
  readonly caller: string;
  readonly changes: readonly Readonly<Record<string, string>>[];
  readonly digest: string;
}

/** Altered plans, or other files in their place: the text, and the words about it. */
const spoilt: readonly (readonly [string, (plan: Plan, text: string) => string, RegExp])[] = [
  ['empty', () => '', /The file is empty/u],
  ['blank', () => ' \n\t', /The file is empty/u],
  ['no JSON', (_, text) => text.slice(0, -30), /is not a plan/u],
  ['another document', () => '{"status":"SUCCEEDED","results":[]}', /is not a plan/u],
  ['a list', () => '[]', /is not a plan/u],
  ['of a later schema', (plan) => JSON.stringify({ ...plan, schema: 2 }), /has schema 2/u],
  [
    'with a change less',
    (plan) => JSON.stringify({ ...plan, changes: plan.changes.slice(1) }),
    /The plan was altered/u,
  ],
  [
    'with a change of another principal',
    (plan) => JSON.stringify({ ...plan, changes: plan.changes.map((it) => ({ ...it, 'principal-id': plan.digest })) }),
    /The plan (?:was altered|names a grant twice)/u,
  ],
  ['for another caller', (plan) => JSON.stringify({ ...plan, caller: `${plan.caller}x` }), /The plan was altered/u],
  ['with another digest', (plan) => JSON.stringify({ ...plan, digest: `sha256:${'0'.repeat(64)}` }), /was altered/u],
  ['with a change twice', (plan) => JSON.stringify({ ...plan, changes: [...plan.changes, ...plan.changes] }), /twice/u],
  ['with more in it', (plan) => JSON.stringify({ ...plan, note: 'approved' }), /has "note", which plans do not have/u],
  ['saying one thing twice', (_, text) => text.replace('{', '{"changes": [],'), /has a member twice/u],
];

describe.each(manyClouds)('a reviewed plan on %s that is (P6)', (_, cloud) => {
  it('empty, altered or missing is an input fault, before any request', async () => {
    await reviewed(cloud, async (world, { file }) => {
      const text = await readFile(file, 'utf8');
      const plan = JSON.parse(text) as Plan;
      await severalAtOnce(spoilt, async ([name, spoil, problem], index) => {
        const path = `${file}.${index}`;
        await writeFile(path, spoil(plan, text));
        // The reader of the plan sees the fault and its file.
        const result = await cloud.step(world, { ...manyByIds(cloud), 'expected-plan': path });
        expect([name, errors(result)]).toEqual([
          name,
          expect.stringContaining(`expected-plan: "${path}" cannot be used as a plan.`),
        ]);
        expectFault(result, problem);
      });
      expect(held(cloud, world)).toBe(0);
    });
  });
});

describe('expected-plan', () => {
  const inputs = manyByIds(manyAws);

  it('that is not the path of a readable file or a digest is an input fault (P6)', async () => {
    await inFolder((folder) =>
      inWorld({}, async (world) => {
        const locked = join(folder, 'locked.json');
        await writeFile(locked, '{}');
        await chmod(locked, 0);
        await mkdir(join(folder, 'plans'));
        const cases: readonly (readonly [string, string | RegExp])[] = [
          [join(folder, 'missing.json'), 'a file that can be read'],
          [join(folder, 'plans'), 'is a folder'],
          [locked, process.getuid?.() === 0 ? 'is not a plan' : 'a file that can be read'],
          ['sha256:abc', 'is not a digest, which is sha256: and 64 hexadecimal digits'],
          [`sha256:${'g'.repeat(64)}`, 'is not a digest'],
          ['', 'expected-plan: This input is empty: the expression returned nothing'],
          ['plan.json\nother.json', 'has several lines'],
        ];
        await severalAtOnce(cases, async ([given, problem]) => {
          const result = await manyAws.step(world, { ...inputs, 'expected-plan': given });
          expectFault(result, problem);
        });
        expect(held(manyAws, world)).toBe(0);
      }),
    );
  });

  it('of another cloud or operation is a fault, reported with all others (P6)', async () => {
    for (const [name, cloud] of manyClouds) {
      await reviewed(cloud, async (world, { file }) => {
        const result = await cloud.step(world, {
          ...manyByIds(cloud),
          operation: 'revoke',
          'expected-plan': file,
          'max-grants': 'many',
          timeout: 'soon',
        });
        expectFault(result, 'is a plan of operation: assign, not of revoke');
        expect(errors(result)).toContain('max-grants: "many" is not');
        expect(errors(result)).toContain('timeout: "soon" is not');
        if (name !== 'AWS') {
          const foreign = await manyAws.step(world, { ...inputs, 'expected-plan': file });
          expectFault(foreign, 'is a plan of cloud: azure, not of aws');
        }
      });
    }
  });

  it('is found from the workspace where its path is relative', async () => {
    await reviewed(manyAws, async (world, { file }) => {
      const env = { GITHUB_WORKSPACE: join(file, '..') };
      const result = await manyAws.step(world, { ...inputs, 'expected-plan': 'plan.json' }, { env });
      expect(errors(result)).toBe('');
      expect(held(manyAws, world)).toBe(8);
    });
  });

  it('is only compared: content of the file alone is never carried out (P10)', async () => {
    await reviewed(manyAws, async (world, { file }) => {
      // The step requests one grant of the eight; the file has them all.
      const one = { ...inputs, principal: manyAws.idLines.principal[0], role: manyAws.idLines.role[0] };
      const result = await manyAws.step(world, { ...one, target: manyAws.idLines.target[0], 'expected-plan': file });
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toContain('7 reviewed changes are not planned now');
      expect(held(manyAws, world)).toBe(0);
    });
  });
});

const onUnix = process.platform === 'win32' ? it.skip : it;
onUnix('a file with restricted access is a fault at once, and none of its content is shown (P7, P10)', () =>
  inFolder(async (folder) => {
    const pipe = join(folder, 'pipe.json');
    const zeros = join(folder, 'zeros.json');
    execFileSync('mkfifo', [pipe]);
    await symlink('/dev/zero', zeros);
    const cases: readonly (readonly [string, string])[] = [
      [pipe, 'is a pipe, not a regular file'],
      [zeros, 'is a device, not a regular file'],
      [folder, 'is a folder'],
      ...(process.platform === 'linux' ? ([['/proc/self/environ', 'is not text']] as const) : []),
    ];
    for (const [, cloud] of manyClouds) {
      await inWorld(cloud.world, async (world) => {
        for (const [path, problem] of cases) {
          const result = await cloud.step(world, { ...cloud.byIds, 'expected-plan': path }, { timeoutMs: 30_000 });
          expectFault(result, `"${path}" ${problem}.`);
          expect(result.log).not.toContain('REHEARSAL_WITNESS');
        }
      });
    }
  }),
);
