import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The time where a process can look it up by itself: one that was stopped finds answers and the news of the new time
 * together when it goes on, in any order, and a real machine's clock is right at once.
 */
export interface PublishedTime {
  readonly path: string;
  write(time: number): void;
  remove(): void;
}

export function publishTime(): PublishedTime {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-clock-'));
  const path = join(folder, 'time');
  writeFileSync(path, '');
  return {
    path,
    write: (time) => {
      writeFileSync(path, String(time));
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
