import { Refusal } from '../errors.ts';
import { capital, listed, sentence, several } from '../words.ts';

/* The plan in the log */

export const namesAndIds = 'Names and IDs';
export const planByGrant = 'Plan for each grant';

/** @param counts such as `3 create, 2 keep` */
export const planOfMany = (grants: number, counts: string, all: string): string =>
  `Plan for ${several(grants, 'grant')}: ${counts}. ${capital(all)}.`;

/** @param lasting such as ` for 2 h, ends with the job` */
export const planOfOne = (action: string, grant: string, lasting: string, more: string): string =>
  sentence(`Plan: ${action} ${grant}${lasting}${more}`);

/** @param grant in short, as it differs from the others */
export const planOf = (grant: string, action: string, more: string): string =>
  sentence(`Plan for ${grant}: ${action}${more}`);

export const differsIn = (properties: readonly string[]): string =>
  ` (differs from the request: ${properties.join(', ')})`;

/** Why access files remove a grant. */
export const becauseOf = { extra: ' (in no row)', expired: ' (in an expired row)' } as const;

/* Comparison with the reviewed plan */

const planAgain =
  'Run the step with `dry-run: true` again, have the new plan reviewed, and use that one as `expected-plan`.';

export const otherDigest = (actual: string, expected: string, details: readonly string[]): Refusal =>
  new Refusal(
    `The plan is not the one that was reviewed: its digest is ${actual}, and expected-plan gives ${expected}.`,
    `${planAgain} A digest cannot show what differs, and no longer matches once a part of the plan is done. The path of the reviewed plan's file as \`expected-plan\` shows the differences, and allows a plan that is partly done.`,
    details,
  );

/** @param byCaller true if the plans are for different identities */
export const otherPlan = (
  path: string,
  differences: readonly string[],
  byCaller: boolean,
  details: readonly string[],
): Refusal =>
  new Refusal(
    `The plan is not the one that was reviewed in ${path}: ${differences.join(', ')}.`,
    byCaller
      ? `${planAgain} A plan is valid only for the identity that applies it. If the dry run signs in as another one, name that identity in \`plan-for\` of the dry run.`
      : planAgain,
    details,
  );

export const planNow = (caller: string): string => `The plan now, by ${caller}:`;
export const nothingToChange = 'nothing to change';

export const differs = (name: string): string => `${name} differs`;

/** Counts of differences: a noun with its verb, for one and for several. */
export const differenceCounts = {
  added: ['change was not reviewed', 'changes were not reviewed'],
  missing: ['reviewed change is not planned now', 'reviewed changes are not planned now'],
  other: ['was reviewed as another action', 'were reviewed as other actions'],
  renamed: ['name is not the reviewed one', 'names are not the reviewed ones'],
} as const;

export const legend =
  '+ planned now but not reviewed, - reviewed but not planned now, ~ reviewed as another action, = reviewed under another name:';

export const headerDiffers = (name: string, was: string, is: string): string =>
  `${name}: ${was} was reviewed, and now it is ${is}`;

export const reviewedAs = (grant: string, action: string): string => `~ ${grant}, reviewed as ${action}`;
export const refusedNow = (reason: string): string => ` (refused now: ${reason})`;

export const renamed = (part: string, id: string, was: string, is: string): string =>
  `= ${part} ${id} was reviewed as "${was}", and is "${is}" now`;

export const andMore = (count: number): string => `and ${count} more`;

export const notProvisioned = {
  reason: 'It is not provisioned there, and provisioning would create it without any assignment.',
  hint: 'Assign it there first (`operation: assign` provisions it), or correct `role` or `target`.',
} as const;

/* Guards */

/** Maximum number of grants that a sentence names. */
const namedInSentence = 3;

export const coverageUnknown = (part: string, answer: string): string =>
  `Could not check whether allowed-${part}s covers the grants: ${answer}`;

export const inCeiling = (part: string, message: string): string => `In allowed-${part}s: ${message}`;

/** @param noun the cloud's for one of them */
export const notCovered = (part: string, noun: string, named: readonly string[], details: readonly string[]): Refusal =>
  new Refusal(
    `allowed-${part}s does not cover ${several(named.length, noun)}: ${listed(named, namedInSentence)}.`,
    `Check the lines of \`${part}\`, and what their names mean now. Only if that access is intended, add it to \`allowed-${part}s\`.`,
    details,
  );

export const uncovered = (part: string, name: string): string => `Not covered by allowed-${part}s: ${name}`;

/** @param counts what multiplies to the product */
export const tooManyGrants = (product: number, counts: readonly number[], most: number): Refusal =>
  new Refusal(
    `The lines multiply to ${product} grants (${counts.join(' × ')}). One step can have at most ${most}.`,
    'Narrow `target` or the other inputs, or split the step into several.',
  );

/** @param among what the grants are made of, such as ` (2 roles × 3 accounts)` */
export const aboveMaxGrants = (operation: string, grants: number, among: string, most: number): Refusal =>
  new Refusal(
    `This step would ${operation} ${several(grants, 'grant')}${among}, and max-grants allows ${most}.`,
    'Narrow `target` or the other inputs. Only if all of these grants are intended, raise `max-grants`.',
  );

/** @param longest in words, as is `lifetime` */
export const permanentAboveMax = (longest: string, grants: readonly string[]): Refusal =>
  new Refusal(
    `max-lifetime allows ${longest}, and permanent access exceeds it. This step would assign ${several(grants.length, 'permanent grant')}: ${listed(grants, namedInSentence)}.`,
    'Set a `lifetime`. Only if permanent access is intended, leave `max-lifetime` at `none`.',
  );

export const lifetimeAboveMax = (longest: string, lifetime: string, grants: readonly string[]): Refusal =>
  new Refusal(
    `max-lifetime allows ${longest}. This step would assign ${several(grants.length, 'grant')} for ${lifetime}: ${listed(grants, namedInSentence)}.`,
    'Set a shorter `lifetime`. Only if this length is intended, raise `max-lifetime`.',
  );

/** @param principal name and ID */
export const approverGains = (login: string, principal: string): Refusal =>
  new Refusal(
    `${login} approved this step, and would get access by it, as ${principal}.`,
    'Start a new run, and have it approved by a person who is none of the principals.',
  );

/** @param answer of the cloud, a sentence */
export const approverUnknown = (login: string, answer: string, hint: string): Refusal =>
  new Refusal(`Could not compare ${login}, who approved this step, with the principals: ${answer}`, hint);

export const moreInLog = (count: number): string => `${count} more: see the log.`;
