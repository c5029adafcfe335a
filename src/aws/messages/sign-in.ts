import { Refusal } from '#access/errors';

export const signedIn = (who: string, until: string): string => `Signed in as ${who} until ${until}.`;

export const callerUnnamed = (): Refusal =>
  new Refusal('AWS did not name the owner of the credentials.', 'Run the step again, or set aws-role-to-assume.');

export const noCredentials = (): Refusal =>
  new Refusal(
    'STS answered AssumeRoleWithWebIdentity without credentials.',
    'Run the step again. If that does not help, ask AWS support.',
  );

/** The hint on credentials that another step made. */
export const endedAmbient =
  'These are the credentials that the job had before this step, for example from aws-actions/configure-aws-credentials. This action did not create them and cannot renew them. They last one hour unless that step sets another duration. ' +
  'Set aws-role-to-assume, with permissions: id-token: write. This action then signs in itself, and signs in again in time. Or run the step that creates the credentials again right before this one, and check that no other step replaced a part of them.';

/* A role that AWS does not let the job assume */

export const trustPolicy = "the role's trust policy";

/** @param answer code, message and request ID */
export const mayNotAssume = (roleArn: string, answer: string): string =>
  `AWS does not allow this job to assume ${roleArn}: ${answer}`;

export const runAgain = 'Run the step again.';

export const denied =
  `A Deny in ${trustPolicy} refuses this token, and no further Allow helps. ` +
  'Leave the Deny in place. The people who set it decide whether this job is meant to assume the role.';

export const issuedBy = (issuer: string, audience: string): string =>
  `The token's issuer is ${issuer}, and its audience is ${audience}.`;

export const checkRole = 'Also check that the role exists: STS gives the same answer for a role that does not.';

/** @param key the condition key of the environment; `null` where STS does not know that claim */
export const subjectWithoutEnvironment = (key: string | null): string =>
  `The subject has a custom form, which does not name the environment. ${key === null ? 'Add' : `Test ${key} in the policy too, or add`} environment to the form of the subject.`;

export const compareWithLog = (sub: string, aud: string): string =>
  `The policy compares ${sub} and ${aud} with the claims in the log.`;

/** @param knowsMore true where STS knows further claims of the issuer */
export const compareEqual = (sub: string, aud: string, knowsMore: boolean): string =>
  `With StringEquals, the policy compares ${sub} and ${aud}.${knowsMore ? ' It can also test :repository_id and :job_workflow_ref.' : ''}`;

/* Variables and files that have changed since the main step, whose values the post step does not use */

export const variableChanged = (variable: string, used: string): string =>
  `${variable} has changed since the main step. The post step uses the value of the main step: ${used}.`;

const notRead = (variable: string): string => `The file of ${variable} is not read.`;

export const setSinceMain = (is: string, variable: string): string =>
  `${is} was set after the main step. ${notRead(variable)}`;

export const changedSinceMain = (was: string, is: string, variable: string): string =>
  `The main step used ${was}. The shared files now set ${is}. ${notRead(variable)}`;

/** @param problem a sentence */
export const fileUnread = (variable: string, problem: string): string => `${variable}: ${problem} ${notRead(variable)}`;
