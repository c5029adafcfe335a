import type { Estate } from '../estate.ts';
import { subjectOf } from '../github/claims.ts';
import type { RunContext } from '../runner/context.ts';
import type { Step } from '../runner/step.ts';
import { subjectsOf } from '../subjects.ts';
import type { OwnJob } from './read-job.ts';

/** The way in which a step is signed in. */
export interface SignIn {
  /** The input that would sign it in. */
  readonly input: 'aws-role-to-assume' | 'azure-client-id';
  /** The role or client ID, where that is known. */
  readonly as: string | null;
  /** With its own ID token, and not with the credentials of an earlier step. */
  readonly own: boolean;
  /** Where it is not its own: true if an earlier step leaves any credentials. */
  readonly isGiven: boolean;
  /** The Region that it leaves, where that is known. */
  readonly region: string | null;
}

/** A workflow shows whether an earlier step signs in; for a step alone it is assumed. */
export function signInOf(inputs: Step['inputs'], job: OwnJob | null): SignIn {
  const input = inputs['cloud'] === 'azure' ? 'azure-client-id' : 'aws-role-to-assume';
  const named = inputs[input] ?? '';
  if (named !== '' && named !== 'none') return { input, as: named, own: true, isGiven: false, region: null };
  const isGiven = job === null || (input === 'azure-client-id' ? job.before.azure : job.before.aws);
  return {
    input,
    as: input === 'aws-role-to-assume' ? (job?.before.role ?? null) : null,
    own: false,
    isGiven,
    region: job?.before.region ?? null,
  };
}

type Setting = Pick<Step, 'idToken' | 'event'> & { readonly context: Partial<RunContext> };

/** The run of the step: as the workflow says, else one of the estate's repository. */
export function settingOf(job: OwnJob | null, event: string | null): Setting {
  if (job === null) return event === null ? { context: {} } : { event, context: { eventName: event } };
  return {
    idToken: job.idToken,
    event: job.event,
    context: {
      environment: job.environment,
      eventName: job.event,
      ref: job.ref,
      job: job.name,
      workflow: job.workflow,
      workflowPath: `.github/workflows/${job.file}`,
    },
  };
}

interface Given {
  readonly job: OwnJob | null;
  readonly signIn: SignIn;
  /** Of the job. */
  readonly context: RunContext;
  /** The subjects of jobs that may sign in. */
  readonly trusts: readonly string[];
}

/** The facts from the workflow, and the assumptions. */
export function takenAsGiven({ job, signIn, context, trusts }: Given): string {
  const { environment, eventName, ref, repository } = context;
  const what = [
    job?.idToken === false ? 'no id-token: write' : 'id-token: write',
    environment === null ? 'no environment' : `environment ${environment}`,
    `${eventName} on ${ref}`,
  ].join(', ');
  const who = whoIs(signIn);
  const lines =
    job === null
      ? [`Assumed: ${what} of ${repository}${who === null ? '' : `, signed in as ${who}, which may do everything`}.`]
      : [
          `From ${job.file}: ${what}.`,
          `Assumed: a job of ${repository}${who === null ? '' : `; ${who} ${signIn.own ? `trusts ${namesOnly(trusts).join(', ')} and ` : ''}may do everything`}.`,
        ];
  return [...lines, ...signInNotes(signIn, job), ...trustNotes(signIn, context, trusts)].join('\n');
}

function whoIs({ as, own, isGiven, input }: SignIn): string | null {
  if (as !== null) return as;
  if (!own && !isGiven) return null;
  return input === 'azure-client-id' ? 'the identity of azure/login' : 'the identity of an earlier step';
}

export function signInNotes({ input, own, isGiven }: SignIn, job: OwnJob | null): readonly string[] {
  if (own) return [];
  if (isGiven) return [`No ${input}: assumed signed in by an earlier step.`];
  const action = input === 'azure-client-id' ? 'azure/login' : 'aws-actions/configure-aws-credentials';
  const token = job?.idToken === false ? ' (which requires id-token: write, or a secret)' : '';
  return [`No ${input}, and no earlier step of the job signs in, as ${action} would${token}: assumed not signed in.`];
}

/** In the estate, as in a cloud, a role or identity names the jobs that it trusts. */
export function trustNotes({ own, as }: SignIn, context: RunContext, trusts: readonly string[]): readonly string[] {
  const subject = subjectOf(context);
  if (!own || trusts.includes(subject)) return [];
  return [
    `This job is ${subject}, and ${as ?? 'the identity'} trusts ${namesOnly(trusts).join(', ')}: it cannot sign in. If it should, write so in --estate ("trusts" of the role or service principal, else "repository"), and in the trust of your cloud.`,
  ];
}

/** The subjects that the estate allows to sign in as a role or identity, in both of their forms. */
export function trustedSubjects({ roles = [], azure, repository }: Estate, { as }: SignIn): readonly string[] {
  const role = roles.find(({ arn }) => arn === as);
  const client = azure?.servicePrincipals.find(({ appId }) => appId === as?.toLowerCase());
  return subjectsOf(repository, role?.trusts ?? client?.trusts);
}

/** Without the form that has IDs. */
function namesOnly(subjects: readonly string[]): readonly string[] {
  return subjects.filter((it) => !/^repo:[^:]*@/u.test(it));
}
