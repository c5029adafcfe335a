import { afterAll, expect, it } from '@jest/globals';
import { figures, thinning } from './lease-crash-runs.ts';
import { describeSignals } from './support.ts';

/** The last test of a file: an empty loop finds nothing wrong. Prints what was run. @param least with `MATRIX=all` */
export function expectStrikes(title: string, least: number): void {
  describeSignals('the strikes of this file (P4)', () => {
    it('were no fewer than ever', () => {
      expect(figures().struck).toBeGreaterThanOrEqual(Math.floor((0.9 * least) / thinning));
    });
  });
  afterAll(() => {
    process.stdout.write(`${title}: ${JSON.stringify(figures())}\n`);
  });
}
