import { durationInWords, isoDuration } from '#access/durations';
import { Refusal } from '#access/errors';
import { seconds, sentence } from '#access/words';
import { aPerson } from '../leases/pim/hints.ts';

/* Requests. */

export const accepted = (call: string, name: string): string => `${call} was accepted: request ID ${name}.`;
export const undocumented = (name: string, status: string): string =>
  `Request ${name} has the undocumented status ${status}.`;
export const lookingFor = (error: string, name: string): string =>
  `${sentence(error)} It might have succeeded. Looking for request ${name}.`;
export const askingAgain = (name: string, status: string, delay: number): string =>
  `Request ${name} has the status ${status}. Asking again in ${seconds(delay)}.`;
export const canceled = (name: string): string => `Request ${name} was canceled.`;
export const endedWith = (name: string, status: string, hint: string): Refusal =>
  new Refusal(`Request ${name} of Privileged Identity Management ended ${status}.`, hint);
export const whyEnded = {
  denied: 'An approver denied it. Ask the approvers of this role, then run the step again.',
  timedOut: 'It was not approved in time. Ask the approvers of this role, then run the step again.',
  canceled: 'It was canceled. Run the step again if the access is still needed.',
  other: 'Check the request in Privileged Identity Management, then run the step again.',
} as const;

/* Lists. */

export const listsOfPim = 'The lists of Privileged Identity Management';
export const grantsWithRequests = (count: number): string =>
  `Privileged Identity Management lists requests for ${count} grants.`;
export const waitsForApproval = (name: string): string => `Request ${name} needs approval.`;
export const inProgress = (name: string): string => `Request ${name} is in progress.`;
export const carriedOutUnlisted = (name: string): string =>
  `Request ${name} was carried out, but its access is not listed: it is gone, or listed late.`;

/** A holder that did not use this action. */
export const otherRequester = (name: string): string => `another requester (request ${name})`;

/* Policies of roles. */

export const noPolicy = (role: string): string => `Role ${role} has no PIM policy, so Azure decides.`;
export const needsApproval = (role: string): string => `The PIM policy of role ${role} requires approval by a person.`;
export const policyUnread = (role: string, error: string): string =>
  `Could not read the PIM policy of role ${role}, so Azure decides: ${error}`;

function refusedByPolicy(role: string, what: string, hint: string): Refusal {
  return new Refusal(`The PIM policy of role ${role} ${what}.`, hint);
}

export const tooLong = (role: string, longestMs: number, lifetimeMs: number): Refusal =>
  refusedByPolicy(
    role,
    `allows at most ${durationInWords(longestMs)}, and \`lifetime\` is ${durationInWords(lifetimeMs)}`,
    `Use at most that, for example: lifetime: ${isoDuration(longestMs)}`,
  );

const unmet = {
  reason: [
    'requires a justification, and `reason` is missing',
    'Give `reason`, for example: reason: Incident 4711, payments are stuck',
  ],
  'ticket-number': [
    'requires a ticket, and `ticket-number` is missing',
    'Give `ticket-number`, for example: ticket-number: CHG-4711',
  ],
  'ticket-system': [
    'requires a ticket, and `ticket-system` is missing',
    'Give `ticket-system`, for example: ticket-system: ServiceNow',
  ],
  mfa: [
    'requires multi-factor authentication of the assigning identity, which a workload identity cannot perform',
    aPerson,
  ],
  context: [
    'requires an authentication context of the assigning identity, which a workload identity cannot satisfy',
    aPerson,
  ],
  approver: [
    'requires an approval, but names no approver',
    "Ask the owners of the role's settings in Privileged Identity Management to name approvers, for assignments by administrators.",
  ],
} as const;

export function unmetBy(role: string, requirement: keyof typeof unmet): Refusal {
  const [what, hint] = unmet[requirement];
  return refusedByPolicy(role, what, hint);
}
