import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { leaseScenes } from '../../rehearsal/show/lease-scenes.ts';
import { rehearseScenes, sceneList, type SceneOptions } from '../../rehearsal/show/rehearse-scenes.ts';
import type { Scene } from '../../rehearsal/show/scene.ts';
import { scenes } from '../../rehearsal/show/scenes.ts';
import { makeStyle } from '../../rehearsal/show/style.ts';

interface Shown {
  readonly isRight: boolean;
  readonly text: string;
  readonly lines: readonly string[];
}

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scenes-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function shown(list: readonly Scene[], options: Partial<SceneOptions> = {}): Promise<Shown> {
  const said: string[] = [];
  const keep = join(folder, 'others');
  const isRight = await rehearseScenes(
    list,
    { only: null, isVerbose: false, keep, ...options },
    makeStyle(false),
    (it) => said.push(it),
  );
  const text = said.join('\n');
  return { isRight, text, lines: text.split('\n') };
}

const [first] = leaseScenes;
if (first === undefined) throw new TypeError('there is no scene');
const wrong = {
  ...first,
  expected: { exitCode: 1, outputs: { status: 'FAILED' }, changes: 2, access: 'gone' },
  then: [],
} as const;

describe('`npm run rehearse`', () => {
  let all: Shown;
  let keep = '';
  /** npm prints the name of the package and the command, with empty lines around them. */
  const linesOfNpm = 4;

  beforeAll(async () => {
    keep = join(folder, 'all');
    all = await shown(scenes, { keep });
  });

  it('plays every scene with the expected result, and reports that in at most 60 lines', () => {
    expect(all.lines.filter((line) => /^[✔✘] +\d+ /u.test(line))).toHaveLength(scenes.length);
    expect(all.lines.filter((line) => line.startsWith('✘'))).toEqual([]);
    expect([all.isRight, all.text.includes(`✔ All ${scenes.length} scenes`)]).toEqual([true, true]);
    expect(linesOfNpm + all.lines.length).toBeLessThanOrEqual(60);
  });

  it('quotes the action on each scene, and the reason of a failure', () => {
    expect(all.lines.find((line) => line.includes(' 1 '))).toMatch(/ · "Leased" → "Revoked"$/u);
    const after = (title: string): string => all.lines[all.lines.findIndex((it) => it.includes(title)) + 1] ?? '';
    expect(after('A wrong trust policy')).toMatch(/^ {5}".*AccessDenied/u);
    expect(after('a wrong federated credential')).toMatch(/^ {5}"/u);
  });

  it('shows the summary of the first lease in full', () => {
    const summary = readFileSync(join(keep, folders(keep)[0] ?? '', '1-summary.html'), 'utf8');
    const rows = [...summary.matchAll(/<tr><td>(?<title>.*?)<\/td>/gu)].map((it) => it.groups?.['title'] ?? '');
    expect(rows.length).toBeGreaterThan(3);
    for (const title of rows) expect(all.text).toContain(`  ${title.replaceAll('&nbsp;', ' ')} `);
  });

  it('keeps log, outputs, results and summary of each step, in self-contained pages', () => {
    expect(all.text).toContain(join(keep, 'index.html'));
    expect(folders(keep)).toHaveLength(scenes.length);
    const scene = join(keep, folders(keep)[0] ?? '');
    expect(readdirSync(scene).toSorted()).toEqual([
      '1-log.txt',
      '1-outputs.json',
      '1-results.json',
      '1-summary.html',
      '2-log.txt',
      '2-outputs.json',
      '2-summary.html',
      'index.html',
    ]);
    expect(JSON.parse(readFileSync(join(scene, '1-outputs.json'), 'utf8'))).toMatchObject({ status: 'SUCCEEDED' });
    const index = readFileSync(join(keep, 'index.html'), 'utf8');
    for (const name of folders(keep)) {
      expect(index).toContain(`href="${name}/index.html"`);
      const page = readFileSync(join(keep, name, 'index.html'), 'utf8');
      expect(page).toContain("default-src 'none'");
      expect(page).toContain('prefers-color-scheme: dark');
      expect(page).not.toMatch(/<(?:script|link|img|iframe)\b|@import|url\(/u);
    }
  });

  it('leaves out lines and inputs that only the local servers cause', () => {
    const kept = folders(keep).flatMap((name) =>
      readdirSync(join(keep, name)).map((file) => readFileSync(join(keep, name, file), 'utf8')),
    );
    expect(kept.filter((text) => /AWS_ENDPOINT_URL|azure-environment/u.test(text))).toEqual([]);
    expect(kept.join('\n')).toContain('Signed in as');
  });
});

describe('a rehearsal of some scenes', () => {
  it('shows one alone in full, after the scenes that it needs', async () => {
    const { text, isRight } = await shown(scenes, { only: 5 });
    expect(isRight).toBe(true);
    expect(text).toContain('5. Run it again ──');
    expect(text).not.toContain('4. Assign');
    for (const name of ['Step:', 'Log:', 'Outputs:', 'Summary:', 'Time and requests:']) expect(text).toContain(name);
    expect(text).toContain('status          SUCCEEDED');
    expect(text).toMatch(/✔ The scene did what it should\.$/mu);
  });

  it('shows everything in full on request', async () => {
    const { text } = await shown([first], { isVerbose: true });
    expect(text.match(/^Log:$/gmu)).toHaveLength(2);
    expect(text.match(/✔ as expected/gu)).toHaveLength(2);
  });

  const faults =
    'exit code 0 instead of 1; output status is "SUCCEEDED" instead of FAILED; 1 changes in the cloud instead of 2; the access is there instead of gone';

  it('fails, with the reason, where a scene does not have its expected result', async () => {
    const brief = await shown([wrong, first]);
    expect(brief.isRight).toBe(false);
    expect(brief.lines.find((line) => line.startsWith('✘'))).toMatch(/^✘ {2}1 .*: exit code 0 instead of 1; output /u);
    expect(brief.text).toContain(`✘ Not as expected: 1. ${wrong.title}\n`);
    const full = await shown([wrong], { isVerbose: true, keep: join(folder, 'wrong') });
    expect([full.isRight, full.text.includes(`✘ not as expected: ${faults}`)]).toEqual([false, true]);
    expect(readFileSync(join(folder, 'wrong', 'index.html'), 'utf8')).toContain('<p class="bad">✘ not as expected');
  });

  it('fails, and continues, where a scene cannot be played', async () => {
    const broken: Scene = {
      ...first,
      before: () => {
        throw new Error('No such thing.');
      },
    };
    const { lines, isRight } = await shown([broken, first]);
    expect([isRight, lines.some((line) => line.startsWith('✘  1 ') && line.endsWith('No such thing.'))]).toEqual([
      false,
      true,
    ]);
    expect(lines.some((line) => line.startsWith('✔  2 '))).toBe(true);
  });
});

it('lists the scenes by number and name', () => {
  expect(sceneList(scenes).split('\n')).toHaveLength(scenes.length);
  expect(sceneList(scenes)).toContain(`\n10 ${scenes[9]?.title ?? ''}\n`);
});

function folders(root: string): readonly string[] {
  return readdirSync(root)
    .filter((name) => name !== 'index.html')
    .toSorted();
}
