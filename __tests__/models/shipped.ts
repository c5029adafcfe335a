/** All that a world needs of the shipped steps: what a mutation bundles anew with one rule taken away. */
export { holderProtocol, resumed } from '../../src/aws/leases/steps/holder-protocol.ts';
export { giveUp, newHolder } from '../../src/aws/leases/steps/holder.ts';
export { breakOff, newPermanent, permanentProtocol } from '../../src/aws/leases/steps/permanent.ts';
export { newRevocation, revocationProtocol } from '../../src/aws/leases/steps/revoke.ts';
export { newSweep, sweepProtocol } from '../../src/aws/leases/steps/sweep.ts';
