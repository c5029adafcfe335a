/* Faults of the file of a reviewed plan. */

export const longerThan16MiB = 'The file is longer than 16 MiB.';
export const emptyFile = 'The file is empty.';

export const notAPlan = (kind: string): string => `The file is not a plan ("kind": "${kind}").`;

/** @param found in JSON */
export const otherSchema = (found: string, known: number): string =>
  `The plan has schema ${found}, but this version of the action reads only ${known}.`;

export const memberTwice = 'The plan has a member twice.';

export const altered = (actual: string, named: string): string =>
  `The plan was altered: its content has the digest ${actual}, but it names ${named}.`;

export const noText = (members: readonly string[]): string => `The plan has no text as ${members.join(', ')}.`;
export const unknownOperation = 'The plan has no known operation.';
export const settingsNotTexts = 'The plan has settings that are not texts.';
export const keepNotBoolean = 'The plan has a keep-after-job that is neither true nor false.';
export const keepOfPermanent = 'The plan has a keep-after-job for permanent access.';
export const strangeLifetime = 'The plan has a lifetime that is not written as in a plan.';

export const lifetimeOf = (operation: string): string => `The plan has a lifetime, but its operation is ${operation}.`;

/** @param place such as `changes, entry 2`; `null` for the plan itself */
const partOf = (place: string | null): string => (place === null ? 'The plan' : `The plan, in ${place},`);

export const noMembers = (place: string | null, members: readonly string[]): string =>
  `${partOf(place)} has no ${members.join(', ')}.`;

export const unknownMembers = (place: string | null, members: readonly string[]): string =>
  `${partOf(place)} has ${members.map((it) => JSON.stringify(it)).join(', ')}, which plans do not have.`;

export const noList = (name: string): string => `The plan has no list of ${name}.`;
export const noObject = (place: string): string => `${partOf(place)} has no object.`;
export const membersNotTexts = (place: string): string => `${partOf(place)} has members that are not texts.`;

/** @param action in JSON */
export const strangeAction = (place: string, action: string): string => `${partOf(place)} has the action ${action}.`;

/** @param cause in JSON */
export const strangeCause = (place: string, cause: string): string => `${partOf(place)} has the cause ${cause}.`;

export const emptyId = (place: string): string => `${partOf(place)} has an empty ID.`;

export const grantTwice = (key: string): string => `The plan names a grant twice: ${key}.`;
