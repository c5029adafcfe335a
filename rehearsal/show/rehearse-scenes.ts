import { briefLines, leaseSummary } from './brief.ts';
import { makeKeeper, type Chapter } from './keep.ts';
import { head, page } from './page.ts';
import { runScenes, type Shown } from './run-scenes.ts';
import type { Scene } from './scene.ts';
import { playedSections } from './sections.ts';
import type { Style } from './style.ts';

export interface SceneOptions {
  /** The number of the scene that is shown alone, `null` for all. */
  readonly only: number | null;
  /** Everything on the terminal. */
  readonly isVerbose: boolean;
  /** The folder that keeps all of it, `null` for a new one. */
  readonly keep: string | null;
}

export function sceneList(scenes: readonly Scene[]): string {
  return scenes.map(({ title }, index) => `${String(index + 1).padStart(2)} ${title}`).join('\n');
}

/** Returns true if every scene had its expected result. */
export async function rehearseScenes(
  scenes: readonly Scene[],
  { only, isVerbose, keep }: SceneOptions,
  style: Style,
  say: (text: string) => void,
): Promise<boolean> {
  const inFull = isVerbose || only !== null;
  const keeper = await makeKeeper(keep);
  say(inFull ? `${intro}\n` : `${intro} In quotes: its words.`);
  const wrong: string[] = [];
  let lease: string | null = null;
  for await (const shown of runScenes(scenes, only)) {
    const { number, scene, parts, faults } = shown;
    await keeper.keep(chapterOf(shown));
    if (faults.length > 0) wrong.push(`${number}. ${scene.title}`);
    lease ??= leaseSummary(shown);
    say((inFull ? fullPage(shown, style) : briefLines(shown, style)).join('\n'));
    if (inFull && faults.length > parts.flatMap((it) => it.faults).length) say(style.bad(`✘ ${faults.at(-1) ?? ''}\n`));
  }
  const index = await keeper.finish('The action in rehearsal');
  if (!inFull && lease !== null) say(`\n${style.bold('The summary of the first lease:')}\n${indented(lease)}\n`);
  const count = only === null ? scenes.length : 1;
  say(
    wrong.length === 0
      ? style.good(count === 1 ? '✔ The scene did what it should.' : `✔ All ${count} scenes did what they should.`)
      : style.bad(`✘ Not as expected: ${wrong.join(', ')}`),
  );
  say(`Logs, outputs and summaries: ${index}`);
  if (!inFull) say('One scene in full: npm run rehearse -- --scene 3. All of them: npm run rehearse -- --verbose');
  return wrong.length === 0;
}

const intro = 'The built action on local servers acting as GitHub, AWS and Azure. Nothing leaves this machine.';

function fullPage({ number, scene, parts }: Shown, style: Style): readonly string[] {
  return [head(number, scene, style), ...parts.map((it) => page(it, style))];
}

function chapterOf({ number, scene, parts, faults }: Shown): Chapter {
  return {
    number,
    title: scene.title,
    note: scene.note ?? null,
    parts: parts.map((it) => ({
      caption: it.caption,
      sections: playedSections(it),
      result: it.kind === 'step' ? it.result : null,
    })),
    verdict: faults.length === 0 ? '✔ as expected' : `✘ not as expected: ${faults.join('; ')}`,
    isRight: faults.length === 0,
  };
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}
