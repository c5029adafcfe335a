import { several } from '#access/words';

export const requested = (what: string, lines: readonly string[]): string => `Requested: ${what}: ${lines.join(', ')}.`;
export const requestedMany = (what: string, count: number): string => `Requested: ${what}: ${several(count, 'line')}.`;
export const further = (count: number): string => `and ${count} more`;
export const dryRunOf = (operation: string): string => `dry run of ${operation}`;
export const leaseOfId = 'the lease of lease-id';
export const everyLease = 'every lease';
export const reason = (text: string): string => `Reason: ${text}`;

export const noLifetime = (dryRun: boolean): string =>
  `This step sets no lifetime, so the access ${dryRun ? 'would be' : 'is'} permanent and only a revoke ends it. To end it after two hours, set \`lifetime: 2h\`. To confirm permanent access and remove this notice, set \`lifetime: permanent\`.`;
