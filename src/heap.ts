import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the process small: thousands of grants make much garbage that does not live long, for which V8 would let its young
 * generation grow to a hundred megabytes and more beside ten that are in use. It costs a few percent of computing.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
