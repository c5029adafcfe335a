import { Refusal } from '#access/errors';

/** Ways to name exactly one. */
export const subscriptionById = 'subscription:<ID>';
export const managementGroupById = 'the full scope /providers/Microsoft.Management/managementGroups/<ID>';

/** @param near the sentences about similar names @param way to name exactly one */
export const noSuchTarget = (noun: string, text: string, near: string, way: string): Refusal =>
  new Refusal(
    `The signed-in identity can see no ${noun} named "${text}".${near}`,
    `Correct "${text}", check azure-tenant-id, or use ${way}. Names are compared exactly, including letter case. The identity can see only what it is allowed to read.`,
  );

/** A name that means several places, in `target` or in what is allowed there (P8). @param way to name exactly one */
export const severalTargets = (noun: string, text: string, found: readonly string[], way: string): Refusal =>
  new Refusal(
    `"${text}" matches ${found.length} ${noun}s: ${found.join(', ')}.`,
    `Use ${way} of the one that you mean.`,
  );

export const useGroupId = (text: string): string =>
  `Use the full scope, which needs no lookup: /providers/Microsoft.Management/managementGroups/${text}, if "${text}" is the ID.`;

export const noSubscriptionForAllowed = (): Refusal =>
  new Refusal(
    'allowed-targets has a resource group, but azure-subscription-id is not set.',
    'Set azure-subscription-id to the subscription of the resource group, or use the full scope /subscriptions/<ID>/resourceGroups/<name>.',
  );

export const exclusionInside = (exclusion: string, target: string): Refusal =>
  new Refusal(
    `The exclusion "!${exclusion}" is inside the target ${target}. A role that is assigned there applies to everything below, and Azure cannot leave a part out.`,
    'Remove the exclusion, or list the scopes below the target one by one.',
  );

export const exclusionMatchesNothing = (exclusion: string): Refusal =>
  new Refusal(
    `The exclusion "!${exclusion}" matches none of the targets.`,
    'Correct this line of target, or remove it. An exclusion removes whole targets, never a part of one.',
  );

/** @param count of all targets */
export const nothingLeft = (count: number, exclusions: readonly string[]): Refusal =>
  new Refusal(
    `No target is left: ${count === 1 ? 'the only one is' : `all ${count} are`} excluded by ${exclusions.map((line) => `"${line}"`).join(', ')}.`,
    'Correct target. An exclusion covers its scope and everything below it.',
  );
