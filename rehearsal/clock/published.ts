import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The time in a file, which a process can read by itself: after a suspension it finds responses and the new time
 * together, in any order, and a real machine's clock is right at once.
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
