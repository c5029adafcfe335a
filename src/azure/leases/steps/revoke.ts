import { createProtocol, type Protocol } from '#access/leases/protocol/protocol';
import type { Answer, Ask } from './asks.ts';
import { leavingPhases, type Leaving } from './leave.ts';

/**
 * How a revocation of one leased grant has ended. `revoked`: the access is gone. `plain`: it stands there without a record
 * of ours by now. `failed`: it could not be ended.
 */
export type RevocationOutcome = 'revoked' | 'plain' | 'failed';

/** Ends a leased access for all who hold it; begins at `leave`. Source: docs/design/leases.md#revoke-on-azure. */
export const revocationProtocol: Protocol<Leaving, Ask, Answer, RevocationOutcome> = createProtocol(
  leavingPhases<Leaving, RevocationOutcome>({
    goes: () => true,
    over: (memory, found) => ({ end: found.is === 'none' ? 'revoked' : 'plain', memory }),
    failed: (memory) => ({ end: 'failed', memory }),
  }),
);
