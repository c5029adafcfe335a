import type { AzureEstate } from '../../rehearsal/azure/estate.ts';
import type { Grant } from '../../src/access/grant.ts';
import { azureOutcomes, type AzureTexts } from './azure-oracle.ts';
import { drawAzureTexts } from './azure-texts.ts';
import type { Draw } from './draw.ts';
import type { Outcome } from './expected.ts';

export interface AzureCase {
  readonly texts: AzureTexts;
  readonly outcomes: readonly Outcome[];
}

/** @param keep number of cases that are kept of a hundred of each end: most texts end in a refusal */
export function drawAzureCase(
  draw: Draw,
  estate: AzureEstate,
  keep: Readonly<Record<Outcome['kind'], number>>,
): AzureCase {
  for (;;) {
    const texts = drawAzureTexts(draw, estate);
    const outcomes = azureOutcomes(texts, estate);
    if (outcomes.some(({ kind }) => draw.percent(keep[kind]))) return { texts, outcomes };
  }
}

/** A role definition has an ID in each subscription: its GUID identifies it. Scopes are the same in any letter case. */
export function azureInWords(grant: Grant): string {
  const role = grant.role.id.slice(grant.role.id.lastIndexOf('/') + 1).toLowerCase();
  if (grant.kind !== 'assignment') return 'no assignment';
  const { type, id } = grant.principal;
  return `${type ?? ''} ${id.toLowerCase()} ${role} ${grant.target.id.toLowerCase()}`;
}

/** With the world's sign-in. */
export function azureInputs(
  { operation, principal, target, role, inSubscription, allowPrivileged }: AzureTexts,
  { 'azure-subscription-id': subscription = '', ...signIn }: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    cloud: 'azure',
    ...signIn,
    ...(inSubscription ? { 'azure-subscription-id': subscription } : {}),
    operation,
    principal,
    target,
    role,
    ...(operation === 'assign' && allowPrivileged ? { 'allow-privileged': 'true' } : {}),
  };
}
