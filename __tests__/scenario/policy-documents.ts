import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Instance } from '../../rehearsal/estate.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { WorldOptions } from '../../rehearsal/world.ts';
import { policy } from './support.ts';

/** Parts of an IAM policy document that tests use. */
export interface Policy {
  readonly Version: string;
  readonly Statement: readonly (Readonly<Record<string, unknown>> & { readonly Action: string | readonly string[] })[];
}

/** One of docs/policies, by its name. */
export function policyOf(name: string): Policy {
  return policy(name) as Policy;
}

/** Several of docs/policies as one policy, for a role that has all of them. */
export function together(...names: readonly string[]): Policy {
  return { Version: '2012-10-17', Statement: names.flatMap((name) => policyOf(name).Statement) };
}

/** In order; an action of two statements is listed twice. */
export function actionsOf({ Statement }: Policy): readonly string[] {
  return Statement.flatMap(({ Action }) => [Action].flat());
}

/** Requests of a step without the right for them. */
export function denied({ requests }: Pick<StepResult, 'requests'>): readonly string[] {
  return requests.filter((it) => it.denied !== undefined).map((it) => `${it.action ?? ''} on ${it.denied ?? ''}`);
}

const [home] = loadEstate().instances;
if (home === undefined) throw new Error('the estate has an instance');
const twin: Instance = { ...home, arn: 'arn:aws:sso:::instance/ssoins-1111aaaa2222bbbb', ownerAccount: '111122223333' };

/** Both report permission sets, so that only the owner distinguishes them. */
export const twoInstances: WorldOptions = { estate: { ...loadEstate(), instances: [home, twin] } };
