/** `MATRIX=all` runs the large matrices whole, such as every fault at every request. */
export const isWhole = process.env['MATRIX'] === 'all';

/** Ordinary tests run one pair in so many. */
const share = 3;

/** Whether a pair is run: of every row and of every column that is no shorter than `share` some are. */
export function isRun(row: number, column: number): boolean {
  return isWhole || (row + column) % share === 0;
}

/** Those of a list that are run in a row. */
export function someOf<T>(row: number, all: readonly T[]): readonly T[] {
  return all.filter((_, column) => isRun(row, column));
}
