/** `MATRIX=all` runs the large matrices whole, such as every fault at every request. */
export const isWhole = process.env['MATRIX'] === 'all';

/** Ordinary tests run one of this many pairs. */
const share = 3;

/** True if a pair is run: some of every row and of every column that is at least `share` long. */
export function isRun(row: number, column: number): boolean {
  return isWhole || (row + column) % share === 0;
}

/** Items of a list that are run in a row. */
export function someOf<T>(row: number, all: readonly T[]): readonly T[] {
  return all.filter((_, column) => isRun(row, column));
}
