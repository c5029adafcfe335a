import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../rehearsal/runner/step.ts';
import { azureIds, scopes } from './azure-support.ts';
import { held, manyAws, manyAzure, manyByIds, starts, type ManyCloud } from './many.ts';
import { errors, ids, inWorld, severalAtOnce } from './support.ts';

/**
 * A workflow in a usual form: `principal: group:${{ inputs.group }}` and so on, with guards. An attacker's value of the
 * expression is the text after the prefix.
 */
interface Workflow {
  readonly cloud: ManyCloud;
  readonly fixed: Step['inputs'];
  readonly guards: Step['inputs'];
  /** Lines that the attacker wants to add to each input. */
  readonly wanted: Readonly<Record<'principal' | 'role' | 'target', string>>;
  /** Words about an exclusion that matches nothing, and about one that leaves nothing. */
  readonly unmatched: (target: string) => string;
  readonly nothingLeft: (target: string) => string;
}

const workflows: readonly (readonly [string, Workflow])[] = [
  [
    'AWS',
    {
      cloud: manyAws,
      fixed: { ...manyAws.signIn, principal: `group:${ids.onCall}`, role: ids.readOnly, target: ids.prod },
      guards: {
        'allowed-principals': 'group:Payments*',
        'allowed-roles': 'ReadOnlyAccess\nBilling',
        'allowed-targets': 'ou:/Workloads/Production/**',
      },
      wanted: { principal: `user:${ids.alice}`, role: 'AdministratorAccess', target: ids.dataLake },
      unmatched: (target) => `The exclusion "!${target}" matches no account that target selects.`,
      nothingLeft: (target) =>
        `No account is left in target. Selected: "${target}" (1 account). Excluded: "!${target}" (1 account).`,
    },
  ],
  [
    'Azure',
    {
      cloud: manyAzure,
      fixed: { principal: `group:${azureIds.onCall}`, role: azureIds.reader, target: scopes.resourceGroup },
      guards: {
        'allowed-principals': 'group:Payments*',
        'allowed-roles': 'Reader\nStorage Blob Data *',
        'allowed-targets': 'resource-group:payments-*',
      },
      wanted: { principal: `user:${azureIds.alice}`, role: 'Contributor', target: scopes.subscription },
      unmatched: (target) => `The exclusion "!${target}" matches none of the targets.`,
      nothingLeft: (target) => `No target is left: the only one is excluded by "!${target}".`,
    },
  ],
];

/** Separators of lines, and characters that some editors, languages and terminals treat as one. */
const separators = { LF: '\n', CRLF: '\r\n', CR: '\r', 'LF and blanks': ' \n\t ' } as const;
const strange = { NEL: '\u0085', LS: '\u2028', PS: '\u2029', VT: '\v', FF: '\f', '%0A': '%0A' } as const;

/** Each text once in each of two inputs: all inputs are used in turn. */
function inTurn(texts: Readonly<Record<string, string>>) {
  const parts = ['principal', 'role', 'target'] as const;
  return Object.entries(texts).flatMap(([name, text], index) =>
    parts.filter((_, at) => at !== index % 3).map((part) => ({ part, name, text })),
  );
}

describe.each(workflows)(
  'a line that is injected through an expression on %s',
  (_, { cloud, fixed, guards, wanted, unmatched, nothingLeft }) => {
    it('without guards adds a grant', async () => {
      await inWorld(cloud.world, async (world) => {
        const principal = `${fixed['principal'] ?? ''}\n${wanted.principal}`;
        const result = await cloud.step(world, { ...fixed, principal, 'dry-run': 'true' });
        expect(result.log).toContain('Plan for 2 grants: 2 create');
        expect(errors(await cloud.step(world, { ...fixed, ...guards, 'dry-run': 'true' }))).toBe('');
      });
    });

    it('does not pass the allowed values, with any end of line: red before any change (P10)', async () => {
      await inWorld(cloud.world, async (world) => {
        const before = cloud.total(world);
        const cases = inTurn(separators);
        const ends = await severalAtOnce(cases, async ({ part, name, text }) => {
          const result = await cloud.step(world, {
            ...fixed,
            ...guards,
            [part]: `${fixed[part] ?? ''}${text}${wanted[part]}`,
          });
          expect(starts(cloud, result)).toEqual([]);
          return [part, name, result.exitCode, errors(result).includes(`allowed-${part}s does not cover 1 `)];
        });
        expect(ends).toEqual(cases.map(({ part, name }) => [part, name, 1, true]));
        expect(cloud.total(world)).toBe(before);
      });
    });

    it('is not a line where only some programs see one: one text that matches no name, red', async () => {
      await inWorld(cloud.world, async (world) => {
        const before = cloud.total(world);
        const cases = inTurn(strange);
        const ends = await severalAtOnce(cases, async ({ part, name, text }) => {
          const result = await cloud.step(world, { ...fixed, [part]: `${fixed[part] ?? ''}${text}${wanted[part]}` });
          expect(starts(cloud, result)).toEqual([]);
          return [part, name, result.exitCode, result.outputs['status']];
        });
        expect(ends.filter(([, , code, status]) => code !== 1 || status !== 'FAILED')).toEqual([]);
        expect(cloud.total(world)).toBe(before);
      });
    });

    it('with a `!` removes nothing unseen: it must match, it is reported, and it is a fault where nothing is excluded (P10)', async () => {
      await inWorld(cloud.world, async (world) => {
        const [first, second] = cloud.idLines.target;
        const inputs = manyByIds(cloud);
        const none = await cloud.step(world, { ...inputs, target: `${first}\n!${second}` });
        expect(errors(none)).toContain(unmatched(second));
        const all = await cloud.step(world, { ...inputs, target: `${first}\n!${first}` });
        expect(errors(all)).toContain(nothingLeft(first));
        const only = await cloud.step(world, { ...inputs, target: `!${first}` });
        expect(errors(only)).toContain('target: This input has exclusions only');
        for (const input of ['principal', 'role', 'allowed-principals', 'allowed-roles', 'allowed-targets']) {
          const part = input.replace(/^allowed-|s$/gu, '') as 'principal';
          const line = `!${cloud.idLines[part][0]}`;
          const result = await cloud.step(world, { ...inputs, [input]: `${cloud.idLines[part][1]}\n${line}` });
          expect([input, result.exitCode, result.requests]).toEqual([input, 1, []]);
          expect(errors(result)).toContain(line);
        }
        expect(held(cloud, world)).toBe(0);
        const some = await cloud.step(world, {
          ...inputs,
          target: `${first}\n${second}\n!${second}`,
          'dry-run': 'true',
        });
        expect(some.log).toContain(`target !${second}`);
        expect(some.log).toContain('4 create');
      });
    });

    it('does not disable a guard either: a second value after the first is a fault (P10)', async () => {
      await inWorld(cloud.world, async (world) => {
        const cases: readonly (readonly [string, string])[] = [
          ['allowed-principals', 'group:Payments*\nany'],
          ['allowed-targets', `${cloud.idLines.target[0]}\nany`],
          ['allowed-roles', `${cloud.nameLines.role[0]}\rany`],
          ['allowed-roles', `${cloud.nameLines.role[0]}\n*`],
          ['max-grants', '1\nnone'],
          ['max-grants', '1\n100'],
          ['max-lifetime', '1h\nnone'],
          ['require-ids', 'true\nfalse'],
          ['dry-run', 'true\nfalse'],
          ['expected-plan', `sha256:${'0'.repeat(64)}\nnone`],
        ];
        const ends = await severalAtOnce(cases, async ([input, text]) => {
          const result = await cloud.step(world, { ...manyByIds(cloud), [input]: text });
          return [input, result.exitCode, errors(result).includes(`${input}: `), result.requests.length];
        });
        expect(ends).toEqual(cases.map(([input]) => [input, 1, true, 0]));
        expect(held(cloud, world)).toBe(0);
      });
    });
  },
);
