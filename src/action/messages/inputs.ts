import { enumerated } from '#access/words';

/* Faults of inputs and of what they are used with. */

export const required = 'This input is required.';
export const leaseIdRequired = 'This input is required. It is the output of the step that took the lease.';

export const emptyExpression =
  'This input is empty: the expression returned nothing. Correct the expression, or write the value.';

export const notUsedBy = (operation: string, operations: readonly string[]): string =>
  `This input is not used by operation: ${operation}, only by ${enumerated(operations)}.`;

/** @param fault a sentence about a character */
export const removeCharacter = (fault: string, isName: boolean): string =>
  `${fault} Remove it${isName ? ', or use the ID of the object that has it in its name' : ''}.`;

/* Clouds */

export const ofOtherCloud = (cloud: string, chosen: string): string =>
  `This is an input of cloud: ${cloud}, not of ${chosen}.`;

export const removeOrCorrectCloud = 'Remove it, or correct cloud.';

export const noSuchOperation = (operation: string, cloud: string, operations: readonly string[]): string =>
  `"${operation}" is not an operation of cloud: ${cloud}. It has ${operations.join(', ')}.`;

/* Approvals */

export const cannotBeReviewed = (operation: string): string =>
  `A review approves the rows of access files, and ${operation} has none here. Only assign and reconcile with an access-file can be reviewed.`;

export const provesNoRun =
  'This step signs in with the credentials of its environment. Only an ID token proves which run asks, so nothing shows who started or approved it.';
export const signInByToken =
  'Sign in with GitHub OIDC: give the job permissions: id-token: write, and set the inputs of the cloud for it.';

/* People */

export const requesterAlone =
  '"requester" means the person who started the workflow. It can only be the whole principal of operation: assign. If a principal has that name, write its prefix before it.';
export const requesterBesideType =
  'This input has no effect beside principal: requester, whose type people-file names.';
export const requesterNeedsFile = '"requester" requires people-file, which names the principal of each person.';
export const nobodyCompared = 'This input has no effect without principal: requester or require-approval: environment.';

/* Leases */

export const waitsForLease =
  '"false" is not possible with a lifetime: a lease is reported only once it is established.';

export const forLeasesOnly = (value: string): string =>
  `"${value}" is for leases only, and this access is permanent. Set a lifetime, or remove this input.`;

export const noExtension = (lifetime: string): string =>
  `"${lifetime}" is not a length of time. operation: extend requires one: how long the lease lasts from now on.`;

export const aboveMaxLifetime = (lifetime: string, longest: string): string =>
  `The lifetime is ${lifetime}, and max-lifetime allows ${longest}.`;

/** @param start the beginning of the value */
export const badLeaseId = (start: string, problem: string): string => `"${start}" cannot be used. ${problem}`;

/* Plans */

export const overwritesReviewed = 'This is the file that expected-plan names. The reviewed plan would be overwritten.';

export const notADigest = (value: string): string =>
  `"${value}" is not a digest, which is sha256: and 64 hexadecimal digits.`;

/** @param path the full path, empty where it is the same */
export const noPlanFile = (value: string, path: string): string =>
  `"${value}"${path === '' ? '' : ` (${path})`} is neither a digest nor a file that can be read.`;

/** @param problem such as `is a pipe` */
export const noRegularFile = (path: string, problem: string): string => `"${path}" ${problem}.`;

export const badPlan = (path: string, problem: string): string => `"${path}" cannot be used as a plan. ${problem}`;

export const planOfOther = (path: string, member: string, planned: string, chosen: string): string =>
  `"${path}" is a plan of ${member}: ${planned}, not of ${chosen}.`;

/* Guards */

export const anyBesideOthers = (any: string): string =>
  `"${any}" allows everything, so the other lines would have no effect. Remove it.`;

export const leftByExpression = (line: string, part: string): string =>
  `"${line}" is also what an empty expression leaves. Name the ${part}s that you mean.`;

export const notById = (line: string): string =>
  `"${line}" is not an ID, and require-ids is true. A name can come to mean another object.`;

export const aboveQuota = (value: number, quota: number): string =>
  `${value} is more than the cloud's quota of ${quota}. This input can only lower it.`;

/* Access files */

/** In a step without any. */
export const fileRequired = 'This input is required: operation: reconcile is about access files.';
export const onlyWithFile = 'This input has no effect without access-file.';
