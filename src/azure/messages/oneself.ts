import { Refusal } from '#access/errors';

/** Grants to the identity that makes them. */
const onlyIfMeant =
  'Choose another principal. Only if you mean exactly this grant and it was reviewed, set allow-privileged: true in a step that grants nothing else.';

export const grantToOneself = (id: string): Refusal =>
  new Refusal(
    `The principal ${id} is the identity that this job signs in as. By default, this action does not grant access to its own identity.`,
    onlyIfMeant,
  );

export const grantToOwnGroup = (group: string): Refusal =>
  new Refusal(
    `The identity that this job signs in as is a member of the group ${group}. By default, this action does not grant access to a group of its own identity.`,
    onlyIfMeant,
  );

export const oneselfUnknown =
  'The access token does not name its identity, so this action cannot check whether it would grant access to its own identity.';

export const ownGroupsUnknown = (error: string): string =>
  `Could not check whether the identity of this job is a member of a group of these grants: ${error}`;
