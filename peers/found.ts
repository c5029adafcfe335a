import { describe, it } from '@jest/globals';

import { variableOf, type PeerName } from './pins.ts';

/** Where a peer is, as `npm run test:peers` says; empty where there is none. */
export function pathOf(name: PeerName): string {
  return process.env[variableOf(name)] ?? '';
}

/** Where a peer is not here its tests are shown as skipped; `npm run test:peers` says why. */
export function describeWith(name: PeerName): typeof describe {
  return pathOf(name) === '' ? (describe.skip as typeof describe) : describe;
}

/** The same of a single test. */
export function itWith(name: PeerName): typeof it {
  return pathOf(name) === '' ? (it.skip as typeof it) : it;
}
