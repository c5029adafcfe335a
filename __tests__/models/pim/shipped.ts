/** All that a world needs of the shipped steps: what a mutation bundles anew with one rule taken away. */
export { holderProtocol, resumed } from '../../../src/azure/leases/pim/steps/holder-protocol.ts';
export { newHolder } from '../../../src/azure/leases/pim/steps/holder.ts';
export { newRevocation, revocationProtocol } from '../../../src/azure/leases/pim/steps/revoke.ts';
