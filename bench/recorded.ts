import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Row } from './table.ts';

const file = fileURLToPath(new URL('figures.json', import.meta.url));

/** One part of the benchmark as it was measured, and on what. */
export interface Recorded {
  readonly machine: string;
  readonly rows: readonly Row[];
}

export type Figures = Readonly<Record<string, Recorded>>;

/** What was recorded last of each part. */
export function recorded(): Figures {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Figures) : {};
}

/** Puts a part's figures in the place of those that were recorded before. */
export function record(part: string, rows: readonly Row[]): void {
  writeFileSync(file, `${JSON.stringify({ ...recorded(), [part]: { machine: machine(), rows } }, null, 2)}\n`);
}

function machine(): string {
  const model = cpus()[0]?.model.replaceAll(/\s+/gu, ' ').trim() ?? '';
  const cores = cpus().length;
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${process.platform} ${process.arch}, ${cores} cores (${model}), ${memory} GB, Node ${process.version}`;
}
