/** Everything that a world needs of the shipped steps: a mutation bundles it again without one rule. */
export { holderProtocol, resumed } from '../../src/aws/leases/steps/holder-protocol.ts';
export { giveUp, newHolder } from '../../src/aws/leases/steps/holder.ts';
export { breakOff, newPermanent, permanentProtocol } from '../../src/aws/leases/steps/permanent.ts';
export { newRevocation, revocationProtocol } from '../../src/aws/leases/steps/revoke.ts';
export { newSweep, sweepProtocol } from '../../src/aws/leases/steps/sweep.ts';
