/** Reads lag behind a change, seldom by more than a minute: so long they are repeated, in milliseconds. Source: azure-rbac §2.7. */
export const visibleWithinMs = 120_000;
