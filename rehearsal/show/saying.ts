import type { Writable } from 'node:stream';

/** Whoever read along has gone, as `head` does: there is nothing left to do, and nobody to tell. */
export class Unheard extends Error {}

/** Says lines to a stream. Once nobody reads it any more, saying more throws Unheard. */
export function makeSay(stream: Writable): (text: string) => void {
  let isHeard = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // On Windows a pipe without a reader is EOF.
    if (error.code !== 'EPIPE' && error.code !== 'EOF') throw error;
    isHeard = false;
  });
  return (text) => {
    if (!isHeard) throw new Unheard();
    stream.write(`${text}\n`);
  };
}
