import * as core from '@actions/core';
import { nothingTaken, stateKey } from './state-key.ts';

/** Main's first act: post without it does nothing. */
export function openState(): void {
  core.saveState(stateKey, nothingTaken);
}
