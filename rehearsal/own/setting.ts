import { subjectOf } from '../github/claims.ts';
import type { RunContext } from '../runner/context.ts';
import type { Step } from '../runner/step.ts';
import type { OwnJob } from './read-job.ts';

/** How a step comes to be signed in. */
export interface SignIn {
  /** The input that would sign it in. */
  readonly input: 'aws-role-to-assume' | 'azure-client-id';
  /** Who it is, where that is known. */
  readonly as: string | null;
  /** With its own ID token, and not with what an earlier step left. */
  readonly own: boolean;
  /** Where it is not its own: whether an earlier step leaves anything. */
  readonly isGiven: boolean;
  /** The Region that it leaves, where that is known. */
  readonly region: string | null;
}

/** A workflow tells who signs in before the step; of a step alone it is taken that somebody does. */
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

/** Where the runner finds itself: what the workflow says, or the estate's repository. */
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
  /** A job that roles and identities trust. */
  readonly trusted: RunContext;
}

/** What comes from the workflow, and what nobody has said, or could be looked up. */
export function takenAsGiven({ job, signIn, context, trusted }: Given): string {
  const { environment, eventName, ref, repository } = context;
  const what = [
    job?.idToken === false ? 'no id-token: write' : 'id-token: write',
    environment === null ? 'no environment' : `environment ${environment}`,
    `${eventName} on ${ref}`,
  ].join(', ');
  const who = whoIs(signIn);
  const lines =
    job === null
      ? [
          `Taken as given: ${what} of ${repository}${who === null ? '' : `, signed in as ${who}, which may do everything`}.`,
        ]
      : [
          `From ${job.file}: ${what}.`,
          `Taken as given: a job of ${repository}${who === null ? '' : `; ${who} ${signIn.own ? `trusts ${subjectOf(trusted)} and ` : ''}may do everything`}.`,
        ];
  return [...lines, ...signInNotes(signIn, job), ...trustNotes(signIn, context, trusted)].join('\n');
}

function whoIs({ as, own, isGiven, input }: SignIn): string | null {
  if (as !== null) return as;
  if (!own && !isGiven) return null;
  return input === 'azure-client-id' ? 'whoever azure/login signs in' : 'whoever an earlier step signs in';
}

function signInNotes({ input, own, isGiven }: SignIn, job: OwnJob | null): readonly string[] {
  if (own) return [];
  if (isGiven) return [`No ${input}: taken as signed in by an earlier step.`];
  const action = input === 'azure-client-id' ? 'azure/login' : 'aws-actions/configure-aws-credentials';
  const token = job?.idToken === false ? ' (which takes id-token: write, or a secret)' : '';
  return [`No ${input}, and no earlier step of the job signs in, as ${action} would${token}: taken as not signed in.`];
}

/** A real role would have to trust this very job; here the estate says whom it trusts. */
function trustNotes({ own }: SignIn, context: RunContext, trusted: RunContext): readonly string[] {
  const [subject, known] = [subjectOf(context), subjectOf(trusted)];
  if (!own || subject === known) return [];
  return [
    `This job is ${subject}, and not ${known}: it cannot sign in. If it should, say so in the section "repository" of --estate (name, environment), and in what your cloud trusts.`,
  ];
}
