import { describe, expect, it } from '@jest/globals';
import { counts } from '../../scripts/prose/counts.ts';
import { findingsIn } from '../../scripts/prose/lint.ts';
import { checkedTexts, messageFiles, userDocuments } from '../../scripts/prose/texts.ts';

const inMarkdown = (content: string): Promise<readonly string[]> =>
  findingsIn({ path: 'page.md', kind: 'markdown', content });

describe('the prose linter', () => {
  it.each([
    ['an actor without a role', 'Nobody can see it.', /an actor by role/u],
    ['a clause as actor', 'Whoever holds it keeps it.', /a noun that acts/u],
    ['a verb with two meanings', 'The job may not read it.', /is not allowed to, or might not/u],
    ['a thing that stands', 'The name stands in the log.', /is, exists, means/u],
    ['a log that tells', 'The log tells why.', /reports, shows, names/u],
    ['British spelling', 'It needs a licence.', /license/u],
    ['a lower-case ID', 'The id of the request.', /ID/u],
    ['a curly quote', 'The role’s name.', /=> '/u],
    ['a sentence without an end', `The ${'very '.repeat(60)}long sentence.`, /exceeds the maximum sentence length/u],
  ])('finds %s', async (_what, text, finding) => {
    expect(await inMarkdown(`# Page\n\n${text}\n`)).toEqual([expect.stringMatching(finding)]);
    expect(await findingsIn({ path: 'messages.ts', kind: 'lines', content: `\n${text}` })).toEqual([
      expect.stringMatching(/^messages\.ts:2:\d+ /u),
    ]);
  });

  it('leaves code and names of inputs alone', async () => {
    expect(
      await inMarkdown('Set `id`, lease-id and `may not`.\n\n```sh\naz ad user show --id x # nobody\n```\n'),
    ).toEqual([]);
  });

  it('reads every kind of text that people read', () => {
    const paths = checkedTexts().map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'action.yml', 'src/aws/hints.ts', 'setup/aws.sh']));
    expect(messageFiles().length).toBeGreaterThan(3);
    for (const { path, content } of checkedTexts())
      expect({ path, isEmpty: content.trim() === '' && !path.startsWith('setup/workflows') }).toEqual({
        path,
        isEmpty: false,
      });
  });

  it('counts what users read, without what is generated', () => {
    expect(userDocuments()).not.toContain('docs/proof.md');
    const [readme, , , all] = counts().map(({ now }) => now);
    expect(all).toBeGreaterThan(readme ?? Infinity);
  });
});
