import { describe } from '@jest/globals';
import { supportsProxies } from '../../src/action/proxies.ts';

/** Node before 24.5 knows no proxies: what they do cannot be seen there, and is shown as skipped. */
export const describeProxies = supportsProxies(process.versions.node) ? describe : describe.skip;
