import { Refusal } from '../errors.ts';

/** What is to be extended is not there any more. */
export function goneMeanwhile(): Refusal {
  return new Refusal(
    'The lease is gone: it was released, has ended, or was swept or revoked.',
    'Take a new one with `operation: assign`.',
  );
}
