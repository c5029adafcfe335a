import * as core from '@actions/core';
import { summaryNotWritten } from '../messages/failures.ts';

/** A text with a largest size: GitHub rejects a step summary above 1 MiB as a whole. */
export interface BoundedText {
  /** Adds a piece if it fits; returns whether it did. */
  add(piece: string): boolean;
  /** Adds as many pieces as fit between a beginning and an end; returns how many did not fit. */
  addBetween<T>(begin: string, items: readonly T[], render: (item: T) => string, end: string): number;
  text(): string;
}

/** @param room in bytes of UTF-8 */
export function createBoundedText(room: number): BoundedText {
  const written: string[] = [];
  let left = room;
  const add = (piece: string): boolean => {
    const size = Buffer.byteLength(piece);
    if (size > left) return false;
    left -= size;
    written.push(piece);
    return true;
  };
  return {
    add,
    addBetween(begin, items, render, end) {
      const frame = Buffer.byteLength(begin) + Buffer.byteLength(end);
      if (frame > left) return items.length;
      left -= frame;
      written.push(begin);
      const full = items.findIndex((item) => !add(render(item)));
      written.push(end);
      return full === -1 ? 0 : items.length - full;
    },
    text: () => written.join(''),
  };
}

/** Writes the job summary. If that fails, the step goes on: the log has everything. */
export async function writeSummary(markup: string): Promise<void> {
  try {
    await core.summary.addRaw(markup).write();
  } catch (error) {
    core.debug(summaryNotWritten(String(error)));
  }
}
