import type { AnyCloud, Declarations } from '#access/declaration';
import { commonInputs } from '#access/inputs';
import type { Part } from '#access/request';

type Examples = Readonly<Record<'principal-type' | 'plan-for' | Part | `allowed-${Part}s`, string>>;

/** The examples of the inputs whose grammar is the cloud's own. */
export function examplesOf(cloud: AnyCloud<unknown> | undefined): Examples {
  const { examples, principalTypes } = cloud ?? {};
  return {
    principal: examples?.principal ?? '',
    'principal-type': principalTypes?.[0] ?? '',
    target: examples?.target ?? '',
    role: examples?.role ?? '',
    'allowed-principals': examples?.principal ?? '',
    'allowed-targets': examples?.target ?? '',
    'allowed-roles': examples?.role ?? '',
    'plan-for': cloud === undefined ? '' : exampleCaller(cloud),
  };
}

/** Every input that there is, of whichever cloud. */
export function declaredByAll(clouds: Readonly<Record<string, AnyCloud<unknown>>>, examples: Examples): Declarations {
  const common = withExamples(commonInputs, { ...examples, cloud: Object.keys(clouds)[0] ?? '' });
  return Object.assign({}, common, ...Object.values(clouds).map(({ inputs }) => inputs)) as Declarations;
}

export function withExamples(declarations: Declarations, examples: Readonly<Record<string, string>>): Declarations {
  const entries = Object.entries(declarations);
  return Object.fromEntries(entries.map(([name, it]) => [name, { ...it, example: examples[name] ?? it.example }]));
}

/** The first of the examples of the cloud's own inputs that is one who signs in. */
export function exampleCaller({ inputs, parseCaller }: AnyCloud<unknown>): string {
  return Object.values(inputs).find(({ example }) => parseCaller(example).ok)?.example ?? '';
}
