import { describe, expect, test } from '@jest/globals';

import { readAccessFiles } from '../../../src/access/files/read.ts';
import type { AccessFile } from '../../../src/access/files/access-file.ts';
import type { Inventory } from '../../../src/access/files/inventory-rows.ts';
import { maxFileBytes } from '../../../src/access/files/grammar.ts';
import { showInventory } from '../../../src/access/files/inventory.ts';
import type { Existing } from '../../../src/access/files/port.ts';
import type { Assignment } from '../../../src/access/grant.ts';
import { commonInputs, type CommonValues } from '../../../src/access/inputs.ts';
import { dialectsOf } from '../../../src/action/inputs/prefixes.ts';
import { fileGrammar } from '../../../src/action/inputs/file-grammar.ts';
import { awsDeclaration } from '../../../src/aws/declaration.ts';
import { azureDeclaration } from '../../../src/azure/declaration.ts';
import { createDraw } from '../../property/draw.ts';
import { keyOf } from '../fixtures.ts';
import { createRig } from './rig.ts';
import type { About } from './fake-access.ts';
import {
  accessFile,
  createEstate,
  existing,
  file,
  inventoryOf,
  line,
  readingTools,
  row,
  selecting,
} from './small-estate.ts';

const clouds = { aws: awsDeclaration, azure: azureDeclaration };
const absent = Object.fromEntries(Object.entries(commonInputs).map(([name, it]) => [name, it.absent])) as CommonValues;

/** The draft as a step reads it; fails where it is faulty. */
function read(draft: string, name: keyof typeof clouds = 'aws'): AccessFile {
  const grammar = fileGrammar(name, clouds[name], absent, dialectsOf(clouds, name, clouds[name]));
  const { files, faults } = readAccessFiles([{ path: 'draft.yml', blob: 'b-1', bytes: Buffer.from(draft) }], grammar);
  const [only] = files;
  if (faults.length > 0 || only === undefined) throw new Error(JSON.stringify(faults.slice(0, 3)));
  return only;
}

const user = (number: number): string => `0a1b2c3d-1111-4222-8333-4444555566${String(number).padStart(2, '0')}`;
const permissionSet = (number: number): string =>
  `arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcd${String(number).padStart(2, '0')}`;
const account = (number: number): string => `0123456789${String(number).padStart(2, '0')}`;

const numbers = [1, 2, 3];
const universe = numbers.flatMap((who) =>
  numbers.flatMap((role) =>
    numbers.map((where): Assignment => ({
      kind: 'assignment',
      principal: { id: user(who), type: who === 1 ? 'USER' : 'GROUP', name: `n ${who}` },
      role: { id: permissionSet(role), name: null },
      target: { id: account(where), name: 'payments' },
    })),
  ),
);

const draftOf = async (there: readonly Existing[], request: Parameters<typeof inventoryOf>[0] = {}): Promise<string> =>
  (await showInventory(inventoryOf(request), createEstate(there), readingTools())).inventory.draft;

const beside: readonly About[] = [
  {},
  {},
  {},
  { over: { kind: 'lease', endsAt: 9e12 } },
  { over: { kind: 'pim-eligible' } },
  { over: { source: 'inherited' } },
  { beside: { kind: 'pim-active' } },
  { over: { principalState: 'unknown' } },
];

describe('the draft of an access file', () => {
  test('is read without faults, and a reconcile of it plans no change, in 300 random estates (P11)', async () => {
    let drafted = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const draw = createDraw(seed);
      const there = universe.filter(() => draw.percent(50));
      const about = new Map(there.map((it) => [keyOf(it), draw.pick(beside)]));
      const rig = createRig({ universe, there, about: (it) => about.get(keyOf(it)) ?? {} });
      const tools = { ...readingTools(), cloud: rig.access.cloud };
      const { inventory } = await showInventory(inventoryOf(), rig.access, tools);
      const files = [read(inventory.draft)];
      if (files.every(({ owns }) => owns === null)) continue;
      drafted += 1;
      const plan = await rig.plan({ operation: 'reconcile', prune: 'revoke', files });
      expect({ seed, changes: plan.changes, refused: plan.refused }).toEqual({ seed, changes: [], refused: [] });
      // Nothing counts as drift either.
      const again = await showInventory(inventoryOf({ files }), rig.access, tools);
      expect({ seed, drift: again.inventory.hasDrift }).toEqual({ seed, drift: false });
      // Its rows are the permanent access, and nothing else.
      const kept = (them: Inventory['rows']): readonly string[] =>
        [...new Set(them.filter(({ isPermanent }) => isPermanent).map(({ grant }) => keyOf(grant)))].toSorted();
      expect(kept(again.inventory.rows.filter(({ inFile }) => inFile === 'yes'))).toEqual(kept(inventory.rows));
    }
    expect(drafted).toBeGreaterThan(250);
  });

  test('is by IDs, with names as comments, and joins what multiplies', async () => {
    const there = universe
      .filter(({ principal, target }) => principal.id !== user(3) && target.id !== account(3))
      .map((grant) => ({ ...existing('user:u r t'), grant }));
    const draft = await draftOf(there);
    expect(draft).toBe(
      [
        '# Permanent access that existed in Test Cloud at 2026-03-04 05:06 UTC. Review it before you use it as access-file.',
        'version: 1',
        'cloud: aws',
        'owns:',
        '  principals:',
        "    - 'GROUP'",
        "    - 'USER'",
        '  roles:',
        ...numbers.map((it) => `    - '${permissionSet(it)}'`),
        '  targets:',
        `    - '${account(1)}' # payments`,
        `    - '${account(2)}' # payments`,
        'grants:',
        '  - principal:',
        `      - 'group:${user(2)}' # n 2`,
        `      - 'user:${user(1)}' # n 1`,
        '    role:',
        ...numbers.map((it) => `      - '${permissionSet(it)}'`),
        '    target:',
        `      - '${account(1)}' # payments`,
        `      - '${account(2)}' # payments`,
        '',
      ].join('\n'),
    );
  });

  test.each(['a\nversion: 2', 'a\r\u0085\u2028b', '\u202Ereversed', ` # - '"`, '\u{1F600}\uD800', 'x'.repeat(500)])(
    'a name cannot leave its comment: %j',
    async (name) => {
      const [first] = universe;
      if (first === undefined) throw new Error('there is one');
      const grant = { ...first, target: { ...first.target, name } };
      const draft = await draftOf([{ ...existing('user:u r t'), grant }]);
      expect(read(draft).grants).toHaveLength(1);
      expect(draft.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      expect(Math.max(...draft.split('\n').map((it) => it.length))).toBeLessThan(250);
    },
  );

  const scope = '/subscriptions/11111111-2222-4333-8444-555555555555';
  const azureGrant: Assignment = {
    kind: 'assignment',
    principal: { id: user(1), type: 'ServicePrincipal', name: 'deploy' },
    role: { id: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${user(2)}`, name: 'Reader' },
    target: { id: scope, name: null },
  };
  const azureDraft = async (over: Partial<Existing>): Promise<string> => {
    const estate = createEstate([{ ...existing('user:u r t'), grant: azureGrant, ...over }]);
    const tools = readingTools();
    const planning = { ...tools.planning, cloud: 'azure' };
    return (await showInventory(inventoryOf(), estate, { ...tools, planning })).inventory.draft;
  };

  test.each([
    "((!(ActionMatches{'Microsoft.Storage/x'}))\r\n OR\n\t(a StringEquals 'b\\c\"d'))",
    'é \u{1F600}',
    "it's",
    '0x10',
  ])('on Azure it has conditions as they are: %j', async (condition) => {
    const only = read(await azureDraft({ properties: { condition, description: 'd' } }), 'azure');
    expect(only.grants.map(({ properties, principals }) => [properties.condition, principals[0]?.text])).toEqual([
      [condition, `service-principal:${user(1)}`],
    ]);
    expect(only.owns?.principalTypes).toEqual(['ServicePrincipal']);
  });

  test.each([
    ['an orphan', { principalState: 'orphan' }, /^# Left out: 1 grant of principals that no longer exist\.$/mu],
    [
      'a principal of an unknown type',
      { grant: { ...azureGrant, principal: { ...azureGrant.principal, type: 'Unknown' } } },
      /^# Left out: 1 grant of principals whose type is unknown\.$/mu,
    ],
    [
      'a condition with hidden characters',
      { properties: { condition: 'a\u202Eb', description: null } },
      /^# Left out: 1 grant with conditions/mu,
    ],
  ] as const)('leaves out %s, and reports that', async (_what, over, remark) => {
    const draft = await azureDraft(over);
    expect(draft).toMatch(remark);
    expect(read(draft, 'azure')).toMatchObject({ grants: [], owns: null });
  });

  test('owns nothing if only some principals were listed', async () => {
    const [first, second] = universe;
    if (first === undefined || second === undefined) throw new Error('there are some');
    const there = [{ ...existing('user:u r t'), grant: first }];
    const only = read(await draftOf(there, { principals: [line(`user:${user(1)}`)] }));
    expect(only).toMatchObject({ owns: null, grants: [{}] });
  });

  test('owns nothing if files own parts that do not multiply', async () => {
    const owning = (text: string): AccessFile => accessFile({ owns: { ...selecting(text), place: file }, grants: [] });
    const there = [existing('user:u-1 r-1 t-1'), existing('user:u-1 r-2 t-2')];
    const apart = await draftOf(there, { files: [owning('* r-1 t-1'), owning('* r-2 t-2')] });
    expect(apart).toContain('# It has no `owns`');
    expect(await draftOf(there, { files: [owning('* r-1 *'), owning('* r-2 *')] })).toContain('\nowns:\n');
  });

  test('keeps the dates of rows that have not expired, and warns of those that have', async () => {
    const day = Date.parse('2027-01-31T00:00:00Z');
    const grants = [row('user:u-1 r-1 t-1', { expires: day }), row('user:u-2 r-1 t-1', { expires: 1 })];
    const draft = await draftOf([existing('user:u-1 r-1 t-1'), existing('user:u-2 r-1 t-1')], {
      files: [accessFile({ grants })],
    });
    expect(draft.match(/expires: .*/gu)).toEqual(['expires: 2027-01-31']);
    expect(draft).toContain('# Check 1 grant that still exist');
  });

  test('of 20,000 assignments fits into an access file', async () => {
    const there = Array.from({ length: 20_000 }, (_, index) => {
      const [who, rest] = [index % 20, Math.floor(index / 20)];
      return existing(`group:${user(who)} ${permissionSet(rest % 20)} ${account(0)}${Math.floor(rest / 20)}`);
    });
    const draft = await draftOf(there);
    expect(Buffer.byteLength(draft)).toBeLessThan(maxFileBytes);
    expect(draft.match(/- principal:/gu)).toHaveLength(1);
  });
});
