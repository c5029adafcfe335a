import { describe } from '@jest/globals';
import { supportsProxies } from '../../src/action/proxies.ts';

/** Node before 24.5 does not support proxies: the tests of their effect are reported as skipped there. */
export const describeProxies = supportsProxies(process.versions.node) ? describe : describe.skip;
