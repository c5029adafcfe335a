import { expect } from '@jest/globals';
import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Effect } from '../../rehearsal/script.ts';

/** Requests for ID tokens, and their exchanges. */
export const minted = ({ requests }: StepResult): readonly JournalEntry[] =>
  requests.filter((it) => it.service === 'oidc');
export const exchanges = ({ requests }: StepResult): readonly JournalEntry[] =>
  requests.filter((it) => it.service === 'sts');
const tokens = (result: StepResult): readonly (string | undefined)[] => exchanges(result).map((it) => it.idToken?.id);

/** One token per exchange, and none used twice. */
export function expectFreshTokens(result: StepResult, many: number): void {
  expect(exchanges(result)).toHaveLength(many);
  expect(new Set(tokens(result)).size).toBe(many);
  expect(exchanges(result).map((it) => it.idToken?.uses)).toEqual(exchanges(result).map(() => 1));
}

/** A match of every request to STS. */
export const sts = { service: 'sts' } as const;

/** A refusal in STS's own form. */
export const stsError = (code: string, message: string, status = 400): Effect => ({
  kind: 'error',
  status,
  code,
  message,
});
