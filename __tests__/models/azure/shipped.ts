/** All that a world needs of the shipped steps: what a mutation bundles anew with one rule taken away. */
export { holderProtocol, resumed } from '../../../src/azure/leases/steps/holder-protocol.ts';
export { giveUp, joinPhases } from '../../../src/azure/leases/steps/join.ts';
export { newHolder } from '../../../src/azure/leases/steps/holder.ts';
export { newPermanent, permanentProtocol } from '../../../src/azure/leases/steps/permanent.ts';
export { newLeaving, newSweep, revocationProtocol, sweepProtocol } from '../../../src/azure/leases/steps/leave.ts';
