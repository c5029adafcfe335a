/**
 * In all, over all of Identity Center's APIs; beyond some hundred in flight nothing would go faster. Source:
 * docs/design/aws.md#quotas.
 */
export const quotas = { requestsPerSecond: 20, inFlight: 100 } as const;
