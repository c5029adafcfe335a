import { isSameGuid } from './ids.ts';

/**
 * Built-in roles that are granted most, which nobody but Microsoft can change: their ids need no look-up. Source:
 * docs/design/azure.md#role-definitions.
 */
const roles = [
  { guid: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', name: 'Owner', handsOutAccess: true, signsInAs: true },
  {
    guid: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
    name: 'User Access Administrator',
    handsOutAccess: true,
    signsInAs: false,
  },
  {
    guid: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    name: 'Role Based Access Control Administrator',
    handsOutAccess: true,
    signsInAs: false,
  },
  { guid: 'b24988ac-6180-42a0-ab88-20f7382dd24c', name: 'Contributor', handsOutAccess: false, signsInAs: true },
  { guid: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', name: 'Reader', handsOutAccess: false, signsInAs: false },
  {
    guid: '4d97b98b-1d4f-4787-a291-c67834d212e7',
    name: 'Network Contributor',
    handsOutAccess: false,
    signsInAs: false,
  },
  {
    guid: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    name: 'Storage Blob Data Reader',
    handsOutAccess: false,
    signsInAs: false,
  },
  {
    guid: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    name: 'Storage Blob Data Contributor',
    handsOutAccess: false,
    signsInAs: false,
  },
  {
    guid: '4633458b-17de-408a-b874-0445c86b69e6',
    name: 'Key Vault Secrets User',
    handsOutAccess: false,
    signsInAs: false,
  },
] as const;

export type KnownRole = (typeof roles)[number];

/** The built-in role of a GUID, `null` where it is none of these. */
export function knownRole(guid: string): KnownRole | null {
  return roles.find((role) => isSameGuid(role.guid, guid)) ?? null;
}
