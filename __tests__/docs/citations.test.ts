import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { mutations } from '../models/mutations.ts';
import { anchor, headings } from './markdown.ts';
import { readText, root } from './repository.ts';

const folders = ['src', 'rehearsal', '__tests__', 'scripts', 'bench', 'peers'];

/** Pages that are not in this repository: nobody who reads a comment can look them up. */
const elsewhere = [
  'design',
  'lease-protocol',
  'aws-identity-center',
  'aws-scheduler',
  'azure-rbac',
  'actions-platform',
  'github-approvals',
];

interface Comment {
  readonly file: string;
  /** In one line, as it reads. */
  readonly text: string;
}

const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|mjs)$/u.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
);

/** A file without any of these words cites nothing, and is not parsed: most are like that. */
const mayCite = new RegExp(
  [String.raw`\.md#`, ...elsewhere.map((it) => it.replaceAll('-', '[^a-z]+'))].join('|'),
  'iu',
);

const comments = files
  .map((file) => ({ file, text: readText(file) }))
  .filter(({ text }) => mayCite.test(text))
  .flatMap(({ file, text }) => commentsIn(text).map((it): Comment => ({ file, text: it })));

function commentsIn(text: string): readonly string[] {
  const source = ts.createSourceFile('it.ts', text, ts.ScriptTarget.Latest);
  const found = new Map<number, string>();
  const note = ({ pos, end }: ts.CommentRange): void => {
    found.set(pos, text.slice(pos, end));
  };
  const walk = (node: ts.Node): void => {
    const children = node.getChildren(source);
    children.forEach(walk);
    if (children.length > 0) return;
    ts.getLeadingCommentRanges(text, node.pos)?.forEach(note);
    ts.getTrailingCommentRanges(text, node.end)?.forEach(note);
  };
  walk(source);
  return inOneLine([...found].sort(([a], [b]) => a - b).map(([, it]) => it));
}

/** Each block in one line; lines of `//` are one text with those before them. */
function inOneLine(ranges: readonly string[]): readonly string[] {
  const texts: string[] = [];
  let isLine = false;
  for (const range of ranges) {
    const words = range
      .replaceAll(/^\/[/*]+|\*\/$|^\s*\* ?/gmu, '')
      .replaceAll(/\s+/gu, ' ')
      .trim();
    const continues = isLine && range.startsWith('//');
    texts.push(continues ? `${texts.pop() ?? ''} ${words}` : words);
    isLine = range.startsWith('//');
  }
  return texts;
}

/** Where a text names a heading of a page. */
function citedIn(text: string): readonly string[] {
  return [...text.matchAll(/(?<![\w/.:-])[\w/-]+\.md#[\w-]+/gu)].map(([link]) => link);
}

function isThere(link: string): boolean {
  const [page = '', fragment = ''] = link.split('#');
  return existsSync(join(root, page)) && headings(readText(page)).some((heading) => anchor(heading) === fragment);
}

/** Whether a text cites a page by its name: with a section, or, where the name is no word, in any way. */
function cites(text: string, page: string): boolean {
  const section = String.raw`(?:['’]s)? (?:§|[A-Z]?\d)`;
  const name = page.replaceAll('-', '[- ]');
  return new RegExp(
    page.includes('-') ? `\\b${page}(?![\\w-])|\\b${name}${section}` : `\\b${name}${section}`,
    'iu',
  ).test(text);
}

describe('comments', () => {
  it('cite headings that are there', () => {
    const cited = comments.flatMap(({ file, text }) => citedIn(text).map((link) => ({ file, link })));
    expect(cited.length).toBeGreaterThan(30);
    expect(cited.filter(({ link }) => !isThere(link))).toEqual([]);
  });

  it('cite no page that is not in the repository', () => {
    const strange = elsewhere.flatMap((page) => comments.filter(({ text }) => cites(text, page)));
    expect(strange).toEqual([]);
  });

  it.each([
    ['// Source: lease-protocol A8: refused.', true],
    ["/** Gives it back. Source: the lease\n * protocol's 4.3. */", true],
    ['// Source: the lease\n// protocol’s §3.', true],
    ['/** What the texts mean by design §2. */', true],
    ['/** What a lease protocol needs of two assignments, by design. */', false],
    ['/** Source: docs/design/leases.md#waits, RFC 6749 §4.1. */', false],
    ["const text = '// lease-protocol';", false],
  ])('%j are looked at: %j', (text, isStrange) => {
    expect(commentsIn(text).some((it) => elsewhere.some((page) => cites(it, page)))).toBe(isStrange);
  });

  it.each([
    ['a heading', 'docs/design/leases.md#hold-before-list', true],
    ['no heading', 'docs/design/leases.md#hold-after-list', false],
    ['no page', 'docs/design/lease.md#hold-before-list', false],
  ])('that cite %s are seen', (_what, link, there) => {
    expect(citedIn(`Source: ${link}.`)).toEqual([link]);
    expect(isThere(link)).toBe(there);
  });
});

describe('rules that the model takes away', () => {
  it('have a heading that says what they are for', () => {
    const links = mutations.map(({ rule, section }) => ({ rule, link: `docs/design/leases.md#${section}` }));
    expect(links.filter(({ link }) => !isThere(link))).toEqual([]);
  });
});
