import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

import { makeSay, Unheard } from '../../rehearsal/show/saying.ts';
import { summaryText } from '../../rehearsal/show/summary.ts';

describe('a summary as text', () => {
  it.each([
    ['a paragraph', '<p>nor account:&lt;name&gt; nor ou:&#60;id&#62;</p>', 'nor account:<name> nor ou:<id>'],
    ['a cell of HTML', '<table><tr><td>account:&lt;name&gt;</td></tr></table>', 'account:<name>'],
    ['a cell of Markdown', '| Target |\n| --- |\n| account:&lt;name&gt; |', 'Target\naccount:<name>'],
    ['an escaped tag of Markdown', 'account:\\<name\\>', 'account:<name>'],
    ['an entity of a special character', '<p>&amp;lt;name&amp;gt;</p>', '&lt;name&gt;'],
  ])('has everything that a page shows: %s', (_, markdown, text) => {
    expect(summaryText(markdown)).toBe(text);
  });

  it('has no markup, and columns as wide as their text', () => {
    const markdown =
      '<h3>Done</h3>\n<table><tr><th>What</th><th>Who</th></tr>\n<tr><td>&lt;a&gt;</td><td><code>b</code></td></tr></table>\n<p>**All**</p>';
    expect(summaryText(markdown)).toBe('Done\n\nWhat  Who\n<a>   b\n\nAll');
  });
});

describe('the output', () => {
  /** A stream that fails at each write from the second on. */
  const failing = (code: string): Writable => {
    let writes = 0;
    return new Writable({
      autoDestroy: false,
      write: (_chunk, _encoding, done) => {
        writes += 1;
        done(writes === 1 ? null : Object.assign(new Error(code), { code }));
      },
    });
  };

  it.each(['EPIPE', 'EOF'])('ends where its reader has closed it (%s)', async (code) => {
    const stream = failing(code);
    const say = makeSay(stream);
    say('heard');
    say('lost');
    await new Promise(setImmediate);
    expect(() => {
      say('more');
    }).toThrow(Unheard);
  });

  it('ends the command quietly', async () => {
    const script = fileURLToPath(new URL('../../rehearsal/rehearse.ts', import.meta.url));
    const child = spawn(process.execPath, [script], { env: { ...process.env, NODE_NO_WARNINGS: '1' } });
    const errors: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, Buffer.concat(errors).toString()]).toEqual([141, '']);
  });
});
