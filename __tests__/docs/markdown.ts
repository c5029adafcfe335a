/** A fenced block of a Markdown file. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
}

export function blocks(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(?<language>\w+)\n(?<text>[^]*?)^```$/gmu)].map(({ groups, index }) => ({
    language: groups?.['language'] ?? '',
    text: groups?.['text'] ?? '',
    line: markdown.slice(0, index).split('\n').length,
  }));
}

function withoutBlocks(markdown: string): string {
  return markdown.replaceAll(/^```[^]*?^```$/gmu, '');
}

export function headings(markdown: string): readonly string[] {
  return [...withoutBlocks(markdown).matchAll(/^#+ (?<title>.+)$/gmu)].map(({ groups }) => groups?.['title'] ?? '');
}

/** The anchor that GitHub gives a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/gu, '-');
}

/** Targets of links, without those that leave the repository. */
export function localLinks(markdown: string): readonly string[] {
  return [...withoutBlocks(markdown).matchAll(/\]\((?<target>[^)\s]+)\)/gu)]
    .map(({ groups }) => groups?.['target'] ?? '')
    .filter((target) => !/^https?:/u.test(target));
}

/** The text between a heading and the next one, of whatever level. */
export function section(markdown: string, heading: string): string {
  const start = markdown.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`there is no heading "${heading}"`);
  const body = markdown.slice(start + heading.length + 2);
  return body.slice(0, /^#+ /mu.exec(body)?.index ?? body.length);
}

/** The code spans in the first column of a table. */
export function firstColumn(markdown: string): readonly string[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(?<code>[^`]+)`/gu)])
    .map(({ groups }) => groups?.['code'] ?? '');
}
