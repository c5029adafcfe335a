import { Refusal } from '#access/errors';
import { sentence } from '#access/words';
import { directoryPermissions } from '../hints.ts';

export const severalTypes = (id: string, types: readonly string[]): Refusal =>
  new Refusal(
    `The principal ${id} is given as ${types.join(' and as ')}, but it has only one type.`,
    'In principal, give it once, with the type that it has in the directory.',
  );

/** The names of a type of principals in sentences. */
interface Type {
  /** As it is written before a line. */
  readonly prefix: string;
  readonly noun: string;
  /** The names that a line is compared with. */
  readonly names: string;
}

/** @param near the sentences about similar names */
export const noSuchPrincipal = ({ prefix, noun, names }: Type, text: string, near: string): Refusal =>
  new Refusal(
    `No ${noun} in this directory has the ${names} "${text}".${near}`,
    `Correct "${prefix}:${text}", check azure-tenant-id, or use the object ID, as ${prefix}:<object ID>.`,
  );

/** @param found those that were looked at, which may be some of them */
export const severalPrincipals = ({ prefix, noun }: Type, text: string, found: readonly string[]): Refusal =>
  new Refusal(
    `"${text}" is the name of ${found.length > 2 ? 'several' : 'two'} ${noun}s: ${found.join(', ')}.`,
    `Use the object ID of the one that you mean, as ${prefix}:<object ID>.`,
  );

export const noServicePrincipal = (clientId: string): Refusal =>
  new Refusal(
    withoutServicePrincipal(clientId),
    "Correct principal, or check azure-tenant-id. If the application belongs to your directory, ask its owner to create the service principal (az ad sp create --id <client ID>). Do not create one for another organization's application: that would let the organization in.",
  );

/** @param explanation the meaning of the ID */
export const notClientId = (id: string, explanation: string): Refusal =>
  new Refusal(`${withoutServicePrincipal(id)} ${explanation}`, 'Correct principal. Only a client ID can follow app:.');

const withoutServicePrincipal = (clientId: string): string =>
  `No application with the client ID ${clientId} has a service principal in this directory.`;

export const objectIdAsClientId = (id: string, type: string): string =>
  `${id} is the object ID of a ${type}. Write it with its type instead of app:.`;

/** @param principalId the object ID of its service principal */
export const clientIdAsObjectId = (id: string, application: string, principalId: string): string =>
  `${id} is the client ID of the application ${application}. The object ID of its service principal is ${principalId}. Write app:${id} or service-principal:${principalId}.`;

/** @param principalId the object ID of its service principal, `null` where it has none */
export const registrationAsPrincipal = (
  id: string,
  application: string,
  clientId: string,
  principalId: string | null,
): string =>
  `${id} is the object ID of the registration of the application ${application}. ${
    principalId === null
      ? 'The application has no service principal in this directory, so nothing can be granted to it.'
      : `The object ID of its service principal is ${principalId}. Write app:${clientId} or service-principal:${principalId}.`
  }`;

export const noSuchObject = (id: string): Refusal =>
  new Refusal(
    `No user, group, service principal or device of this directory has the object ID ${id}.`,
    'Correct principal, and check azure-tenant-id. If the principal was deleted, or created a moment ago, give its type as well: the ID is then used without a lookup.',
  );

/** @param explanation the meaning of the ID */
export const notPrincipal = (id: string, explanation: string): Refusal =>
  new Refusal(
    `No principal of this directory has the object ID ${id}. ${explanation}`,
    'Correct principal. An application has a client ID, its registration has an object ID, and its service principal has another object ID. Roles are granted to the service principal.',
  );

export const objectGone = (id: string): string =>
  `The directory has no object ${id}. The role assignments of a deleted principal can still exist.`;

export const typeUnknown = (id: string, why: string): string =>
  `Could not look up the type of ${id}: ${sentence(why)} The request has no type, and Azure determines it. To avoid this, give the type (user:, group: or service-principal:).`;

/** @param cloud its name */
export const withoutGraph = (cloud: string): string => `${cloud} has no Microsoft Graph that this action can ask`;

export const namesNeedGraph = (cloud: string): Refusal =>
  new Refusal(
    `${withoutGraph(cloud)}, so it cannot look up principals by name.`,
    'Use IDs with their type: user:<object ID>, group:<object ID> or service-principal:<object ID>.',
  );

export const ambiguousAllowed = (name: string, found: readonly string[]): Refusal =>
  new Refusal(
    `allowed-principals has "${name}", which is the name of ${found.length} objects in the directory: ${found.join(', ')}.`,
    'In allowed-principals, use the object ID of the one that you mean, and set require-ids: true.',
  );

export const nameHidden = (type: string, id: string): Refusal =>
  new Refusal(
    `The directory does not show the name of the ${type} ${id} to the signed-in identity, so this action cannot check whether allowed-principals covers it.`,
    `In allowed-principals, use object IDs, which need no lookup. For names, grant the identity the one permission that this type requires: ${directoryPermissions}`,
  );

export const namesOfUser = 'user principal name or mail address';

/* Grants to the identity that makes them */

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
