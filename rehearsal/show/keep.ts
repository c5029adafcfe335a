import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { StepResult } from '../runner/step.ts';
import { escaped, htmlPage, sectionHtml, summaryHtml, verdictHtml } from './html.ts';
import type { Section } from './sections.ts';

/** A scene, or a job of a workflow of one's own, as it is kept. */
export interface Chapter {
  /** 1-based, in the name of its folder. */
  readonly number: number;
  readonly title: string;
  readonly note: string | null;
  readonly parts: readonly KeptPart[];
  readonly verdict: string;
  /** `null` where nothing is expected. */
  readonly isRight: boolean | null;
}

export interface KeptPart {
  readonly caption: string | null;
  readonly sections: readonly Section[];
  /** `null` where no step of the action ran. */
  readonly result: StepResult | null;
}

/** A folder with the output of a rehearsal. */
export interface Keeper {
  readonly folder: string;
  keep(chapter: Chapter): Promise<void>;
  /** Writes the index of everything that was kept; returns its path. */
  finish(title: string): Promise<string>;
}

/** @param folder `null` for a new one in the folder for temporary files */
export async function makeKeeper(folder: string | null): Promise<Keeper> {
  const root = folder ?? (await mkdtemp(join(tmpdir(), 'cloud-access-rehearsal-')));
  await mkdir(root, { recursive: true });
  const kept: { readonly name: string; readonly chapter: Chapter }[] = [];
  return {
    folder: root,
    keep: async (chapter) => {
      const name = `${String(chapter.number).padStart(2, '0')}-${slug(chapter.title)}`;
      kept.push({ name, chapter });
      await mkdir(join(root, name), { recursive: true });
      const files = { ...filesOf(chapter), 'index.html': chapterPage(chapter) };
      for (const [file, text] of Object.entries(files)) await writeFile(join(root, name, file), text);
    },
    finish: async (title) => {
      const path = join(root, 'index.html');
      const items = kept.map(
        ({ name, chapter }) =>
          `<li><a href="${name}/index.html">${escaped(chapter.title)}</a>${verdictHtml(chapter.verdict, chapter.isRight)}</li>`,
      );
      const body = `<h1>${escaped(title)}</h1>\n<ol>\n${items.join('\n')}\n</ol>`;
      await writeFile(path, htmlPage(title, body));
      return path;
    },
  };
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .replaceAll(/^-|-$/gu, '')
    .slice(0, 60);
}

/** Of each step its log, its outputs, its summary, and the file with its results. */
function filesOf({ parts, title }: Chapter): Readonly<Record<string, string>> {
  const files = parts.flatMap(({ result, caption }, index): readonly (readonly [string, string])[] => {
    if (result === null) return [];
    const results = result.file(result.outputs['results-file'] ?? '');
    const summary = htmlPage(caption ?? title, summaryHtml(result.summary));
    return [
      [`${index + 1}-log.txt`, result.log],
      [`${index + 1}-outputs.json`, `${JSON.stringify(result.outputs, null, 2)}\n`],
      ...(result.summary === '' ? [] : [[`${index + 1}-summary.html`, summary] as const]),
      ...(results === undefined ? [] : [[`${index + 1}-results.json`, results] as const]),
    ];
  });
  return Object.fromEntries(files);
}

function chapterPage({ title, note, parts, verdict, isRight }: Chapter): string {
  const body = [
    '<p><a href="../index.html">All</a></p>',
    `<h1>${escaped(title)}</h1>`,
    ...(note === null ? [] : [`<p>${escaped(note)}</p>`]),
    ...parts.flatMap(({ caption, sections }) => [
      ...(caption === null ? [] : [`<h2>${escaped(caption)}</h2>`]),
      ...sections.map(sectionHtml),
    ]),
    verdictHtml(verdict, isRight),
  ];
  return htmlPage(title, body.join('\n'));
}
