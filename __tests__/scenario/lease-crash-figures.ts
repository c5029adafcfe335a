import { afterAll, expect, it } from '@jest/globals';
import { figures } from './lease-crash-runs.ts';
import { describeSignals } from './support.ts';

/** The last test of a file: an empty loop finds nothing wrong. Prints what was run. */
export function expectStrikes(title: string, least: number): void {
  describeSignals('the strikes of this file (P4)', () => {
    it('were no fewer than ever', () => {
      expect(figures().struck).toBeGreaterThanOrEqual(least);
    });
  });
  afterAll(() => {
    process.stdout.write(`${title}: ${JSON.stringify(figures())}\n`);
  });
}
