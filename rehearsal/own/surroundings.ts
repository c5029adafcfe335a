import type { Step } from '../runner/step.ts';
import type { World } from '../world.ts';
import type { SignIn } from './setting.ts';

type Inputs = Step['inputs'];

/** Azure's servers are here, for a step of any cloud; its ID token is for them. */
export function inThisWorld(inputs: Inputs, { own }: SignIn, world: World): Inputs {
  if (inputs['cloud'] !== 'azure') return inputs;
  const { 'azure-environment': environment = '', 'azure-audience': audience = '' } = world.azure.inputs;
  return { ...inputs, 'azure-environment': environment, ...(own ? { 'azure-audience': audience } : {}) };
}

/** The environment that an earlier step of the job leaves, where the step does not sign in by itself. */
export function ambient(
  inputs: Inputs,
  { own, isGiven, region }: SignIn,
  world: World,
  home: string,
): Readonly<Record<string, string>> {
  if (own) return {};
  // configure-aws-credentials demands a Region, and sets these variables to it.
  const where = { AWS_REGION: region ?? home, AWS_DEFAULT_REGION: region ?? home };
  if (inputs['cloud'] !== 'azure') return isGiven ? { ...world.aws.ambientCredentials(), ...where } : {};
  if (isGiven) world.azure.loginCli();
  else world.azure.logoutCli();
  return world.azure.cli;
}

/** A dry run is itself the plan. */
export function hasPlan({ operation = 'assign', 'dry-run': isDry }: Inputs): boolean {
  return isDry !== 'true' && ['assign', 'revoke', 'reconcile', 'provision', 'sweep'].includes(operation);
}
