import type { AzureEstate } from '../../azure/estate.ts';
import type { Estate } from '../../estate.ts';
import { SMALL_GUID } from '../../guid.ts';
import { defaultContext } from '../../runner/context.ts';
import { usualTrust } from '../../subjects.ts';
import type { Scope } from '../expressions.ts';
import { Misuse } from '../options.ts';
import { evaluateAll } from './contexts.ts';
import type { WorkflowPlan } from './model.ts';
import { scopeOf } from './run-job.ts';

/** The roles and identities that steps name, as far as they are known before anything runs. */
export interface Named {
  /** Of each step. */
  readonly inputs: readonly Readonly<Record<string, string>>[];
  /** ARNs of roles that steps assume. */
  readonly roles: readonly string[];
  /** Roles with which EventBridge Scheduler ends leases, and the schedule groups. */
  readonly enders: readonly { readonly arn: string; readonly group: string }[];
  /** Client IDs. */
  readonly clients: readonly string[];
}

export function namedIn(plan: WorkflowPlan, values: ReadonlyMap<string, string>): Named {
  const context = { ...defaultContext, eventName: plan.event, ref: plan.ref };
  const scope = scopeOf({ plan, context, needs: {}, values }, {}, {}, 'success');
  const inputs = plan.jobs.flatMap((job) =>
    job.steps.map(({ document }) => {
      const levels = [plan.document, job.document, document];
      const env = levels.reduce<object>((all, it) => ({ ...all, ...tried(it['env'], scope) }), {});
      return tried(document['with'], { ...scope, contexts: { ...scope.contexts, env } });
    }),
  );
  const all = (name: string): readonly string[] => [
    ...new Set(inputs.map((it) => it[name] ?? '').filter((it) => it !== '' && it !== 'none')),
  ];
  return {
    inputs,
    roles: [...all('aws-role-to-assume'), ...all('role-to-assume')].filter((arn) => arn.startsWith('arn:')),
    enders: inputs.flatMap(({ 'aws-scheduler-role-arn': arn = '', 'aws-scheduler-group': group = '' }) =>
      arn === '' ? [] : [{ arn, group: group === '' ? 'cloud-access' : group }],
    ),
    clients: all('azure-client-id')
      .map((id) => id.toLowerCase())
      .filter((id) => SMALL_GUID.test(id)),
  };
}

/** Nothing where a value cannot be evaluated yet. */
function tried(written: unknown, scope: Scope): Readonly<Record<string, string>> {
  try {
    return evaluateAll(written, scope);
  } catch (error) {
    if (error instanceof Misuse) return {};
    throw error;
  }
}

/** An estate in which the identities exist that steps name: those that are new trust the jobs of its repository. */
export function withClients(estate: Estate, clients: readonly string[]): Estate {
  const { azure, repository } = estate;
  if (azure === undefined) return estate;
  const fresh = clients.filter((id) => !azure.servicePrincipals.some(({ appId }) => appId === id));
  const made = fresh.map((appId): AzureEstate['servicePrincipals'][number] => ({
    id: appId.replace(/^.{8}/u, '5e000000'),
    appId,
    displayName: `client ${appId}`,
    servicePrincipalType: 'Application',
    trusts: [usualTrust(repository)],
  }));
  return { ...estate, azure: { ...azure, servicePrincipals: [...azure.servicePrincipals, ...made] } };
}
