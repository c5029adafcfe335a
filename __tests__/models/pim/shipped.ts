/** Everything that a world needs of the shipped steps: a mutation bundles it again without one rule. */
export { holderProtocol, resumed } from '../../../src/azure/leases/pim/steps/holder-protocol.ts';
export { newHolder } from '../../../src/azure/leases/pim/steps/holder.ts';
export { newRevocation, revocationProtocol } from '../../../src/azure/leases/pim/steps/revoke.ts';
