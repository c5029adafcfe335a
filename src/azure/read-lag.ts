/**
 * Reads lag behind a change, seldom by more than a minute: so long they are repeated, in milliseconds. Source:
 * docs/design/azure.md#reads-lag.
 */
export const visibleWithinMs = 120_000;
