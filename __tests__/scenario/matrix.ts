/** `MATRIX=all` runs the large matrices whole, such as every fault at every request. */
export const isWhole = process.env['MATRIX'] === 'all';

/** Ordinary tests run one pair in so many. */
const share = 3;

/** Whether a pair is run: of every row and of every column some are, whatever its length. */
export function isRun(row: number, column: number): boolean {
  return isWhole || (row + column) % share === 0;
}
