import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { Refusal } from '../../../src/access/errors.ts';
import { largestPlan, parsePlan, renderPlan } from '../../../src/access/plan/file.ts';
import { renderPlanMarkdown } from '../../../src/action/report/plan-markdown.ts';
import { addOutcome, keepPlan } from '../../../src/action/report/plan-output.ts';
import { mask } from '../../../src/action/secrets.ts';
import { create, planOf } from '../../access/plan/plans.ts';
import { useGitHub } from '../github/github.ts';

const github = useGitHub();
const plan = planOf([create('p-1')]);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloud-access-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const read = (path: string): unknown => parsePlan(readFileSync(path, 'utf8'));

describe('keepPlan', () => {
  test('writes to the requested path, creates its folders, and overwrites a file', () => {
    const file = join(folder, 'a', 'b', 'plan.json');
    for (const document of [planOf([create('p-9'), create('p-8')]), plan]) {
      expect(keepPlan(document, { file, always: true, folder })).toMatchObject({ file, digest: document.digest });
      expect(read(file)).toEqual({ ok: true, value: document });
    }
    expect(github.outputs()).toMatchObject({ 'plan-file': file, 'plan-digest': plan.digest });
  });

  test('of a dry run writes a new file that only this user can read', () => {
    const [one, other] = [0, 1].map(() => keepPlan(plan, { file: null, always: true, folder }).file);
    expect(one).not.toBe(other);
    expect(one?.startsWith(folder)).toBe(true);
    expect(read(one ?? '')).toEqual({ ok: true, value: plan });
    if (process.platform !== 'win32') expect(statSync(one ?? '').mode & 0o777).toBe(0o600);
  });

  test('writes nothing where no file was requested, and shows the digest', () => {
    expect(keepPlan(plan, { file: null, always: false, folder })).toEqual({
      file: '',
      markdown: '',
      digest: plan.digest,
    });
    expect(readdirSync(folder)).toEqual([]);
    expect(github.outputs()).toEqual({ 'plan-file': '', 'plan-markdown': '', 'plan-digest': plan.digest });
  });

  test('that cannot write is a refusal, and sets no output', () => {
    writeFileSync(join(folder, 'file'), '');
    for (const place of [
      { file: join(folder, 'file', 'plan.json'), always: false, folder },
      { file: folder, always: false, folder },
      { file: null, always: true, folder: join(folder, 'nowhere') },
    ]) {
      expect(() => keepPlan(plan, place)).toThrow(Refusal);
    }
    expect(github.outputs()).toEqual({});
  });

  test('warns of a plan with too many bytes to be read again', () => {
    const large = planOf([create('p-1')], { settings: { description: '\u{1f6d1}'.repeat(largestPlan / 4) } });
    keepPlan(large, { file: null, always: false, folder });
    expect(github.printed().join()).toContain('::warning::The plan file is too large');
    expect(parsePlan(renderPlan(large)).ok).toBe(false);
  });

  test("writes it as Markdown too, into the runner's folder, and again once there are notices", () => {
    const kept = keepPlan(plan, { file: join(folder, 'plan.json'), always: false, folder: join(folder, '.') });
    const text = readFileSync(kept.markdown, 'utf8');
    expect(kept.markdown).toMatch(/\.md$/u);
    expect(github.outputs()).toMatchObject({ 'plan-markdown': kept.markdown });
    expect(text).toBe(renderPlanMarkdown(plan, []));
    if (process.platform !== 'win32') expect(statSync(kept.markdown).mode & 0o777).toBe(0o600);
    addOutcome(plan, kept, []);
    expect(readFileSync(kept.markdown, 'utf8')).toBe(text);
    addOutcome(plan, kept, ['Two grants are in no row.']);
    expect(readFileSync(kept.markdown, 'utf8')).toContain('`Two grants are in no row.`');
    addOutcome(plan, kept, [], 'Too many removals.');
    expect(readFileSync(kept.markdown, 'utf8').split('\n')[1]).toBe('**This plan was refused:** `Too many removals.`');
  });

  test('warns where only the Markdown cannot be written', () => {
    const file = join(folder, 'plan.json');
    const kept = keepPlan(plan, { file, always: false, folder: join(folder, 'nowhere') });
    expect(kept).toEqual({ file, markdown: '', digest: plan.digest });
    expect(github.printed().join()).toContain('::warning::plan-markdown could not be written');
    addOutcome(plan, kept, ['Two grants are in no row.']);
    addOutcome(plan, { ...kept, markdown: join(folder, 'nowhere', 'plan.md') }, ['Two grants are in no row.']);
    expect(github.printed().filter((line) => line.includes('::warning::'))).toHaveLength(2);
  });

  test('writes no secret', () => {
    mask('s3cr3t-of-somebody');
    const file = join(folder, 'plan.json');
    const leaky = planOf([create('p-1')], { settings: { description: 'it is s3cr3t-of-somebody' } });
    const { markdown } = keepPlan(leaky, { file, always: false, folder });
    for (const path of [file, markdown]) expect(readFileSync(path, 'utf8')).toContain('it is ***');
  });
});
