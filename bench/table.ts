/** One figure, its goal, and how it was taken. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly goal: string;
  readonly met: boolean | null;
}

export function printTable(title: string, rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ what }) => what.length));
  console.log(`\n${title}`);
  for (const { what, figure, goal, met } of rows) {
    const verdict = met === null ? '' : met ? '  met' : '  MISSED';
    console.log(`  ${what.padEnd(width)}  ${figure.padStart(22)}   goal ${goal.padEnd(9)}${verdict}`);
  }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function atMost(what: string, figure: number, goal: number | null, unit: string, detail = ''): Row {
  return {
    what,
    figure: `${Number.isInteger(figure) ? String(figure) : figure.toFixed(2)}${unit}${detail}`,
    goal: goal === null ? '–' : `≤ ${goal}${unit}`,
    met: goal === null ? null : figure <= goal,
  };
}

/** Of a whole, without a goal. */
export function share(what: string, of: number, detail = ''): Row {
  return { what, figure: `${(of * 100).toFixed(0)} %${detail}`, goal: '–', met: null };
}
