import type { holderProtocol, resumed } from '../../src/aws/leases/steps/holder-protocol.ts';
import type { giveUp, Holder, HolderOutcome, newHolder } from '../../src/aws/leases/steps/holder.ts';
import type {
  breakOff,
  newPermanent,
  Permanent,
  PermanentOutcome,
  permanentProtocol,
} from '../../src/aws/leases/steps/permanent.ts';
import type {
  newRevocation,
  Revocation,
  RevocationOutcome,
  revocationProtocol,
} from '../../src/aws/leases/steps/revoke.ts';
import type { newSweep, Sweep, SweepOutcome, sweepProtocol } from '../../src/aws/leases/steps/sweep.ts';

/** The step functions to explore: the shipped ones, or the shipped ones without one rule. */
export interface Steps {
  readonly holderProtocol: typeof holderProtocol;
  readonly newHolder: typeof newHolder;
  readonly resumed: typeof resumed;
  readonly giveUp: typeof giveUp;
  readonly sweepProtocol: typeof sweepProtocol;
  readonly newSweep: typeof newSweep;
  readonly permanentProtocol: typeof permanentProtocol;
  readonly newPermanent: typeof newPermanent;
  readonly breakOff: typeof breakOff;
  readonly revocationProtocol: typeof revocationProtocol;
  readonly newRevocation: typeof newRevocation;
}

export type Role = 'holder' | 'sweep' | 'permanent' | 'revoke';
export type Memory = Holder | Sweep | Permanent | Revocation;
export type Outcome = HolderOutcome | SweepOutcome | PermanentOutcome | RevocationOutcome;
