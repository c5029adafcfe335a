import type { Fault } from '../errors.ts';
import { correctThese, furtherFaults } from '../messages/access-files.ts';
import type { Place } from './access-file.ts';

/** Collects the faults of one file. An offset is an index into its text. */
export interface FaultSink {
  /** @param example correct YAML */
  add(at: number, problem: string, example: string): void;
  /** True if further faults are only counted. */
  isFull(): boolean;
  placeOf(at: number): Place;
  /** All faults, in the order of their places. More than `mostFaults` are counted. */
  readonly all: () => readonly Fault[];
}

/** Maximum number of faults of one file that are reported one by one. */
const mostFaults = 50;

interface Found {
  readonly at: number;
  readonly fault: Fault;
}

/** @param file path that the faults show */
export function createFaultSink(file: string, text: string): FaultSink {
  const found: Found[] = [];
  let more = 0;
  const placeOf = createPlaces(file, text);
  return {
    placeOf,
    isFull: () => found.length === mostFaults,
    add: (at, problem, example) => {
      if (found.length === mostFaults) more += 1;
      else found.push({ at, fault: faultAt(placeOf(at), problem, example) });
    },
    all: () => [
      ...found.toSorted((one, other) => one.at - other.at).map(({ fault }) => fault),
      ...(more === 0
        ? []
        : [{ input: file, problem: furtherFaults(more), example: { advice: correctThese }, inFile: true } as const]),
    ],
  };
}

/** A fault at a place of an access file. */
function faultAt({ file, line, column }: Place, problem: string, example: string): Fault {
  return { input: `${file}:${line}:${column}`, problem, example: { yaml: example }, inFile: true };
}

function createPlaces(file: string, text: string): (at: number) => Place {
  let starts: readonly number[] | null = null;
  return (at) => {
    starts ??= lineStarts(text);
    const line = lastNotAbove(starts, at);
    return { file, line: line + 1, column: at - (starts[line] ?? 0) + 1 };
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last number that is not above another, by halving. */
function lastNotAbove(sorted: readonly number[], most: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((sorted[middle] ?? Infinity) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}
