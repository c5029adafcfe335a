import { parse, type CollectionTag, type ScalarTag } from 'yaml';
import { readText } from '../docs/repository.ts';

/**
 * What CloudFormation would make of setup/aws.yaml, as far as that file goes: parameters are held against their patterns,
 * functions are carried out, and what is not known is an error.
 * Source: CloudFormation template reference: parameters, conditions, intrinsic functions.
 */
export interface Stack {
  /** By logical id; those whose condition does not hold are left out. */
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, { readonly Description: string; readonly Value: string }>>;
  /** Parameters and conditions that nothing refers to. */
  readonly unused: readonly string[];
}

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export type Parameters = Readonly<Record<string, string>>;

/** The values of the examples: with them the template has to come to what docs/policies has. */
export const exampleParameters: Parameters = {
  Repository: 'octo-org/infra',
  RepositoryId: '74901',
  GrantWorkflows: 'octo-org/infra/.github/workflows/incident-access.yml@refs/heads/main',
  InstanceId: 'ssoins-72231a2b3c4d5e6f',
  IdentityStoreId: 'd-90679a1b2c',
  ManagementAccount: '444455556666',
  Accounts: '123456789012,777788889999,012345678901',
  PermissionSets: 'arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/*',
};

interface Template {
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource & { readonly Condition?: string }>>;
  readonly Outputs: Readonly<Record<string, { readonly Condition?: string; readonly Value: unknown }>>;
}

interface Parameter {
  readonly Type: 'String' | 'CommaDelimitedList';
  readonly Default?: string;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly string[];
}

/** A function in its short form, not carried out yet. */
class Call {
  readonly name: string;
  readonly given: unknown;

  constructor(name: string, given: unknown) {
    this.name = name;
    this.given = given;
  }
}

const scalars = ['Ref', 'GetAtt', 'Sub', 'Condition'].map((name): ScalarTag => ({
  tag: `!${name}`,
  resolve: (text) => new Call(name, text),
}));
const lists = ['Sub', 'Join', 'Split', 'Equals', 'Not', 'And', 'If'].map((name): CollectionTag => ({
  tag: `!${name}`,
  collection: 'seq',
  resolve: (seq) => new Call(name, seq.toJSON()),
}));

/** What has this value is not there. */
const noValue = Symbol('AWS::NoValue');

/** Source: CloudFormation, pseudo parameters. */
const pseudo: Readonly<Record<string, string | symbol>> = {
  'AWS::AccountId': '111122223333',
  'AWS::Region': 'us-east-1',
  'AWS::NoValue': noValue,
};

/** @throws where CloudFormation would refuse the parameters, or where the template has what is not known here */
export function deploy(given: Parameters = exampleParameters, text = readText('setup/aws.yaml')): Stack {
  const template = parse(text, { customTags: [...scalars, ...lists], version: '1.1' }) as Template;
  const unknown = Object.keys(given).filter((name) => !(name in template.Parameters));
  if (unknown.length > 0) throw new Error(`The template has no parameter ${unknown.join()}`);
  const parameters = Object.fromEntries(
    Object.entries(template.Parameters).map(([name, it]) => [name, parameterValue(name, it, given[name])]),
  );
  const used = new Set<string>();

  const reference = (name: string): unknown => {
    used.add(name);
    const value = parameters[name] ?? pseudo[name];
    if (value !== undefined) return value;
    const { Type, Properties } = resource(name);
    if (Type === 'AWS::SNS::Topic') return attribute(`${name}.Arn`);
    return evaluated(Properties['RoleName'] ?? Properties['Name']);
  };
  const resource = (name: string): Resource => {
    const found = template.Resources[name];
    if (found === undefined) throw new Error(`There is nothing called ${name}`);
    if (!holds(found.Condition)) throw new Error(`${name} is not made`);
    return found;
  };
  const attribute = (path: string): string => {
    const [name = '', what, ...more] = path.split('.');
    const { Type, Properties } = resource(name);
    const at = arns[Type];
    if (what !== 'Arn' || more.length > 0 || at === undefined) throw new Error(`${path} is not known`);
    return substituted(at(Properties));
  };
  const substituted = (template: string, values: Readonly<Record<string, unknown>> = {}): string =>
    template.replaceAll(/\$\{(?<name>[^}]+)\}/gu, (_whole, name: string) => {
      const value = name in values ? values[name] : name.includes('.') ? attribute(name) : reference(name);
      if (typeof value !== 'string') throw new Error(`${name} is no text`);
      return value;
    });
  const carriedOut = ({ name, given: raw }: Call): unknown => {
    if (name === 'Ref') return reference(String(raw));
    if (name === 'GetAtt') return attribute(String(raw));
    if (name === 'Sub' && typeof raw === 'string') return substituted(raw);
    if (name === 'Condition') return holds(String(raw));
    const [first, second, ...more] = raw as readonly unknown[];
    if (name === 'And') return [first, second, ...more].every((it) => evaluated(it) === true);
    if (name === 'Not' && second === undefined) return evaluated(first) !== true;
    if (name === 'If' && more.length === 1) return evaluated(holds(asText(first)) ? second : more[0]);
    if (more.length > 0 || (typeof first !== 'string' && name !== 'Equals'))
      throw new Error(`${name} is given wrongly`);
    const values = evaluated(second);
    if (name === 'Sub') return substituted(asText(first), values as Readonly<Record<string, unknown>>);
    if (name === 'Equals') return evaluated(first) === values;
    if (name === 'Join' && Array.isArray(values)) return values.map(asText).join(asText(first));
    if (name === 'Split') return asText(values).split(asText(first));
    throw new Error(`${name} is given wrongly`);
  };
  const evaluated = (value: unknown): unknown => {
    if (value instanceof Call) return carriedOut(value);
    if (Array.isArray(value)) return value.map(evaluated).filter((it) => it !== noValue);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([key, it]) => [key, evaluated(it)] as const);
    return Object.fromEntries(members.filter(([, it]) => it !== noValue));
  };
  const holds = (condition: string | undefined): boolean => {
    if (condition === undefined) return true;
    used.add(condition);
    if (!(condition in template.Conditions)) throw new Error(`There is no condition ${condition}`);
    return evaluated(template.Conditions[condition]) === true;
  };
  const made = <T extends { readonly Condition?: string }>(all: Readonly<Record<string, T>>): unknown =>
    Object.fromEntries(
      Object.entries(all).flatMap(([name, { Condition, ...it }]) => (holds(Condition) ? [[name, evaluated(it)]] : [])),
    );

  const resources = made(template.Resources) as Stack['resources'];
  const outputs = made(template.Outputs) as Stack['outputs'];
  const all = [...Object.keys(template.Parameters), ...Object.keys(template.Conditions)];
  return { resources, outputs, unused: all.filter((name) => !used.has(name)) };
}

/** Source: service authorization reference, the forms of ARNs. */
const arns: Readonly<Record<string, (properties: Resource['Properties']) => string>> = {
  'AWS::IAM::Role': ({ RoleName }) => `arn:aws:iam::\${AWS::AccountId}:role/${asText(RoleName)}`,
  'AWS::SNS::Topic': ({ TopicName }) => `arn:aws:sns:\${AWS::Region}:\${AWS::AccountId}:${asText(TopicName)}`,
  'AWS::Events::Rule': ({ Name }) => `arn:aws:events:\${AWS::Region}:\${AWS::AccountId}:rule/${asText(Name)}`,
  'AWS::SQS::Queue': ({ QueueName }) => `arn:aws:sqs:\${AWS::Region}:\${AWS::AccountId}:${asText(QueueName)}`,
};

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`${JSON.stringify(value)} is no text`);
  return value;
}

/** Patterns hold for the whole value, and for each value of a list, whose spaces around commas do not count. */
function parameterValue(name: string, parameter: Parameter, given: string | undefined): string | readonly string[] {
  const value = given ?? parameter.Default;
  if (value === undefined) throw new Error(`The parameter ${name} has no value`);
  const values = parameter.Type === 'String' ? [value] : value.split(',').map((it) => it.trim());
  const { AllowedPattern: pattern, AllowedValues: allowed } = parameter;
  for (const it of values) {
    if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(it))
      throw new Error(`"${it}" does not match the pattern of ${name}`);
    if (allowed?.includes(it) === false) throw new Error(`"${it}" is no value of ${name}`);
  }
  return parameter.Type === 'String' ? value : values;
}

export type RoleName = 'Broker' | 'Sweeper' | 'Ender' | 'Planner' | 'Applier' | 'Expirer';

/** The documents of a role: who may assume it, and what it may do, by one policy. */
export function roleIn(stack: Stack, name: RoleName): RoleDocuments {
  const { trust, policies } = policiesIn(stack, name);
  const [policy, ...others] = policies;
  if (policy === undefined || others.length > 0) throw new Error(`${name} has not one policy`);
  return { trust, policy };
}

/** Likewise, by as many policies as there are. */
export function policiesIn(
  { resources }: Stack,
  name: RoleName,
): { readonly trust: unknown; readonly policies: readonly unknown[] } {
  const { AssumeRolePolicyDocument: trust, Policies } = resources[name]?.Properties ?? {};
  const all = Policies as readonly { readonly PolicyDocument: unknown }[];
  return { trust, policies: all.map(({ PolicyDocument }) => PolicyDocument) };
}

export interface RoleDocuments {
  readonly trust: unknown;
  readonly policy: unknown;
}
