import { CloudError, Refusal } from '../../errors.ts';

/** Why a request failed. */
export type Trouble = CloudError | Refusal;

/** Receives the failure of a request; `null`: the last failure no longer applies. */
export type OnTrouble = (trouble: Trouble | null) => void;

export function isTrouble(error: unknown): error is Trouble {
  return error instanceof CloudError || error instanceof Refusal;
}

/** Reports a failed request and returns its answer; any other error is thrown. */
export function failedBy(error: unknown, onTrouble: OnTrouble): { readonly is: 'failed' } {
  if (!isTrouble(error)) throw error;
  onTrouble(error);
  return { is: 'failed' };
}
