import { describe, expect, it } from '@jest/globals';
import type { PlanDocument, PlannedGrant } from '../../../src/access/plan/document.ts';
import { largestMarkdown, renderPlanMarkdown } from '../../../src/action/report/plan-markdown.ts';
import { mask } from '../../../src/action/secrets.ts';
import { create, keep, planOf, push, refuse, update } from '../../access/plan/plans.ts';
import { createDraw, seeds, type Draw } from '../../property/draw.ts';
import { treeOf } from './markdown-tree.ts';

const mixed = planOf([create('p-1'), create('p-2'), update('p-3'), keep('p-4'), refuse('p-5')]);
const removal = { ...grantOf('leaver'), action: 'remove' as const };
const reconciled: PlanDocument = { ...mixed, changes: [...mixed.changes, removal] };

function grantOf(name: string): Omit<PlannedGrant, 'action'> {
  return {
    'principal-type': 'USER',
    'principal-id': `id-${name}`,
    'principal-name': name,
    'role-id': 'role-1',
    'role-name': 'Reader',
    'target-id': '123456789012',
    'target-name': 'prod',
  };
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

describe('a plan as Markdown', () => {
  it('has all counts in its first line, and removals first', () => {
    const text = renderPlanMarkdown(reconciled, []);
    expect(firstLine(text)).toBe(
      '**Plan of `assign` on `sky`: 1 to revoke, 2 to grant, 1 to update, 1 unchanged, 1 refused**',
    );
    const titles = [...text.matchAll(/^#### (?<title>.+)$/gmu)].map(({ groups }) => groups?.['title']);
    expect(titles).toEqual(['To revoke', 'Refused', 'To grant', 'To update']);
    expect(text).toContain('- `USER` `leaver` (`id-leaver`) → `Reader` → `prod` (`123456789012`)\n');
    expect(text).toContain(': `it has a condition`\n');
  });

  it('distinguishes removals of access without a row from those of expired rows', () => {
    const gone = { ...removal, ...grantOf('expired'), cause: 'expired' as const };
    const extra = { ...removal, ...grantOf('extra'), cause: 'extra' as const };
    const text = renderPlanMarkdown({ ...mixed, changes: [gone, ...mixed.changes, extra] }, []);
    expect(firstLine(text)).toContain('2 to revoke');
    expect(text).toMatch(
      /#### To revoke: in no row\n\n- [^\n]*`extra`[^\n]*\n\n#### To revoke: in expired rows only\n\n- [^\n]*`expired`/u,
    );
  });

  it('has a refusal in its second line', () => {
    const text = renderPlanMarkdown(reconciled, ['A notice.'], 'It has `2` removals of @octocat.');
    expect(text.split('\n').slice(0, 4)).toEqual([
      firstLine(renderPlanMarkdown(reconciled, [])),
      "**This plan was refused:** `It has '2' removals of @octocat.`",
      '',
      'Nothing was changed yet.',
    ]);
    expect(renderPlanMarkdown(reconciled, ['A notice.'])).not.toContain('This plan was refused');
  });

  it('shows the caller, the place and the digest', () => {
    const text = renderPlanMarkdown(mixed, []);
    expect(text).toContain('Will be applied by `caller-1` in `directory-1`.');
    expect(text).toContain('Lifetime: `permanent`.');
    expect(text).toContain(`Digest: \`${mixed.digest}\``);
  });

  it('of a push counts the provisioned permission sets', () => {
    const text = renderPlanMarkdown(planOf([push('t-1'), push('t-2')], { operation: 'provision' }), []);
    expect(firstLine(text)).toBe('**Plan of `provision` on `sky`: 2 to provision, 0 unchanged, 0 refused**');
    expect(text).toContain('- `Reader` → `t-1`\n');
  });

  it('shows notices and settings', () => {
    const text = renderPlanMarkdown({ ...mixed, settings: { condition: "@Resource[x] > 'y'" } }, ['Set `prune`.']);
    expect(text).toContain("#### Notices\n\n- `Set 'prune'.`\n");
    expect(text).toContain("- `condition`: `@Resource[x] > 'y'`\n");
  });

  it('has at most 60,000 characters of whole lines, and counts the lines that do not fit (P11)', () => {
    const changes = Array.from({ length: 2_000 }, (_, index) => ({ ...removal, ...grantOf(`leaver-${index}`) }));
    const more = Array.from({ length: 500 }, (_, index) => ({
      ...grantOf(`joiner-${index}`),
      action: 'create' as const,
    }));
    const plan: PlanDocument = { ...mixed, refused: [], changes: [...more, ...changes] };
    const text = renderPlanMarkdown(plan, ['A notice.']);
    expect(text.length).toBeLessThanOrEqual(largestMarkdown);
    expect(text.length).toBeGreaterThan(largestMarkdown - 400);
    expect(firstLine(text)).toContain('2000 to revoke, 500 to grant');
    const lines = text.split('\n').filter((line) => line.includes('leaver-'));
    for (const line of lines) expect(line).toMatch(/^- `USER` `leaver-\d+` .* → `prod` \(`123456789012`\)$/u);
    const left = [...text.matchAll(/^- (?<count>\d+) more lines? did not fit/gmu)].map(
      ({ groups }) => groups?.['count'],
    );
    expect(left[0]).toBe(String(2_000 - lines.length));
    const shown = text.split('\n').filter((line) => line.includes('joiner-')).length;
    expect(Number(left[1] ?? 0) + shown).toBe(500);
    expect(text).toContain(`Digest: \`${plan.digest}\``);
  });

  it('cuts a name that would leave no room for others', () => {
    const long = { ...removal, ...grantOf('\u{1f6d1}'.repeat(40_000)) };
    const text = renderPlanMarkdown({ ...mixed, changes: [long, removal] }, []);
    expect(text.length).toBeLessThan(6_000);
    expect(text).toContain('`leaver`');
    expect(text).not.toContain('did not fit');
    expect(text.isWellFormed()).toBe(true);
  });

  it('holds no secret', () => {
    mask('s3cr3t-in-a-name');
    expect(renderPlanMarkdown({ ...mixed, changes: [{ ...removal, ...grantOf('x s3cr3t-in-a-name') }] }, [])).toContain(
      '`x ***`',
    );
  });
});

/** Pieces that mean something to a reader of Markdown or HTML, or to GitHub. */
const hostile = [
  ...['@octocat', '@octo-org/admins', '#12', 'GH-12', 'octo-org/infra#1', 'a'.repeat(40), ':smile:', 'a@example.com'],
  ...[
    'https://example.com',
    'www.example.com',
    '[x](https://example.com)',
    '![x](y)',
    '[x]: y',
    '[^1]',
    '<https://x.y>',
  ],
  ...[
    '<b>',
    '</code>',
    '<img src=x onerror=alert(1)>',
    '<!-- cloud-access:plan -->',
    '-->',
    '&lt;',
    '&#64;octocat',
    '&',
  ],
  ...['`', '``', '```', '~~~', '\n', '\r\n', '\n\n', '\n```\n', '\u2028', '\u0085', '\t', '\0', '\u200b', '\u202e'],
  ...[
    '\u2066',
    '\ufeff',
    '\ud800',
    '|',
    '\\',
    '\\`',
    '*',
    '**',
    '_',
    '~~',
    '$`x`$',
    '$$',
    '# ',
    '- ',
    '> ',
    '1. ',
    '---',
    '===',
  ],
  ...['::error::x', '##[error]x', ' ', '  ', '', 'Ünï', '漢字', '\u{1f6d1}', 'plain', '…'],
];

const hostileText = (draw: Draw): string => draw.times(0, 6, () => draw.pick(hostile)).join('');

/** The same plan, with every text that comes from files and clouds as a function gives it. */
function planWith(
  draw: Draw,
  text: () => string,
): { readonly plan: PlanDocument; readonly notices: readonly string[] } {
  const grant = (): Omit<PlannedGrant, 'action'> => ({
    'principal-type': 'USER',
    'principal-id': 'x' + text(),
    'principal-name': 'x' + text(),
    'role-id': 'x' + text(),
    'role-name': 'x' + text(),
    'target-id': 'x' + text(),
    'target-name': 'x' + text(),
  });
  const kinds = ['create', 'remove', 'update'] as const;
  const changes = draw.times(1, 5, (index) => ({ ...grant(), action: kinds[index % 3] ?? 'create' }));
  const refused = draw.times(0, 2, () => ({ ...grant(), action: 'refuse' as const, reason: text() }));
  const plan = { ...mixed, changes, refused, caller: text(), directory: text(), settings: { description: text() } };
  return { plan, notices: draw.times(0, 2, text) };
}

describe('names in a plan as Markdown', () => {
  it.each(seeds(300))('are code and nothing else, with any characters: seed %d (P7)', (seed) => {
    const [draw, same] = [createDraw(seed), createDraw(seed)];
    const texts = createDraw(seed + 100_000);
    const { plan, notices } = planWith(draw, () => hostileText(texts));
    const harmless = planWith(same, () => 'name');
    const [text, plain] = [renderPlanMarkdown(plan, notices), renderPlanMarkdown(harmless.plan, harmless.notices)];
    const [tree, expected] = [treeOf(text), treeOf(plain)];
    // The same text except for the code.
    expect(tree.types).toEqual(expected.types);
    expect(tree.texts).toEqual(expected.texts);
    expect(tree.codes).toHaveLength(expected.codes.length);
    expect(tree.types).not.toContain('Html');
    expect(tree.types).not.toContain('Link');
    // For readers that do not render Markdown.
    expect(text).not.toMatch(/[<\u200b\u202e\u2066\ufeff\u2028\u0085\0\r]/u);
    expect(text).not.toMatch(/^\s*::|##\[/mu);
    expect(text.isWellFormed()).toBe(true);
  });

  it('are separate for the parser that this test uses (P7)', () => {
    const types = ['<b>', '@a https://example.com', '[x](y)', '![x](y)', '| a |\n| - |'].map(
      (text) => treeOf(text).types,
    );
    for (const [index, type] of ['Html', 'Link', 'Link', 'Image', 'Table'].entries()) {
      expect(types[index]).toContain(type);
    }
  });
});
