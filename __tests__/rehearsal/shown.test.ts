import { describe, expect, it } from '@jest/globals';

import { summaryText } from '../../rehearsal/show/summary.ts';

describe('a summary as text', () => {
  it.each([
    ['a paragraph', '<p>nor account:&lt;name&gt; nor ou:&#60;id&#62;</p>', 'nor account:<name> nor ou:<id>'],
    ['a cell of HTML', '<table><tr><td>account:&lt;name&gt;</td></tr></table>', 'account:<name>'],
    ['a cell of Markdown', '| Target |\n| --- |\n| account:&lt;name&gt; |', 'Target\naccount:<name>'],
    ['an escaped tag of Markdown', 'account:\\<name\\>', 'account:<name>'],
    ['an entity that stands for one', '<p>&amp;lt;name&amp;gt;</p>', '&lt;name&gt;'],
  ])('has everything that a page shows: %s', (_, markdown, text) => {
    expect(summaryText(markdown)).toBe(text);
  });

  it('has no markup, and columns as wide as what is read in them', () => {
    const markdown =
      '<h3>Done</h3>\n<table><tr><th>What</th><th>Who</th></tr>\n<tr><td>&lt;a&gt;</td><td><code>b</code></td></tr></table>\n<p>**All**</p>';
    expect(summaryText(markdown)).toBe('Done\n\nWhat  Who\n<a>   b\n\nAll');
  });
});
