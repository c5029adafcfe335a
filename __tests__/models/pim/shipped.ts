/** All that a world needs of the shipped steps: what a mutation bundles anew with one rule taken away. */
export { holderProtocol, resumed } from '../../../src/azure/pim/steps/holder-protocol.ts';
export { newHolder } from '../../../src/azure/pim/steps/holder.ts';
export { newRevocation, revocationProtocol } from '../../../src/azure/pim/steps/revoke.ts';
