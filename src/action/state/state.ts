import * as core from '@actions/core';
import { stateKey } from './state-key.ts';

/** The shape of what main tells post. */
export const stateVersion = 2;

/** Main's first act: post without it does nothing. */
export function openState(): void {
  core.saveState(stateKey, JSON.stringify({ version: stateVersion }));
}
