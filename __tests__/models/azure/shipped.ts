/** Everything that a world needs of the shipped steps: a mutation bundles it again without one rule. */
export { holderProtocol, resumed } from '../../../src/azure/leases/steps/holder-protocol.ts';
export { giveUp, joinPhases } from '../../../src/azure/leases/steps/join.ts';
export { newHolder } from '../../../src/azure/leases/steps/holder.ts';
export { newPermanent, permanentProtocol } from '../../../src/azure/leases/steps/permanent.ts';
export { newLeaving, newSweep, revocationProtocol, sweepProtocol } from '../../../src/azure/leases/steps/leave.ts';
