import { describeWith } from '../found.ts';
import { runStep, type Step, type StepResult } from '../../rehearsal/runner/step.ts';
import { startWorld } from '../../rehearsal/world.ts';
import { makeEstate, region, roleArn, type MotoEstate } from './estate.ts';
import { startMoto, type Moto } from './server.ts';

export const describeMoto = describeWith('moto');

export interface Meeting extends MotoEstate {
  /** Runs a main step against moto; whatever it does, no secret may leave it. */
  readonly step: (inputs: Step['inputs']) => Promise<StepResult>;
}

/** The user and the group of the README, by names. */
export const byNames = {
  principal: 'user:alice@example.com\ngroup:Payments On-Call',
  role: 'IncidentAdmin',
  target: 'account:payments-prod',
} as const;

const services = ['SSO_ADMIN', 'IDENTITYSTORE', 'ORGANIZATIONS', 'SCHEDULER', 'STS'];

/** The action meets a moto of its own. */
export async function withMoto(scene: (meeting: Meeting) => Promise<void>): Promise<void> {
  const moto = await startMoto();
  try {
    await meet(moto, scene);
  } finally {
    await moto.close();
  }
}

/** AWS is an empty moto, GitHub is the rehearsal's, and the clock is the one on the wall. */
export async function meet(moto: Moto, scene: (meeting: Meeting) => Promise<void>): Promise<void> {
  const world = await startWorld({ clock: 'real', clouds: [] });
  try {
    const estate = await makeEstate(moto);
    const env = Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, moto.url]));
    const step = async (inputs: Step['inputs']): Promise<StepResult> => {
      const signIn = { cloud: 'aws', 'aws-region': region, 'aws-role-to-assume': roleArn };
      const result = await runStep(world, { inputs: { ...signIn, ...inputs }, env, timeoutMs: 110_000 });
      const leaks = result.leaked(world.secrets());
      if (leaks.length > 0) throw new Error(`secrets leaked: ${leaks.join('; ')}\n${result.log}`);
      return result;
    };
    await scene({ ...estate, step });
  } finally {
    await world.close();
  }
}
