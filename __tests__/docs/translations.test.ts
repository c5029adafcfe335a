import { describe, expect, it } from '@jest/globals';
import { blocks, firstColumn } from './markdown.ts';
import { readText, translations } from './repository.ts';

/** A heading and the text up to the next one. */
interface Part {
  readonly level: number;
  readonly text: string;
}

/** Headings in blocks, such as comments of a shell, are none. */
function parts(markdown: string): readonly Part[] {
  const found = [...markdown.matchAll(/^```[^]*?^```$|^(?<hashes>#+) .+$/gmu)].filter(
    ({ groups }) => groups?.['hashes'] !== undefined,
  );
  return found.map(({ index, groups }, nth) => ({
    level: groups?.['hashes']?.length ?? 0,
    text: markdown.slice(index, found[nth + 1]?.index),
  }));
}

function withoutBlocks(markdown: string): string {
  return markdown.replaceAll(/^```[^]*?^```$/gmu, '');
}

/** Code that stands in sentences and tables: names, ids, figures. The order may differ with the language. */
function spans(markdown: string): readonly string[] {
  return [...withoutBlocks(markdown).matchAll(/`(?<code>[^`]+)`/gu)]
    .map(({ groups }) => groups?.['code'] ?? '')
    .toSorted();
}

/** Targets of links, without those inside the page, whose anchors are the headings of its language. */
function links(markdown: string): readonly string[] {
  return [...withoutBlocks(markdown).matchAll(/\]\((?<target>[^)\s]+)\)/gu)]
    .map(({ groups }) => groups?.['target'] ?? '')
    .filter((target) => !target.startsWith('#') && !target.startsWith('README'))
    .toSorted();
}

/** Items of lists, by their marks. */
function items(markdown: string): readonly string[] {
  return withoutBlocks(markdown).match(/^(?:-|\d+\.) /gmu) ?? [];
}

function tableRows(markdown: string): number {
  return withoutBlocks(markdown).match(/^\|.*\|$/gmu)?.length ?? 0;
}

const original = parts(readText('README.md'));

describe.each(translations)('%s', (name) => {
  const translated = parts(readText(name));

  it('has the same headings, in number and level, as README.md', () => {
    expect(original.length).toBeGreaterThan(5);
    expect(translated.map(({ level }) => level)).toEqual(original.map(({ level }) => level));
  });

  it.each(original.map(({ text }, nth) => ({ heading: text.split('\n')[0], nth, text })))(
    'has under “$heading” the same blocks, tables, lists, code and links',
    ({ nth, text }) => {
      const own = translated[nth]?.text ?? '';
      const shown = (markdown: string): readonly unknown[] =>
        blocks(markdown).map(({ language, text: it }) => [language, it]);
      expect(shown(own)).toEqual(shown(text));
      expect(firstColumn(own)).toEqual(firstColumn(text));
      expect(tableRows(own)).toBe(tableRows(text));
      expect(items(own)).toEqual(items(text));
      expect(spans(own)).toEqual(spans(text));
      expect(links(own)).toEqual(links(text));
    },
  );
});
