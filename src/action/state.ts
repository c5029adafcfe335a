import * as core from '@actions/core';
import { stateKey } from './state-key.ts';

/** What main tells post. Nothing that this version grants ends with the job, so there is nothing to hand over yet. */
export interface State {
  readonly version: 1;
}

/** Main's first act: post without it does nothing. */
export function saveState(state: State): void {
  core.saveState(stateKey, JSON.stringify(state));
}
