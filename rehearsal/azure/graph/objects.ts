import type { AzureEstate } from '../estate.ts';

/** A directory object in Graph's form; only mixed lists have `@odata.type`. */
export type Wire = Readonly<Record<string, unknown>> & { readonly id: string };

export type Collection = 'users' | 'groups' | 'servicePrincipals' | 'applications';

/** The property sets that Graph answers with unless others are selected, as far as anything here has them. */
export function collectionOf(estate: AzureEstate, collection: Collection): readonly Wire[] {
  switch (collection) {
    case 'users':
      return estate.users.map(({ id, displayName, userPrincipalName, mail }) => ({
        businessPhones: [],
        displayName,
        givenName: null,
        jobTitle: null,
        mail: mail ?? null,
        mobilePhone: null,
        officeLocation: null,
        preferredLanguage: null,
        surname: null,
        userPrincipalName,
        id,
      }));
    case 'groups':
      return estate.groups.map(({ id, displayName }) => ({
        id,
        description: null,
        displayName,
        groupTypes: [],
        mail: null,
        mailEnabled: false,
        securityEnabled: true,
      }));
    case 'servicePrincipals':
      return estate.servicePrincipals.map(
        ({ id, appId, displayName, servicePrincipalType, servicePrincipalNames = [] }) => ({
          id,
          accountEnabled: true,
          appDisplayName: displayName,
          appId,
          displayName,
          servicePrincipalNames: [appId, ...servicePrincipalNames],
          servicePrincipalType,
        }),
      );
    case 'applications':
      return estate.applications.map(({ id, appId, displayName }) => ({ id, appId, displayName, identifierUris: [] }));
  }
}

/** The resource types of Graph that `getByIds` knows by these names. */
export const typeNames = [
  'user',
  'group',
  'servicePrincipal',
  'application',
  'device',
  'directoryObjectPartnerReference',
] as const;

export type TypeName = (typeof typeNames)[number];

export interface TypedObject {
  readonly type: TypeName;
  readonly object: Wire;
}

/** Everything with an object ID. */
export function directoryObjects(estate: AzureEstate): readonly TypedObject[] {
  const typed = (type: TypeName, objects: readonly Wire[]): readonly TypedObject[] =>
    objects.map((object) => ({ type, object }));
  return [
    ...typed('user', collectionOf(estate, 'users')),
    ...typed('group', collectionOf(estate, 'groups')),
    ...typed('servicePrincipal', collectionOf(estate, 'servicePrincipals')),
    ...typed('application', collectionOf(estate, 'applications')),
    ...typed(
      'device',
      estate.devices.map(({ id, displayName }) => ({ id, displayName })),
    ),
    ...typed(
      'directoryObjectPartnerReference',
      estate.foreignGroups.map(({ id, displayName }) => ({ id, displayName, objectType: 'Group' })),
    ),
  ];
}

/**
 * Properties that a filter can compare with a text, by collection; `[]` marks a list, for `any`. Source: Graph's
 * reference, "Supports $filter".
 */
export const filterable: Readonly<Record<Collection, readonly string[]>> = {
  users: ['id', 'userPrincipalName', 'mail', 'displayName'],
  groups: ['id', 'mail', 'displayName'],
  servicePrincipals: ['id', 'appId', 'displayName', 'servicePrincipalType', 'servicePrincipalNames[]'],
  applications: ['id', 'appId', 'displayName'],
};
