/** All that a world needs of the shipped steps: what a mutation bundles anew with one rule taken away. */
export { abandoned, holderProtocol, newHolder, resumed } from '../../src/aws/leases/holder.ts';
export { breakOff, newPermanent, permanentProtocol } from '../../src/aws/leases/permanent-steps.ts';
export { newRevocation, revocationProtocol } from '../../src/aws/leases/revoke-steps.ts';
export { newSweep, sweepProtocol } from '../../src/aws/leases/sweep-steps.ts';
