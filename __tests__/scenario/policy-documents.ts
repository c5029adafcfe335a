import { loadEstate } from '../../rehearsal/estate-file/load.ts';
import type { Instance } from '../../rehearsal/estate.ts';
import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { WorldOptions } from '../../rehearsal/world.ts';
import { policy } from './support.ts';

/** The parts of an IAM policy document that are taken apart in tests. */
export interface Policy {
  readonly Version: string;
  readonly Statement: readonly (Readonly<Record<string, unknown>> & { readonly Action: string | readonly string[] })[];
}

/** One of docs/policies, by its name. */
export function policyOf(name: string): Policy {
  return policy(name) as Policy;
}

/** Several of docs/policies as the one of a role that has all of them. */
export function together(...names: readonly string[]): Policy {
  return { Version: '2012-10-17', Statement: names.flatMap((name) => policyOf(name).Statement) };
}

/** In order; an action that two statements have is there twice. */
export function actionsOf({ Statement }: Policy): readonly string[] {
  return Statement.flatMap(({ Action }) => [Action].flat());
}

/** The requests of a step that its identity had no right to. */
export function denied({ requests }: Pick<StepResult, 'requests'>): readonly string[] {
  return requests.filter((it) => it.denied !== undefined).map((it) => `${it.action ?? ''} on ${it.denied ?? ''}`);
}

const [home] = loadEstate().instances;
if (home === undefined) throw new Error('the estate has an instance');
const twin: Instance = { ...home, arn: 'arn:aws:sso:::instance/ssoins-1111aaaa2222bbbb', ownerAccount: '111122223333' };

/** Both say that they have permission sets, so that only the owner tells them apart. */
export const twoInstances: WorldOptions = { estate: { ...loadEstate(), instances: [home, twin] } };
