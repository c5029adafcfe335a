import { CloudError, Refusal } from '../../errors.ts';

/** What brought a request to nothing. */
export type Trouble = CloudError | Refusal;

/** Told of what brings a request to nothing; `null`: what was told last is over. */
export type OnTrouble = (trouble: Trouble | null) => void;

export function isTrouble(error: unknown): error is Trouble {
  return error instanceof CloudError || error instanceof Refusal;
}

/** The answer of a request that came to nothing, which is told; any other error passes. */
export function failedBy(error: unknown, onTrouble: OnTrouble): { readonly is: 'failed' } {
  if (!isTrouble(error)) throw error;
  onTrouble(error);
  return { is: 'failed' };
}
