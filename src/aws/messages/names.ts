import { Refusal } from '#access/errors';

/* Names of principals and permission sets. `near` is what follows a sentence: names that may be meant, or nothing. */

export const noIdentityStoreNamed = (): Refusal =>
  new Refusal('AWS did not name the identity store of the instance.', 'Set aws-identity-store-id.');

/** @param text the line */
export const noGroupNamed = (name: string, store: string, near: string, text: string): Refusal =>
  new Refusal(
    `No group in identity store ${store} has the display name "${name}".${near}`,
    `Correct the line "${text}", or use the ID, as group:<ID>. Display names are compared exactly, including spaces and letter case.`,
  );

/** @param text the line */
export const noUserNamed = (name: string, store: string, near: string, text: string): Refusal =>
  new Refusal(
    `No user in identity store ${store} has the user name${name.includes('@') ? ' or the email address' : ''} "${name}".${near}`,
    `Correct the line "${text}", or use the ID, as user:<ID>. Names are compared exactly.`,
  );

export const nameOfOneEmailOfAnother = (text: string, byName: string, byEmail: string): Refusal =>
  new Refusal(
    `"${text}" is the user name of ${byName} and the email address of ${byEmail}. They are two different users.`,
    'Use the ID of the one that you mean, as user:<ID>.',
  );

export const emailOfSeveral = (email: string, users: readonly string[]): Refusal =>
  new Refusal(
    `"${email}" is the email address of ${users.length} users: ${users.join(', ')}.`,
    'Use the user name or the ID of the one that you mean.',
  );

export const noPermissionSetNamed = (name: string, count: number, instanceArn: string, near: string): Refusal =>
  new Refusal(
    `None of the ${count} permission sets of ${instanceArn} is named "${name}".${near}`,
    'Correct role, or use the permission set ARN. Names are compared exactly, including letter case.',
  );

/** @param why what a request was answered, without a full stop */
export const searchingAll = (why: string): string =>
  `${why}. Searching all permission sets instead, which takes longer.`;

export const searched = (seen: number, total: number, time: string): string =>
  `Read ${seen} of ${total} permission sets in ${time}.`;

/** After a revocation. @param length such as `up to 1 h more` */
export const sessionsStayOpen = (length: string): string =>
  `This does not end sessions that are already open. They can last ${length}.`;

/** About access that is yet to end. */
export const sessionsOutliveAccess = (length: string): string =>
  `When the access ends, open sessions continue. They can last ${length}.`;
