import type { Writable } from 'node:stream';

/** The reader of the output has gone, as `head` does: there is nothing left to do. */
export class Unheard extends Error {}

/** Writes lines to a stream. Once its reader has gone, writing more throws Unheard. */
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
